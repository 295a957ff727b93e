// The signatures with the most crashes: how many, on how many installations, since when, and how that changed.
import { useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { exactSignature } from '../../api/search_query';
import { signaturePath } from '../../api/signature';
import {
  askTop,
  datedConditions,
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

export function TopCrashersPage({ query: parameters, navigate }: PageProps): VNode {
  const query = useMemo(() => parseTopQuery(parameters), [parameters.toString()]);
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

const kFilterFields = new Set(['product', 'version', 'release_channel', 'platform', 'process_type', 'kind']);

// Those that the links above show, and the rest.
function filterConditions({ conditions }: TopQuery) {
  return conditions.filter(({ field, negated }) => kFilterFields.has(field) && !negated);
}

function otherConditions({ conditions }: TopQuery) {
  return conditions.filter(({ field, negated }) => !kFilterFields.has(field) || negated);
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
            conditions: conditions.filter(({ field }) => field !== 'date'),
            dates: conditions.filter(({ field }) => field === 'date'),
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
