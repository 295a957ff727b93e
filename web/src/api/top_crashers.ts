// The signatures with the most crashes, and how that was in the time before.
import { commandFor } from '../base/command_line';
import { parseTime } from '../base/format';
import { readCount, readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { getJson, withoutCrash } from './client';
import { RecentAnswers } from './recent';
import type { components } from './schema';
import { readNumber, readWeighted, type Weighted } from './search_facets';
import { appendConditions, parseConditions, sameCondition, searchPath, type Condition } from './search_query';

type TopAnswer = components['schemas']['TopCrashers'];
type RowAnswer = components['schemas']['TopCrasher'];

export const kDayChoices = [1, 3, 7, 14, 28] as const;
export const kCountChoices = [50, 100, 200, 300] as const;
const kUsualDays = 7;
const kUsualCount = 50;
const kMaxDays = 182;

export interface TopQuery {
  // Without dates.
  readonly conditions: readonly Condition[];
  // Those that take the place of `days`, if any.
  readonly dates: readonly Condition[];
  readonly days: number;
  // The days end with the last whole one, of UTC, instead of now.
  readonly areWhole: boolean;
  // Whether the time is that of the crashes, or of the builds that crashed in it.
  readonly rangeType: RangeType;
  // The address asks for all versions; one that says nothing means the product's featured one.
  readonly hasAllVersions: boolean;
  readonly count: number;
  // Of the rows: the name of a column, with "-" in front for descending. Undefined: by rank.
  readonly order: string | undefined;
}

export type RangeType = 'report' | 'build';

// "Other" processes are none of these.
const kProcess = 'process_type';
const kNamedProcesses = ['parent', 'browser', 'main', 'content', 'plugin', 'gmplugin', 'gpu', 'rdd', 'socket', 'utility', 'vr'];
export const kOtherProcesses: readonly Condition[] = kNamedProcesses.map((value) => ({
  field: kProcess,
  operator: '',
  negated: true,
  value,
}));

export function isOtherProcess(condition: Condition): boolean {
  return kOtherProcesses.some((other) => sameCondition(other, condition));
}

export function hasOtherProcesses(conditions: readonly Condition[]): boolean {
  return kOtherProcesses.every((other) => conditions.some((condition) => sameCondition(other, condition)));
}

// Crash Stats has a name of its own for this field here.
const kReportType = 'report_type';

const isAny = ({ operator, value }: Condition): boolean =>
  operator === '' && (value === 'any' || value === 'all');

// Addresses of Crash Stats' page are understood: "any" and "all" are no values there, "other" is a choice of processes,
// `_facets_size` is the count, `_report_type` a condition. Crash Stats takes parent processes and crashes alone where an
// address says nothing; here that is all of them, so that nothing is hidden that nobody hid.
export function parseTopQuery(parameters: URLSearchParams): TopQuery {
  const reportType = /^(crash|hang)$/.exec(parameters.get('_report_type') ?? '')?.[0];
  const written = parseConditions(parameters);
  const isTyped = reportType === undefined || written.some(({ field }) => field === kReportType);
  const asked = isTyped ? written : [...written, { field: kReportType, operator: '' as const, negated: false, value: reportType }];
  const all = asked.flatMap((condition) =>
    condition.field === kProcess && condition.operator === '' && condition.value === 'other'
      ? kOtherProcesses
      : [condition],
  );
  return {
    conditions: all.filter((condition) => condition.field !== 'date' && !isAny(condition)),
    rangeType: parameters.get('_range_type') === 'build' ? 'build' : 'report',
    hasAllVersions: all.some((condition) => condition.field === 'version' && isAny(condition)),
    dates: all.filter(({ field }) => field === 'date'),
    days: readWhole(parameters.get('days'), kMaxDays) ?? kUsualDays,
    areWhole: parameters.get('_tcbs_mode') === 'byday',
    count: readWhole(parameters.get('count') ?? parameters.get('_facets_size'), 1000) ?? kUsualCount,
    order: /^-?\w+$/.exec(parameters.get('_order') ?? '')?.[0],
  };
}

function readWhole(text: string | null, max: number): number | undefined {
  const value = text !== null && /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return value >= 1 ? Math.min(value, max) : undefined;
}

export function topPath(query: TopQuery, change: Partial<TopQuery> = {}): string {
  // Days that are chosen take the place of dates.
  const { conditions, dates, days, areWhole, count, order, rangeType, hasAllVersions } = {
    ...query,
    ...((change.days !== undefined || change.areWhole !== undefined) && { dates: [] }),
    ...change,
  };
  const parameters = new URLSearchParams();
  const isOther = hasOtherProcesses(conditions);
  appendConditions(parameters, isOther ? conditions.filter((one) => !isOtherProcess(one)) : conditions);
  if (isOther) parameters.append(kProcess, 'other');
  if (hasAllVersions && !conditions.some(({ field }) => field === 'version')) parameters.set('version', 'any');
  appendConditions(parameters, dates);
  if (rangeType === 'build') parameters.set('_range_type', rangeType);
  if (days !== kUsualDays) parameters.set('days', String(days));
  if (areWhole && dates.length === 0) parameters.set('_tcbs_mode', 'byday');
  if (count !== kUsualCount) parameters.set('count', String(count));
  if (order !== undefined) parameters.set('_order', order);
  const text = parameters.toString();
  return text === '' ? '/topcrashers/' : `/topcrashers/?${text}`;
}

type TimeQuery = Pick<TopQuery, 'dates' | 'days' | 'areWhole'>;

// The conditions with the time.
export function datedConditions(
  query: TimeQuery & Pick<TopQuery, 'conditions' | 'rangeType'>,
  now = new Date(),
): readonly Condition[] {
  const { conditions, rangeType } = query;
  return [...conditions, ...timeOf(query, now), ...(rangeType === 'build' ? buildsOf(query, now) : [])];
}

const kDayMs = 24 * 3_600_000;

function timeOf({ dates, days, areWhole }: TimeQuery, now: Date): readonly Condition[] {
  if (dates.length > 0) return dates;
  const between = (from: string, to: string): readonly Condition[] => [
    { field: 'date', operator: '>=', negated: false, value: from },
    { field: 'date', operator: '<', negated: false, value: to },
  ];
  if (areWhole) return between(dayBefore(now, days), dayBefore(now, 0));
  // Seven days are what every search takes without a date.
  return days === kUsualDays ? [] : between(`-${days}d`, 'now');
}

function dayBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * kDayMs).toISOString().slice(0, 10);
}

// Of builds the first moment of the time, which searches do not know by its distance from now.
function buildsOf(query: TimeQuery, now: Date): readonly Condition[] {
  const start = timeOf(query, now).find(({ operator }) => operator.startsWith('>'))?.value;
  const ago = /^-(\d+)d$/.exec(start ?? '')?.[1];
  const from =
    start === undefined || ago !== undefined
      ? new Date(now.getTime() - Number(ago ?? query.days) * kDayMs).toISOString()
      : start;
  const build = from.replace(/\D/g, '').slice(0, 14).padEnd(14, '0');
  return [{ field: 'build_id', operator: '>=', negated: false, value: build }];
}

export function topApiPath(query: TopQuery, now = new Date()): string {
  const parameters = new URLSearchParams();
  appendConditions(parameters, [...query.conditions, ...timeOf(query, now)]);
  if (query.rangeType === 'build') parameters.set('_range_type', query.rangeType);
  parameters.set('_facets_size', String(query.count));
  return `/api/TopCrashers/?${parameters.toString()}`;
}

// The same ranking on the command line, which knows neither days nor counts of rows.
export function topCommand(query: TopQuery, origin: string): string {
  const options = `--facets signature --size ${query.count}`;
  return commandFor('facet', searchPath(datedConditions(query)), origin, options);
}

export interface TopCrasher {
  readonly signature: string;
  readonly rank: number;
  // Undefined: the time before has none of it.
  readonly previousRank: number | undefined;
  readonly count: number;
  readonly percent: number;
  readonly previousPercent: number | undefined;
  readonly weighted: Weighted | undefined;
  readonly installations: number | undefined;
  readonly firstSeen: Date | undefined;
  readonly firstBuild: string | undefined;
  readonly platforms: ReadonlyMap<string, number>;
  readonly processTypes: ReadonlyMap<string, number>;
  readonly startup: number;
  readonly firstMinute: number;
  readonly collecting: number;
}

export interface TopCrashers {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly previousFrom: Date | undefined;
  readonly total: number;
  readonly weighted: Weighted | undefined;
  readonly covered: number;
  readonly rows: readonly TopCrasher[];
}

const recent = new RecentAnswers<TopCrashers>();

export function recentTop(query: TopQuery): TopCrashers | undefined {
  return recent.find(topApiPath(query));
}

export async function askTop(query: TopQuery, signal: AbortSignal): Promise<Result<TopCrashers>> {
  const path = topApiPath(query);
  const answer = await getJson<TopAnswer>(path, signal);
  if (!answer.ok) return { ok: false, problem: withoutCrash(answer.problem) };
  const top = readTop(answer.value);
  recent.keep(path, top);
  return succeed(top);
}

export function readTop(answer: TopAnswer): TopCrashers {
  const rows = readList(answer.rows).map(readRow);
  return {
    from: parseTime(answer.from),
    to: parseTime(answer.to),
    previousFrom: parseTime(answer.previous_from),
    total: readCount(answer.total) ?? 0,
    weighted: readWeighted(answer.weighted),
    covered: readCount(answer.covered) ?? rows.reduce((sum, { count }) => sum + count, 0),
    rows,
  };
}

function readRow(row: RowAnswer, index: number): TopCrasher {
  return {
    signature: readText(row.signature) ?? '',
    rank: readCount(row.rank) ?? index + 1,
    previousRank: readCount(row.previous_rank),
    count: readCount(row.count) ?? 0,
    percent: readNumber(row.percent) ?? 0,
    previousPercent: readNumber(row.previous_percent),
    weighted: readWeighted(row.weighted),
    installations: readCount(row.installations),
    firstSeen: parseTime(row.first_date),
    firstBuild: readText(row.first_build),
    platforms: readCounts(row.platforms),
    processTypes: readCounts(row.process_types),
    startup: readCount(row.startup) ?? 0,
    firstMinute: readCount(row.first_minute) ?? 0,
    collecting: readCount(row.is_gc) ?? 0,
  };
}

function readCounts(value: unknown): ReadonlyMap<string, number> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([name, count]) => {
      const read = readCount(count);
      return read === undefined ? [] : [[name, read] as const];
    }),
  );
}
