// The fields that can be searched. Some are known from the start, so that a page can be read before anything is asked;
// the server's list brings the rest, with their descriptions.
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { getJson } from './client';
import type { components } from './schema';

// What a value without an operator means: part of the text, the whole value, a point in time, a number, true or false,
// or a pattern of frames.
export type FieldType = 'text' | 'choice' | 'time' | 'number' | 'flag' | 'stack';

export interface Field {
  readonly name: string;
  readonly title: string;
  readonly aliases: readonly string[];
  readonly type: FieldType;
  readonly description?: string;
  // A condition alone: no column, facet or order.
  readonly isConditionOnly?: boolean;
}

export const kFields: readonly Field[] = [
  { name: 'signature', title: 'Signature', aliases: ['sig'], type: 'text' },
  { name: 'product', title: 'Product', aliases: [], type: 'choice' },
  { name: 'version', title: 'Version', aliases: [], type: 'choice' },
  { name: 'release_channel', title: 'Channel', aliases: ['channel'], type: 'choice' },
  { name: 'kind', title: 'Kind', aliases: [], type: 'choice' },
  { name: 'reason', title: 'Reason', aliases: [], type: 'text' },
  { name: 'platform', title: 'Platform', aliases: ['os'], type: 'choice' },
  { name: 'platform_version', title: 'Platform version', aliases: ['os_version'], type: 'text' },
  { name: 'date', title: 'Date', aliases: [], type: 'time' },
  { name: 'build_id', title: 'Build', aliases: ['build'], type: 'number' },
  { name: 'process_type', title: 'Process', aliases: ['process'], type: 'choice' },
  { name: 'cpu_arch', title: 'CPU', aliases: ['cpu', 'arch'], type: 'choice' },
  { name: 'address', title: 'Address', aliases: [], type: 'text' },
  { name: 'stack', title: 'Stack', aliases: [], type: 'stack', isConditionOnly: true },
  { name: 'stack(any)', title: 'Stack of any thread', aliases: [], type: 'stack', isConditionOnly: true },
  {
    name: 'stack(crashing)',
    title: 'Stack of the crashing thread',
    aliases: [],
    type: 'stack',
    isConditionOnly: true,
  },
  { name: 'proto_signature', title: 'Proto signature', aliases: ['proto'], type: 'text' },
  { name: 'signature_group', title: 'Group', aliases: ['group'], type: 'text' },
  { name: 'bucket', title: 'Signature and group', aliases: [], type: 'text' },
  { name: 'uuid', title: 'Crash id', aliases: ['id'], type: 'choice' },
  { name: 'minidump_sha256_hash', title: 'Dump hash', aliases: ['hash'], type: 'choice' },
  {
    name: 'missing_debug_id',
    title: 'Missing debug id',
    aliases: ['waits'],
    type: 'choice',
    isConditionOnly: true,
  },
];

const fieldsByWord = new Map(
  kFields.flatMap((field) => [field.name, ...field.aliases].map((word) => [word, field])),
);
let learned: readonly Field[] = kFields;

export function fieldByWord(word: string): Field | undefined {
  return fieldsByWord.get(word);
}

// All that are known by now, the common ones first.
export function knownFields(): readonly Field[] {
  return learned;
}

export function fieldTitle(name: string): string {
  return fieldsByWord.get(name)?.title ?? titleOfName(name);
}

// "moz_crash_reason": "Moz crash reason".
function titleOfName(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type FieldsAnswer = components['schemas']['SearchFields'];
type FieldRow = components['schemas']['SearchField'];

export function readFields(answer: FieldsAnswer): readonly Field[] {
  return readList(Object.values(answer))
    .map(readField)
    .filter((field) => field !== undefined);
}

function readField(row: FieldRow): Field | undefined {
  const name = readText(row.name);
  if (name === undefined || name.startsWith('_') || row.is_exposed === false) return undefined;
  const known = kFields.find((field) => field.name === name);
  const description = readText(row.description);
  return {
    name,
    title: known?.title ?? titleOfName(name),
    aliases: known?.aliases ?? [],
    type: known?.type ?? typeOf(row),
    ...(description !== undefined && { description }),
    isConditionOnly: row.is_condition === true && row.is_returned !== true,
  };
}

function typeOf(row: FieldRow): FieldType {
  switch (row.data_validation_type) {
    case 'datetime':
      return 'time';
    case 'int':
    case 'float':
      return 'number';
    case 'bool':
      return 'flag';
    case 'enum':
      return 'choice';
    default:
      return row.query_type === 'enum' ? 'choice' : 'text';
  }
}

// What the server knows replaces what was guessed; fields of the start that it does not tell stay.
export function learnFields(fields: readonly Field[]): void {
  const told = new Map(fields.map((field) => [field.name, field]));
  const common = kFields.map((field) => told.get(field.name) ?? field);
  const rest = fields.filter((field) => !kFields.some(({ name }) => name === field.name));
  learned = [...common, ...rest.sort((one, other) => (one.name < other.name ? -1 : 1))];
  for (const field of learned) {
    for (const word of [field.name, ...field.aliases]) fieldsByWord.set(word, field);
  }
}

let asked: Promise<Result<readonly Field[]>> | undefined;

// Asks once per page load.
export function askFields(): Promise<Result<readonly Field[]>> {
  asked ??= getJson<FieldsAnswer>('/api/SuperSearchFields/', new AbortController().signal).then((answer) => {
    if (!answer.ok) {
      asked = undefined;
      return answer;
    }
    learnFields(readFields(answer.value));
    return succeed(knownFields());
  });
  return asked;
}
