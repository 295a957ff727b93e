// The search query in its three forms: the text of the search box, the page's URL, and SuperSearch parameters.
//
// The page's URL and the API use the same parameters, so that a search can be carried to a script by its URL.
// Text: free words are searched in the signature as one phrase; `field:value` narrows by a field; `-` before it negates;
// a value may begin with an operator and may be quoted: product:Editor version:^1. signature:="a | b" -kind:ping

export type Operator = '' | '=' | '~' | '^' | '$' | '@' | '>=' | '<=' | '>' | '<';

// As a whole value: the crash has no value in this field.
const kAbsent = '__null__';

export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly negated: boolean;
  readonly value: string;
}

export interface SearchQuery {
  readonly conditions: readonly Condition[];
  // Counted from 0.
  readonly page: number;
}

interface Field {
  readonly name: string;
  readonly title: string;
  readonly aliases: readonly string[];
  // What a value without an operator means: part of the text, the whole value, or a point in time.
  readonly type: 'text' | 'choice' | 'time';
}

export const kFields: readonly Field[] = [
  { name: 'signature', title: 'Signature', aliases: ['sig'], type: 'text' },
  { name: 'product', title: 'Product', aliases: [], type: 'choice' },
  { name: 'version', title: 'Version', aliases: [], type: 'choice' },
  { name: 'release_channel', title: 'Channel', aliases: ['channel'], type: 'choice' },
  { name: 'kind', title: 'Kind', aliases: [], type: 'choice' },
  { name: 'reason', title: 'Reason', aliases: [], type: 'text' },
  { name: 'platform', title: 'Platform', aliases: ['os'], type: 'choice' },
  { name: 'date', title: 'Date', aliases: [], type: 'time' },
  { name: 'build_id', title: 'Build', aliases: ['build'], type: 'choice' },
  { name: 'process_type', title: 'Process', aliases: ['process'], type: 'choice' },
  { name: 'cpu_arch', title: 'CPU', aliases: ['cpu', 'arch'], type: 'choice' },
  { name: 'address', title: 'Address', aliases: [], type: 'text' },
  { name: 'proto_signature', title: 'Stack', aliases: ['proto', 'stack'], type: 'text' },
  { name: 'signature_group', title: 'Group', aliases: ['group'], type: 'text' },
  { name: 'bucket', title: 'Signature and group', aliases: [], type: 'text' },
  { name: 'uuid', title: 'Crash id', aliases: ['id'], type: 'choice' },
  { name: 'minidump_sha256_hash', title: 'Dump hash', aliases: ['hash'], type: 'choice' },
  { name: 'missing_debug_id', title: 'Missing debug id', aliases: ['waits'], type: 'choice' },
];

const kFieldsByWord = new Map(kFields.flatMap((field) => [field.name, ...field.aliases].map((word) => [word, field])));
const kOperatorAtStart = /^(>=|<=|[=~^$@<>])/;

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
    const pair = /^(-?)([a-z_]+):(?!:)(.+)$/s.exec(token);
    const field = kFieldsByWord.get(pair?.[2] ?? '');
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

// White space separates, except in double quotes; a backslash in quotes keeps the next character.
function splitTokens(text: string): readonly string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/gs) ?? [];
}

function parseValue(field: Field, text: string, negated: boolean): Condition {
  const denied = text.startsWith('!');
  const rest = denied ? text.slice(1) : text;
  const operator = kOperatorAtStart.exec(rest)?.[0] as Operator | undefined;
  const value = unquote(rest.slice(operator?.length ?? 0));
  return { field: field.name, operator: operator ?? defaultOperator(field, value), negated: denied !== negated, value };
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
  return /[\s"\\]/.test(value) || value === '' || /^[!=~^$@<>-]/.test(value)
    ? `"${value.replace(/["\\]/g, '\\$&')}"`
    : value;
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
  const field = kFieldsByWord.get(condition.field);
  const usual = field !== undefined && condition.operator === defaultOperator(field, condition.value);
  const operator = usual ? '' : condition.operator;
  return `${condition.negated ? '-' : ''}${condition.field}:${operator}${quoteIfNeeded(condition.value)}`;
}

export function sameCondition(one: Condition, other: Condition): boolean {
  return one.field === other.field && one.operator === other.operator && one.negated === other.negated && one.value === other.value;
}

// The value of a SuperSearch parameter.
function parameterValue(condition: Condition): string {
  const bare = condition.operator === '';
  // A bare value that begins like an operator must say that it is meant literally.
  const operator = bare && /^[!=~^$@<>]/.test(condition.value) ? '=' : condition.operator;
  return `${condition.negated ? '!' : ''}${operator}${condition.value}`;
}

export function appendConditions(parameters: URLSearchParams, conditions: readonly Condition[]): void {
  for (const condition of conditions) parameters.append(condition.field, parameterValue(condition));
}

export function parseSearchParameters(parameters: URLSearchParams, pageSize: number): SearchQuery {
  const conditions: Condition[] = [];
  for (const [name, raw] of parameters) {
    const field = kFields.find((candidate) => candidate.name === name);
    if (field === undefined || raw === '') continue;
    const negated = raw.startsWith('!');
    const rest = negated ? raw.slice(1) : raw;
    const operator = (kOperatorAtStart.exec(rest)?.[0] ?? '') as Operator;
    const value = rest.slice(operator.length);
    conditions.push({ field: field.name, operator: operator === '' ? defaultOperator(field, value) : operator, negated, value });
  }
  const offset = Number(parameters.get('_results_offset') ?? '0');
  return { conditions, page: Number.isSafeInteger(offset) && offset > 0 ? Math.floor(offset / pageSize) : 0 };
}

// The path of the search page that shows this query.
export function searchPath(conditions: readonly Condition[], page = 0, pageSize = 0): string {
  const parameters = new URLSearchParams();
  appendConditions(parameters, conditions);
  if (page > 0) parameters.set('_results_offset', String(page * pageSize));
  const text = parameters.toString();
  return text === '' ? '/' : `/?${text}`;
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
  return kBucketOfGroup.test(bucket) ? { ...exactSignature(bucket), field: 'bucket' } : exactSignature(bucket);
}

const kOperatorWords: Record<Operator, readonly [string, string]> = {
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

// A condition in words: ["Signature contains", "Widget::"].
export function conditionWords(condition: Condition): readonly [string, string] {
  const title = kFieldsByWord.get(condition.field)?.title ?? condition.field;
  const [plain, negated] = kOperatorWords[condition.operator];
  const value = condition.operator === '' && condition.value === kAbsent ? 'absent' : condition.value;
  return [`${title} ${condition.negated ? negated : plain}`, value];
}
