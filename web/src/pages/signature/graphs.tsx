// Crashes over time, in all and of the most frequent values of a field.
import type { VNode } from 'preact';
import { fieldTitle } from '../../api/search_fields';
import { termsOf } from '../../api/search_facets';
import {
  dateConditions,
  intervalOf,
  searchedSpan,
  timeAxis,
  valuesOn,
  withDates,
} from '../../api/time_buckets';
import { FieldSelect } from '../../widgets/field_select';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TimeChart, type TimeSeries } from '../../widgets/time_chart';
import { useCounts } from '../../widgets/use_counts';
import type { TabProps } from './tab_props';

// More lines cannot be told apart.
const kLines = 4;
const kHeightPx = 260;
const kUsualField = 'version';

export function Graphs({ conditions, parameters, navigate, pathOf }: TabProps): VNode {
  const field = /^[a-z][a-z0-9_.]*$/.exec(parameters.get('by') ?? '')?.[0] ?? kUsualField;
  const span = searchedSpan(conditions, new Date());
  const interval = intervalOf(span);
  const more = [
    ['_histogram_interval.date', interval],
    ['_aggs.' + field, '_histogram.date'],
  ] as const;
  const { value, problem, isLate } = useCounts({
    conditions,
    facets: [field, '_histogram.date'],
    facetsSize: kLines,
    more,
  });
  if (problem !== undefined) return <ProblemView problem={problem} />;
  if (value === undefined) return <Loading />;
  const axis = timeAxis(span, interval);
  const hrefOf = (fromS: number, toS: number): string =>
    pathOf({ conditions: withDates(conditions, dateConditions(fromS, toS)), more: [['by', field]] });
  const all: TimeSeries = { label: 'All', values: valuesOn(axis, termsOf(value.facets, 'histogram_date')) };
  const lines: readonly TimeSeries[] = termsOf(value.facets, field)
    .slice(0, kLines)
    .map(({ term, facets }) => ({ label: term, values: valuesOn(axis, termsOf(facets, 'histogram_date')) }));
  const shared = {
    times: axis.times,
    stepS: axis.stepS,
    hrefOf,
    onRange: (fromS: number, toS: number) => navigate(hrefOf(fromS, toS)),
  };
  return (
    <div class={isLate ? 'late' : undefined}>
      <h2>Crashes per {interval}</h2>
      <TimeChart title={`Crashes per ${interval}`} series={[all]} shape="bars" heightPx={140} {...shared} />
      <div class="graph-head">
        <h2>By</h2>
        <FieldSelect
          label="Field"
          value={field}
          onChoose={(name) => navigate(pathOf({ more: [['by', name]] }))}
        />
      </div>
      {lines.length === 0 ? (
        <p class="quiet">None of these crashes has a value in this field.</p>
      ) : (
        <TimeChart
          title={`Crashes per ${interval} by ${fieldTitle(field)}`}
          series={lines}
          shape="lines"
          heightPx={kHeightPx}
          {...shared}
        />
      )}
    </div>
  );
}
