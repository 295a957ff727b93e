// Counts over the time that a search covers: how wide the buckets are, and those without a crash, which no answer names.
import { parseTime } from '../base/format';
import type { FacetTerm } from './search_facets';
import type { Condition } from './search_query';

const kUnits = new Map([
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 7 * 86_400],
]);
const kDayS = 86_400;
// What the server searches when it is told no date.
const kUsualSpanS = 7 * kDayS;

export interface Span {
  // Seconds since 1970.
  readonly fromS: number;
  readonly toS: number;
}

export type Interval = 'minute' | 'hour' | 'day' | 'week';

const kSteps: Record<Interval, number> = { minute: 60, hour: 3600, day: kDayS, week: 7 * kDayS };

function secondsOf(value: string, nowS: number): number | undefined {
  if (value === 'now') return nowS;
  const relative = /^([+-]?)(\d{1,6})([mhdw])$/.exec(value);
  if (relative !== null) return nowS - Number(relative[2]) * (kUnits.get(relative[3] ?? '') ?? 0);
  const time = parseTime(value);
  return time === undefined ? undefined : time.getTime() / 1000;
}

// The time that the date conditions leave; with one bound, the server takes 7 days from it.
export function searchedSpan(conditions: readonly Condition[], now: Date): Span {
  const nowS = now.getTime() / 1000;
  const dates = conditions.filter(({ field, negated }) => field === 'date' && !negated);
  const bounds = (start: string): readonly number[] =>
    dates
      .filter(({ operator }) => operator.startsWith(start))
      .map(({ value }) => secondsOf(value, nowS))
      .filter((time) => time !== undefined);
  const froms = bounds('>');
  const tos = bounds('<');
  const from = froms.length === 0 ? undefined : Math.max(...froms);
  const to = tos.length === 0 ? undefined : Math.min(...tos);
  if (from !== undefined) return { fromS: from, toS: Math.min(to ?? from + kUsualSpanS, nowS) };
  return { fromS: (to ?? nowS) - kUsualSpanS, toS: Math.min(to ?? nowS, nowS) };
}

// So that there are some dozens of buckets.
export function intervalOf({ fromS, toS }: Span): Interval {
  const days = (toS - fromS) / kDayS;
  if (days <= 0.1) return 'minute';
  return days <= 3.1 ? 'hour' : days <= 120 ? 'day' : 'week';
}

export interface TimeAxis {
  readonly times: readonly number[];
  readonly stepS: number;
}

// Weeks begin on Monday; 1970 began on a Thursday.
const kMondayS = 4 * kDayS;

export function timeAxis({ fromS, toS }: Span, interval: Interval): TimeAxis {
  const stepS = kSteps[interval];
  const shift = interval === 'week' ? kMondayS : 0;
  const first = Math.floor((fromS - shift) / stepS) * stepS + shift;
  const count = Math.max(1, Math.min(2000, Math.ceil((toS - first) / stepS)));
  return { times: Array.from({ length: count }, (_, index) => first + index * stepS), stepS };
}

// One value for each time; buckets that the answer does not name have none.
export function valuesOn(
  { times, stepS }: TimeAxis,
  terms: readonly FacetTerm[],
  valueOf: (term: FacetTerm) => number = ({ count }) => count,
): readonly number[] {
  const values = times.map(() => 0);
  const [first = 0] = times;
  for (const term of terms) {
    const time = parseTime(term.term);
    const index = time === undefined ? -1 : Math.floor((time.getTime() / 1000 - first) / stepS);
    if (index >= 0 && index < values.length) values[index] = (values[index] ?? 0) + valueOf(term);
  }
  return values;
}

export function dateConditions(fromS: number, toS: number): readonly Condition[] {
  const text = (seconds: number): string =>
    new Date(seconds * 1000).toISOString().slice(0, seconds % kDayS === 0 ? 10 : 19);
  return [
    { field: 'date', operator: '>=', negated: false, value: text(fromS) },
    { field: 'date', operator: '<', negated: false, value: text(toS) },
  ];
}

// The conditions with another time.
export function withDates(
  conditions: readonly Condition[],
  dates: readonly Condition[],
): readonly Condition[] {
  return [...conditions.filter(({ field }) => field !== 'date'), ...dates];
}
