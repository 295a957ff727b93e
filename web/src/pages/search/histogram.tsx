// How many crashes there were when: bars over the time that the search covers. Dragging over some of them searches that
// time alone.
import { useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { askCounts, recentCountsOf, type Counted } from '../../api/search';
import { termsOf } from '../../api/search_facets';
import { queryPath, type SearchQuery } from '../../api/search_query';
import {
  dateConditions,
  intervalOf,
  searchedSpan,
  timeAxis,
  valuesOn,
  withDates,
} from '../../api/time_buckets';
import { TimeChart } from '../../widgets/time_chart';
import { useRemote } from '../../widgets/use_remote';

const kHeightPx = 110;
const kWords = { minute: 'minute', hour: 'hour', day: 'day', week: 'week' } as const;

export function Histogram({
  query,
  navigate,
  turn,
}: {
  query: SearchQuery;
  navigate: (path: string) => void;
  turn: number;
}): VNode | null {
  const span = useMemo(() => searchedSpan(query.conditions, new Date()), [query.conditions, turn]);
  const interval = intervalOf(span);
  const question = {
    conditions: query.conditions,
    facets: ['_histogram.date'],
    facetsSize: 1000,
    more: [['_histogram_interval.date', interval] as const],
  };
  const key = JSON.stringify([question, turn]);
  const { value, problem } = useRemote<Counted>({
    key,
    ask: (signal) => askCounts(question, signal),
    recent: recentCountsOf(question),
  });
  // The search itself says what is wrong with the query; a server without histograms is told here.
  if (problem !== undefined)
    return problem.kind === 'bad-request' ? (
      <p class="quiet no-chart">No histogram: this server does not count by date.</p>
    ) : null;
  if (value === undefined) return <div class="chart-place" />;
  const axis = timeAxis(span, interval);
  const hrefOf = (fromS: number, toS: number): string =>
    queryPath(query, { conditions: withDates(query.conditions, dateConditions(fromS, toS)) });
  return (
    <TimeChart
      title={`Crashes per ${kWords[interval]}`}
      times={axis.times}
      stepS={axis.stepS}
      series={[{ label: 'Crashes', values: valuesOn(axis, termsOf(value.facets, 'histogram_date')) }]}
      shape="bars"
      heightPx={kHeightPx}
      hrefOf={hrefOf}
      onRange={(fromS, toS) => navigate(hrefOf(fromS, toS))}
    />
  );
}
