// The search query in its three forms: the text of the search box, the page's URL, and SuperSearch parameters.
//
// The page's URL and the API use the same parameters, so that a search can be carried to a script by its URL.
// A value without an operator stays without one there, whether its field is known yet or not.
// Text: free words are searched in the signature as one phrase; `field:value` narrows by a field; `-` before it negates;
// a value may begin with an operator and may be quoted: product:Editor version:^1. signature:="a | b" -kind:ping
// Texts are searched for their parts where nothing is said, and times from then on; `&` says "no operator".

import { ordersOf } from '../base/table_orders';
import { askFields, fieldByWord, fieldTitle, type Field } from './search_fields';

export type Operator = '' | '=' | '~' | '^' | '$' | '@' | '>=' | '<=' | '>' | '<';

// As a whole value: the crash has no value in this field.
export const kAbsent = '__null__';

export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly negated: boolean;
  readonly value: string;
}

// How the page shows what it finds, besides what is searched.
export interface SearchQuery {
  readonly conditions: readonly Condition[];
  readonly columns: readonly string[];
  readonly facets: readonly string[];
  readonly facetsSize: number;
  // Fields, with "-" in front for descending.
  readonly sort: readonly string[];
  // Whether to estimate how many crashes happened, of which only some were kept.
  readonly hasWeights: boolean;
  readonly view: SearchView;
  // Counted from 0. `cursor` is where a later page begins; a server that gives none is asked by offset.
  readonly page: number;
  readonly cursor: string | undefined;
  // Counts within counts, as the address asks for them: ["_aggs.product", "version"], ["_facets", "_histogram.date"].
  readonly counts: readonly (readonly [string, string])[];
  // Of the tables, by their parameters: "_order.tree" and "-count".
  readonly orders: readonly (readonly [string, string])[];
}

export const kSearchViews = ['crashes', 'flame'] as const;
export type SearchView = (typeof kSearchViews)[number];

export const kPageSize = 50;
export const kDefaultColumns = ['date', 'kind', 'signature', 'product', 'version', 'reason', 'platform'];
export const kDefaultFacets = ['bucket', 'version', 'platform'];
export const kDefaultFacetsSize = 20;
export const kDefaultSort = ['-date'];

const kOperatorAtStart = /^(>=|<=|[=~^$@<>])/;
// In text alone.
const kNoOperator = '&';

export interface ParsedText {
  readonly conditions: readonly Condition[];
  // Words that look like `field:value` but name no field; they were searched as text.
  readonly unknownFields: readonly string[];
}

export function parseSearchText(text: string): ParsedText {
  const conditions: Condition[] = [];
  const unknownFields: string[] = [];
  const words: string[] = [];
  for (const token of splitTokens(text)) {
    const pair = /^(-?)([a-z][a-z0-9_]*(?:\((?:any|crashing)\))?):(?!:)(.+)$/s.exec(token);
    const field = fieldByWord(pair?.[2] ?? '');
    if (pair !== null && field !== undefined) {
      conditions.push(parseValue(field, pair[3] ?? '', pair[1] === '-'));
      continue;
    }
    if (pair?.[2] !== undefined) unknownFields.push(pair[2]);
    words.push(unquote(token));
  }
  const phrase = words.join(' ');
  if (phrase !== '') conditions.push({ field: 'signature', operator: '~', negated: false, value: phrase });
  return { conditions, unknownFields };
}

// Asks for the fields that the server knows before it takes a pair for text.
export async function understandText(text: string): Promise<ParsedText> {
  const parsed = parseSearchText(text);
  if (parsed.unknownFields.length === 0) return parsed;
  await askFields();
  return parseSearchText(text);
}

// White space separates, except in double quotes; a backslash in quotes keeps the next character.
function splitTokens(text: string): readonly string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/gs) ?? [];
}

function parseValue(field: Field, text: string, negated: boolean): Condition {
  if (field.type === 'stack') return { field: field.name, operator: '', negated, value: unquote(text) };
  const denied = text.startsWith('!');
  const rest = denied ? text.slice(1) : text;
  if (rest.startsWith(kNoOperator)) {
    const value = unquote(rest.slice(kNoOperator.length));
    return { field: field.name, operator: '', negated: denied !== negated, value };
  }
  const operator = kOperatorAtStart.exec(rest)?.[0] as Operator | undefined;
  const value = unquote(rest.slice(operator?.length ?? 0));
  return {
    field: field.name,
    operator: operator ?? defaultOperator(field, value),
    negated: denied !== negated,
    value,
  };
}

function defaultOperator(field: Field, value: string): Operator {
  if (value === kAbsent) return '';
  if (field.type === 'text') return '~';
  return field.type === 'time' ? '>=' : '';
}

function unquote(text: string): string {
  const quoted = /^"((?:\\.|[^"\\])*)"?$/s.exec(text);
  return quoted === null ? text : (quoted[1] ?? '').replace(/\\(.)/gs, '$1');
}

function quoteIfNeeded(value: string): string {
  return /[\s"\\]/.test(value) || value === '' || /^[!=~^$@<>&-]/.test(value) ? quoteAlways(value) : value;
}

function quoteAlways(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

export function searchText(conditions: readonly Condition[]): string {
  const free = conditions.filter((condition) => isPlainPhrase(condition));
  // Two phrases would be read back as one, so only a single one is written without its field.
  const plain = free.length === 1 ? free[0] : undefined;
  const pairs = conditions.filter((condition) => condition !== plain).map(conditionText);
  return [...pairs, ...(plain === undefined ? [] : [plain.value])].join(' ');
}

function isPlainPhrase(condition: Condition): boolean {
  if (condition.field !== 'signature' || condition.operator !== '~' || condition.negated) return false;
  const [only, ...more] = parseSearchText(condition.value).conditions;
  return more.length === 0 && only !== undefined && sameCondition(only, condition);
}

function conditionText(condition: Condition): string {
  const field = fieldByWord(condition.field);
  if (field?.type === 'stack')
    return `${condition.negated ? '-' : ''}${condition.field}:${quoteAlways(condition.value)}`;
  const usual = field !== undefined && condition.operator === defaultOperator(field, condition.value);
  const operator = usual ? '' : condition.operator === '' ? kNoOperator : condition.operator;
  return `${condition.negated ? '-' : ''}${condition.field}:${operator}${quoteIfNeeded(condition.value)}`;
}

export function sameCondition(one: Condition, other: Condition): boolean {
  return (
    one.field === other.field &&
    one.operator === other.operator &&
    one.negated === other.negated &&
    one.value === other.value
  );
}

// The value of a SuperSearch parameter.
function parameterValue(condition: Condition): string {
  if (isStackField(condition.field)) return `${condition.negated ? '!' : ''}${condition.value}`;
  const bare = condition.operator === '';
  // A bare value that begins like an operator must say that it is meant literally.
  const isMistakable = hasOrder(condition.field) ? /^[!=~^$@<>]/ : /^[!=~^$@]/;
  const operator = bare && isMistakable.test(condition.value) ? '=' : condition.operator;
  return `${condition.negated ? '!' : ''}${operator}${condition.value}`;
}

export function appendConditions(parameters: URLSearchParams, conditions: readonly Condition[]): void {
  for (const condition of conditions) parameters.append(condition.field, parameterValue(condition));
}

export function isStackField(name: string): boolean {
  return /^stack(\((any|crashing)\))?$/.test(name);
}

// Parameters of the pages, and of Crash Stats' pages, that are no fields.
const kPageParameters = new Set(['page', 'tab', 'view', 'thread', 'days', 'count', 'by']);

export function parseConditions(parameters: URLSearchParams): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const [name, raw] of parameters) {
    if (raw !== '' && /^[a-z][a-z0-9_.]*(\((any|crashing)\))?$/.test(name) && !kPageParameters.has(name)) {
      conditions.push(parseParameter(name, raw));
    }
  }
  return conditions;
}

function parseParameter(name: string, raw: string): Condition {
  const negated = raw.startsWith('!');
  const rest = negated ? raw.slice(1) : raw;
  if (isStackField(name)) return { field: name, operator: '', negated, value: rest };
  const operator = ((hasOrder(name) ? kOperatorAtStart : /^[=~^$@]/).exec(rest)?.[0] ?? '') as Operator;
  return { field: name, operator, negated, value: rest.slice(operator.length) };
}

// "<" and ">" begin a text where the field has no order: "<name omitted>" is a signature.
function hasOrder(name: string): boolean {
  const type = fieldByWord(name)?.type;
  return type === undefined || type === 'time' || type === 'number';
}

const kMaxFacetsSize = 1000;

// A query whose every setting is the usual one.
export function plainQuery(conditions: readonly Condition[]): SearchQuery {
  return {
    conditions,
    columns: kDefaultColumns,
    facets: kDefaultFacets,
    facetsSize: kDefaultFacetsSize,
    sort: kDefaultSort,
    hasWeights: false,
    view: 'crashes',
    page: 0,
    cursor: undefined,
    counts: [],
    orders: [],
  };
}

// Of the page's address. Addresses of Crash Stats' searches mean the same here.
export function parseSearchParameters(
  parameters: URLSearchParams,
  usual: SearchQuery = plainQuery([]),
): SearchQuery {
  const list = (name: string, usual: readonly string[]): readonly string[] => {
    const values = parameters
      .getAll(name)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== '');
    return values.length === 0 ? usual : [...new Set(values)];
  };
  const offset = readNumber(parameters.get('_results_offset'));
  const page =
    readNumber(parameters.get('_page')) ??
    (offset === undefined ? undefined : Math.floor(offset / kPageSize)) ??
    Math.max(0, (readNumber(parameters.get('page')) ?? 1) - 1);
  return {
    conditions: parseConditions(parameters),
    columns: list('_columns', usual.columns),
    facets: list('_facets', usual.facets).filter((facet) => !/^_|\./.test(facet)),
    facetsSize: Math.min(kMaxFacetsSize, readNumber(parameters.get('_facets_size')) ?? usual.facetsSize),
    sort: list('_sort', usual.sort),
    hasWeights: parameters.get('_weights') === 'true',
    view: kSearchViews.find((view) => view === parameters.get('view')) ?? usual.view,
    page,
    cursor: parameters.get('_cursor') ?? undefined,
    counts: [...parameters].filter(isOfCounts),
    orders: ordersOf(parameters),
  };
}

function isOfCounts([name, value]: readonly [string, string]): boolean {
  return value !== '' && (/^_(aggs\.|histogram)/.test(name) || (name === '_facets' && /^_|\./.test(value)));
}

function readNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

// Parameters for what differs from the usual.
export function settingsOf(
  query: SearchQuery,
  usual: SearchQuery = plainQuery([]),
): readonly (readonly [string, string])[] {
  const list = (
    name: string,
    values: readonly string[],
    others: readonly string[],
  ): readonly (readonly [string, string])[] =>
    values.join() === others.join() ? [] : values.map((value) => [name, value]);
  const single = (name: string, value: string, isUsual: boolean): readonly (readonly [string, string])[] =>
    isUsual ? [] : [[name, value]];
  return [
    ...list('_columns', query.columns, usual.columns),
    ...list('_facets', query.facets, usual.facets),
    ...single('_facets_size', String(query.facetsSize), query.facetsSize === usual.facetsSize),
    ...list('_sort', query.sort, usual.sort),
    ...single('_weights', 'true', !query.hasWeights),
    ...single('view', query.view, query.view === usual.view),
    ...single('_page', String(query.page), query.page === 0),
    ...single('_cursor', query.cursor ?? '', query.cursor === undefined),
    ...query.counts,
    ...query.orders,
  ];
}

// The path of the search page that shows this query, changed. A change leads to its first page, unless it names another.
export function queryPath(query: SearchQuery, change: Partial<SearchQuery> = {}): string {
  const changed = { ...query, page: 0, cursor: undefined, ...change };
  const parameters = new URLSearchParams();
  appendConditions(parameters, changed.conditions);
  for (const [name, value] of settingsOf(changed)) parameters.append(name, value);
  const text = parameters.toString();
  return text === '' ? '/search' : `/search?${text}`;
}

// The path of the search page for these conditions, with the usual settings.
export function searchPath(conditions: readonly Condition[]): string {
  return queryPath(plainQuery(conditions));
}

// The conditions with one more. One that is there already is not repeated; its opposite goes.
export function withCondition(conditions: readonly Condition[], added: Condition): readonly Condition[] {
  const opposite = { ...added, negated: !added.negated };
  return [...conditions.filter((one) => !sameCondition(one, added) && !sameCondition(one, opposite)), added];
}

// What a term of a facet, or a value of a column, asks for.
export function exactTerm(field: string, term: string): Condition {
  if (term === '') return { field, operator: '', negated: false, value: kAbsent };
  if (fieldByWord(field)?.type === 'flag')
    return { field, operator: '', negated: term === 'F' || term === 'false', value: '__true__' };
  const type = fieldByWord(field)?.type;
  return { field, operator: type === undefined || type === 'text' ? '=' : '', negated: false, value: term };
}

// As people read it: of true and false, the server says T and F.
export function termText(field: string, term: string): string {
  if (term === '') return '(none)';
  if (fieldByWord(field)?.type !== 'flag') return term;
  return term === 'T' ? 'true' : term === 'F' ? 'false' : term;
}

const kDayMs = 24 * 3_600_000;

// From a day ("2026-11-01", UTC) on. Without a second bound the server would search a week.
export function daysUntilToday(firstDay: string, now: Date): readonly Condition[] {
  const tomorrow = new Date(now.getTime() + kDayMs).toISOString().slice(0, 10);
  return [
    { field: 'date', operator: '>=', negated: false, value: firstDay },
    { field: 'date', operator: '<', negated: false, value: tomorrow },
  ];
}

export function exactSignature(signature: string): Condition {
  return { field: 'signature', operator: '=', negated: false, value: signature };
}

// "libfoo.so [libfoo.so!ABC0+0x1200]": a group of a signature whose crashes have no symbols.
const kBucketOfGroup = /\+0x[0-9a-f]+\]$/;

// The crashes that a row of a ranking counts.
export function exactBucket(bucket: string): Condition {
  return kBucketOfGroup.test(bucket)
    ? { ...exactSignature(bucket), field: 'bucket' }
    : exactSignature(bucket);
}

export const kOperatorWords: Record<Operator, readonly [string, string]> = {
  '': ['is', 'is not'],
  '=': ['is', 'is not'],
  '~': ['contains', 'does not contain'],
  '^': ['starts with', 'does not start with'],
  $: ['ends with', 'does not end with'],
  '@': ['matches', 'does not match'],
  '>=': ['from', 'not from'],
  '<=': ['until', 'not until'],
  '>': ['after', 'not after'],
  '<': ['before', 'not before'],
};

// A text that is neither whole nor part: the server compares by words.
export const kByWords = ['has a word of', 'has no word of'] as const;

// A condition in words: ["Signature contains", "Widget::"].
export function conditionWords(condition: Condition): readonly [string, string] {
  const title = fieldTitle(condition.field);
  if (isStackField(condition.field))
    return [`${title} ${condition.negated ? 'has not' : 'has'}`, condition.value];
  const isByWords =
    condition.operator === '' && condition.value !== kAbsent && fieldByWord(condition.field)?.type === 'text';
  const [plain, negated] = isByWords ? kByWords : kOperatorWords[condition.operator];
  const value =
    condition.operator !== ''
      ? condition.value
      : condition.value === kAbsent
        ? 'absent'
        : condition.value === '__true__'
          ? 'true'
          : condition.value;
  return [`${title} ${condition.negated ? negated : plain}`, value];
}
