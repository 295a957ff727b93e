// The signatures with the most crashes: how many, on how many installations, since when, and how that changed.
import { useEffect, useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { askProducts, knownProducts, type Product } from '../../api/products';
import { exactSignature, exactTerm, type Condition } from '../../api/search_query';
import { signaturePath } from '../../api/signature';
import {
  askTop,
  datedConditions,
  hasOtherProcesses,
  isOtherProcess,
  parseTopQuery,
  recentTop,
  topApiPath,
  topCommand,
  topPath,
  type TopCrashers,
  type TopQuery,
} from '../../api/top_crashers';
import { countOf, formatCount, formatTime } from '../../base/format';
import type { PageProps } from '../../base/page';
import { isPassing, type ProblemKind, type ProblemWords } from '../../base/problem';
import { Conditions } from '../../widgets/conditions';
import { CopyButton } from '../../widgets/copy_button';
import { DataTable } from '../../widgets/data_table';
import { Estimate } from '../../widgets/estimate';
import { shareText } from '../../widgets/facet_table';
import { NothingFound } from '../../widgets/nothing_found';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useBugsOf } from '../../widgets/use_bugs_of';
import { ReportsOnly } from '../../widgets/reports_only';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { useTitle } from '../../widgets/use_title';
import { topColumns } from './columns';
import { TopFilters } from './filters';
import './top_crashers.css';

const kRetryMs = 4000;

const kOlder: ProblemWords = {
  title: 'This server ranks no crashes',
  advice: 'It is older than this page. The search counts signatures as well.',
};
const kOwnWords: Partial<Record<ProblemKind, ProblemWords>> = { 'bad-answer': kOlder, 'no-service': kOlder };

// The version that is meant where the address names none; undefined: all, or not known yet.
export function featuredVersion(query: TopQuery, products: readonly Product[]): string | undefined {
  if (query.hasAllVersions || query.conditions.some(({ field }) => field === 'version')) return undefined;
  const named = query.conditions.filter(({ field, negated }) => field === 'product' && !negated);
  const [only] = named;
  if (only === undefined || named.length > 1) return undefined;
  return products.find(({ name }) => name === only.value)?.versions[0];
}

export function TopCrashersPage(props: PageProps): VNode {
  const { query: parameters, redirect } = props;
  const query = useMemo(() => parseTopQuery(parameters), [parameters.toString()]);
  const products = useRemote<readonly Product[]>({
    key: 'products',
    ask: askProducts,
    recent: knownProducts(),
  });
  const featured = featuredVersion(query, products.value ?? []);
  const path =
    featured === undefined
      ? undefined
      : topPath(query, { conditions: [...query.conditions, exactTerm('version', featured)] });
  useEffect(() => {
    if (path !== undefined) redirect(path);
  }, [path, redirect]);
  const isKnown = products.value !== undefined || products.problem !== undefined;
  return isKnown && path === undefined ? <TopCrashersOf {...props} query={query} /> : <Loading />;
}

interface TopCrashersOfProps extends Pick<PageProps, 'navigate'> {
  readonly query: TopQuery;
}

function TopCrashersOf({ query, navigate }: TopCrashersOfProps): VNode {
  const key = topApiPath(query);
  const { value, valueKey, problem, askAgain } = useRemote<TopCrashers>({
    key,
    ask: (signal) => askTop(query, signal),
    recent: recentTop(query),
  });
  useTimer(problem !== undefined && isPassing(problem.kind) ? kRetryMs : null, askAgain);
  const product = query.conditions.find(({ field }) => field === 'product')?.value;
  useTitle(product === undefined ? 'Top crashers' : `Top crashers of ${product}`);
  const isLate = valueKey !== key;
  return (
    <div class="top-page">
      <h1>
        Top crashers
        {product !== undefined && (
          <>
            {' '}
            of <bdi>{product}</bdi>
          </>
        )}
      </h1>
      <ReportsOnly conditions={query.conditions} />
      <TopFilters query={query} navigate={navigate} />
      <Conditions
        conditions={otherConditions(query)}
        pathOf={(conditions) => topPath(query, { conditions: [...filterConditions(query), ...conditions] })}
      />
      {value === undefined &&
        (problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kOwnWords} />)}
      {value !== undefined && (
        <div class={isLate ? 'late' : undefined} aria-busy={isLate}>
          <Ranking query={query} top={value} navigate={navigate} />
        </div>
      )}
    </div>
  );
}

const kFilterFields = new Set([
  'product',
  'version',
  'release_channel',
  'platform',
  'process_type',
  'kind',
  'report_type',
]);

// Those that the links above show, and the rest.
function isOfFilters(condition: Condition, { conditions }: TopQuery): boolean {
  const isOther = hasOtherProcesses(conditions) && isOtherProcess(condition);
  return (kFilterFields.has(condition.field) && !condition.negated) || isOther;
}

function filterConditions(query: TopQuery): readonly Condition[] {
  return query.conditions.filter((condition) => isOfFilters(condition, query));
}

function otherConditions(query: TopQuery): readonly Condition[] {
  return query.conditions.filter((condition) => !isOfFilters(condition, query));
}

// Of the builds that the time is of, not of one that somebody chose.
function isOfBuilds(condition: Condition, { rangeType, conditions }: TopQuery): boolean {
  return rangeType === 'build' && condition.field === 'build_id' && !conditions.includes(condition);
}

export function Ranking({
  query,
  top,
  navigate,
}: {
  query: TopQuery;
  top: TopCrashers;
  navigate: (path: string) => void;
}): VNode {
  const bugs = useBugsOf(top.rows.map(({ signature }) => signature));
  const columns = useMemo(() => topColumns(query, bugs), [query, bugs]);
  if (top.rows.length === 0)
    return (
      <NothingFound
        conditions={datedConditions(query)}
        pathOf={(conditions) =>
          topPath(query, {
            conditions: conditions.filter((one) => one.field !== 'date' && !isOfBuilds(one, query)),
            dates: conditions.filter(({ field }) => field === 'date'),
            ...(!conditions.some((one) => isOfBuilds(one, query)) && { rangeType: 'report' as const }),
          })
        }
      />
    );
  return (
    <>
      <p class="top-sum">
        <strong>Top {countOf(top.rows.length, 'signature', 'signatures')}</strong>: {formatCount(top.covered)}{' '}
        of {countOf(top.total, 'crash', 'crashes')} ({shareText(top.covered, top.total)})
        {top.weighted !== undefined && (
          <>
            , for <Estimate weighted={top.weighted} /> that happened
          </>
        )}
        {top.from !== undefined && top.to !== undefined && (
          <span class="quiet">
            {' '}
            · {formatTime(top.from).slice(0, 16)} – {formatTime(top.to).slice(0, 16)} UTC, beside the same
            time before
          </span>
        )}
      </p>
      <DataTable
        caption="Signatures with the most crashes"
        name="top-crashers"
        columns={columns}
        rows={top.rows}
        rowKey={({ signature }) => signature}
        onOpen={({ signature }) =>
          navigate(signaturePath([exactSignature(signature), ...datedConditions(query)]))
        }
        order={{ value: query.order, hrefOf: (order) => topPath(query, { order }) }}
        tools={{ beside: <ApiLine query={query} /> }}
      />
    </>
  );
}

function ApiLine({ query }: { query: TopQuery }): VNode {
  return (
    <span class="api-line">
      <CopyButton label="Copy the API’s address" text={() => location.origin + topApiPath(query)} />
      <CopyButton
        label="Copy the command"
        title={topCommand(query, '…')}
        text={() => topCommand(query, location.origin)}
      />
    </span>
  );
}
