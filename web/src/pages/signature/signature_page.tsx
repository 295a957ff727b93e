// One signature: what its crashes have in common, where and when they happened, and what is like it.
import { useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { queryPath, plainQuery, exactSignature } from '../../api/search_query';
import {
  allConditions,
  askFirstSeen,
  askNames,
  kSignatureTabs,
  parseSignatureQuery,
  signaturePath,
  type FirstSeen,
  type SignatureTab,
} from '../../api/signature';
import { countOf, formatAge } from '../../base/format';
import type { PageProps } from '../../base/page';
import { ordersOf } from '../../base/table_orders';
import { CodeName, ExpandableName } from '../../widgets/code_name';
import { Conditions } from '../../widgets/conditions';
import { Estimate } from '../../widgets/estimate';
import { NothingFound } from '../../widgets/nothing_found';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TimeRange } from '../../widgets/time_range';
import { useCounts } from '../../widgets/use_counts';
import { useRemote } from '../../widgets/use_remote';
import { useTitle } from '../../widgets/use_title';
import { Aggregations } from './aggregations';
import { Bugs } from './bugs';
import { Comments } from './comments';
import { CorrelationsTab } from './correlations';
import { Graphs } from './graphs';
import { Pings } from './pings';
import { Reports } from './reports';
import { Similar } from './similar';
import { Summary } from './summary';
import { emptied, type PathChange, type TabProps } from './tab_props';
import './signature.css';

const kMaxHeading = 240;

const kTabs: Record<
  SignatureTab,
  { readonly title: string; readonly view: (props: TabProps) => VNode; readonly needsCrashes: boolean }
> = {
  summary: { title: 'Summary', view: Summary, needsCrashes: true },
  aggregations: { title: 'Aggregations', view: Aggregations, needsCrashes: true },
  reports: { title: 'Crashes', view: Reports, needsCrashes: true },
  graphs: { title: 'Graphs', view: Graphs, needsCrashes: true },
  bugs: { title: 'Bugs', view: Bugs, needsCrashes: false },
  comments: { title: 'Comments', view: Comments, needsCrashes: true },
  correlations: { title: 'Correlations', view: CorrelationsTab, needsCrashes: true },
  similar: { title: 'Similar', view: Similar, needsCrashes: false },
  pings: { title: 'Pings and reports', view: Pings, needsCrashes: false },
};

export function SignaturePage({ query: parameters, navigate }: PageProps): VNode {
  const query = useMemo(() => parseSignatureQuery(parameters, location.hash), [parameters.toString()]);
  useTitle(query.signature === '' ? 'Signature' : query.signature);
  if (query.signature === '') return <NoSignature />;
  return <Signature key={query.signature} query={query} parameters={parameters} navigate={navigate} />;
}

function NoSignature(): VNode {
  return (
    <section class="problem">
      <h1>No signature is named</h1>
      <p>
        The address needs one, such as <code>/signature/?signature=crash_here</code>.{' '}
        <a href="/topcrashers/">See the top crashers</a>
      </p>
    </section>
  );
}

function Signature({ query, parameters, navigate }: Omit<TabProps, 'conditions' | 'pathOf'>): VNode {
  const conditions = useMemo(() => allConditions(query), [query]);
  const { value: counted, problem, isLate } = useCounts({ conditions, more: [['_weights', 'true']] });
  // Orders of tables stay, unless they are told.
  const pathOf = ({ tab = query.tab, more = [], ...change }: PathChange): string => {
    const kept = ordersOf(parameters).filter(([name]) => !more.some(([other]) => other === name));
    return signaturePath(change.conditions ?? conditions, tab, [...more, ...(tab === query.tab ? kept : [])]);
  };
  const { view: View, needsCrashes } = kTabs[query.tab];
  const failed = counted === undefined ? problem : undefined;
  return (
    <div class="signature-page">
      <header>
        <p class="quiet">Signature</p>
        <h1>
          <ExpandableName name={query.signature} lengthMax={kMaxHeading} />
        </h1>
        <p class="signature-facts">
          <strong role="status">
            {counted === undefined ? '' : countOf(counted.total, 'crash', 'crashes')}
          </strong>
          {counted?.weighted !== undefined && <Estimate weighted={counted.weighted} />}
          <FirstSeenLine signature={query.signature} />
          <a href={queryPath(plainQuery(conditions))}>Search for these</a>
          <a href={queryPath(plainQuery(conditions), { view: 'flame' })}>Their stacks</a>
        </p>
        <OtherNames signature={query.signature} />
        <TimeRange
          conditions={query.conditions}
          pathOf={(others) => pathOf({ conditions: [exactSignature(query.signature), ...others] })}
          now={new Date()}
        />
        <Conditions
          conditions={query.conditions}
          pathOf={(others) => pathOf({ conditions: [exactSignature(query.signature), ...others] })}
        />
      </header>
      <nav class="tabs" aria-label="About this signature">
        {kSignatureTabs.map((tab) => (
          <a key={tab} href={pathOf({ tab })} aria-current={tab === query.tab ? 'page' : undefined}>
            {kTabs[tab].title}
          </a>
        ))}
      </nav>
      {failed !== undefined && <ProblemView problem={failed} />}
      {counted === undefined && failed === undefined && needsCrashes && <Loading />}
      {counted?.total === 0 && needsCrashes ? (
        <NothingFound {...emptied(query, pathOf)} />
      ) : (
        (counted !== undefined || !needsCrashes) && (
          <div class={isLate ? 'late' : undefined}>
            <View
              query={query}
              conditions={conditions}
              parameters={parameters}
              navigate={navigate}
              pathOf={pathOf}
            />
          </div>
        )
      )}
    </div>
  );
}

function FirstSeenLine({ signature }: { signature: string }): VNode | null {
  const { value } = useRemote<FirstSeen>({
    key: signature,
    ask: (signal) => askFirstSeen(signature, signal),
    recent: undefined,
  });
  if (value?.time === undefined) return null;
  const day = value.time.toISOString().slice(0, 10);
  return (
    <span class="quiet">
      first seen{' '}
      <time dateTime={day} title={formatAge(value.time, new Date())}>
        {day}
      </time>
      {value.build !== undefined && ` in build ${value.build}`}
    </span>
  );
}

// Rules change, and with them signatures: where the crashes are now that had this one.
function OtherNames({ signature }: { signature: string }): VNode | null {
  const { value } = useRemote<readonly string[]>({
    key: signature,
    ask: (signal) => askNames(signature, signal),
    recent: undefined,
  });
  const others = (value ?? []).filter((name) => name !== signature);
  if (others.length === 0) return null;
  return (
    <div class="other-names">
      Crashes that were once called so are now under
      <ul>
        {others.map((name) => (
          <li key={name}>
            <a href={signaturePath([exactSignature(name)])} title={name}>
              <CodeName name={name} lengthMax={kMaxHeading} />
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
