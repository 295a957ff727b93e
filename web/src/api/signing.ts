// What signatures are made by: lists, rules and decisions, their history, and what a change would do.
import { parseTime } from '../base/format';
import { readCount, readList, readText, readTexts } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, postJson } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
type SigningAnswer = AnswerOf<'/api/Signing/'>;
type HistoryAnswer = AnswerOf<'/api/Signing/history/'>;

// As Socorro names its files.
export const kListNames = [
  'signature_sentinels.txt',
  'irrelevant_signature_re.txt',
  'prefix_signature_re.txt',
  'signatures_with_line_numbers_re.txt',
] as const;
export type ListName = (typeof kListNames)[number];
export type Lists = Readonly<Record<ListName, string>>;

export const kEmptyLists: Lists = {
  'signature_sentinels.txt': '',
  'irrelevant_signature_re.txt': '',
  'prefix_signature_re.txt': '',
  'signatures_with_line_numbers_re.txt': '',
};

export interface SigningSettings {
  // undefined: the server's own.
  readonly lists: Lists | undefined;
  // TOML.
  readonly rules: string;
}

export interface Decision {
  readonly id: number;
  readonly kind: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly who: string;
  readonly why: string;
  readonly time: Date | undefined;
}

export interface Signing {
  readonly revision: number;
  readonly settings: SigningSettings;
  readonly decisions: readonly Decision[];
  // Of signing all of history by them.
  readonly progress: {
    readonly isDone: boolean;
    readonly share: number;
    readonly stacks: number;
    readonly changed: number;
    readonly trouble: string | undefined;
  };
}

export async function askSigning(signal: AbortSignal): Promise<Result<Signing>> {
  const answer = await getJson<SigningAnswer>('/api/Signing/', signal);
  return answer.ok ? succeed(readSigning(answer.value)) : answer;
}

export function readSigning(answer: SigningAnswer): Signing {
  return {
    revision: readCount(answer.in_force?.revision) ?? 0,
    settings: { lists: readLists(answer.lists), rules: readText(answer.rules) ?? '' },
    decisions: readList(answer.decisions).flatMap((decision) => {
      const id = readCount(decision.decision);
      return id === undefined
        ? []
        : [
            {
              id,
              kind: readText(decision.kind) ?? '',
              from: readTexts(decision.from),
              to: readText(decision.to) ?? '',
              who: readText(decision.who) ?? '',
              why: readText(decision.why) ?? '',
              time: parseTime(decision.date),
            },
          ];
    }),
    progress: {
      isDone: answer.signing?.is_done !== false,
      share: typeof answer.signing?.share === 'number' ? answer.signing.share : 1,
      stacks: readCount(answer.signing?.stacks) ?? 0,
      changed: readCount(answer.signing?.changed) ?? 0,
      trouble: readText(answer.signing?.trouble),
    },
  };
}

function readLists(lists: SigningAnswer['lists']): Lists | undefined {
  if (typeof lists !== 'object' || lists === null) return undefined;
  const read = (name: ListName): string => readText(lists[name]) ?? '';
  return {
    'signature_sentinels.txt': read('signature_sentinels.txt'),
    'irrelevant_signature_re.txt': read('irrelevant_signature_re.txt'),
    'prefix_signature_re.txt': read('prefix_signature_re.txt'),
    'signatures_with_line_numbers_re.txt': read('signatures_with_line_numbers_re.txt'),
  };
}

export interface Revision {
  readonly revision: number;
  readonly action: string;
  readonly about: string;
  readonly who: string;
  readonly why: string;
  readonly time: Date | undefined;
}

const kHistorySize = 50;

// The newest first; `before` is a revision.
export async function askHistory(
  before: number | undefined,
  signal: AbortSignal,
): Promise<Result<readonly Revision[]>> {
  const parameters = new URLSearchParams({ count: String(kHistorySize) });
  if (before !== undefined) parameters.set('before', String(before));
  const answer = await getJson<HistoryAnswer>(`/api/Signing/history/?${parameters}`, signal);
  return answer.ok ? succeed(readList(answer.value.history).map(readRevision)) : answer;
}

function readRevision(revision: Schemas['SigningRevision']): Revision {
  return {
    revision: readCount(revision.revision) ?? 0,
    action: readText(revision.action) ?? '',
    about: readText(revision.about) ?? '',
    who: readText(revision.who) ?? '',
    why: readText(revision.why) ?? '',
    time: parseTime(revision.date),
  };
}

export interface Change {
  readonly signature: string;
  readonly crashes: number;
  readonly parts: readonly {
    readonly signature: string;
    readonly crashes: number;
    readonly example: string | undefined;
  }[];
  readonly partsTotal: number;
}

export interface Changes {
  readonly total: number;
  readonly rows: readonly Change[];
}

export interface Preview {
  readonly crashes: number;
  readonly changedCrashes: number;
  readonly signaturesBefore: number;
  readonly signaturesAfter: number;
  readonly splits: Changes;
  readonly merges: Changes;
  readonly appears: Changes;
  readonly vanishes: Changes;
}

// It signs all that is stored; of millions of stacks that takes minutes.
const kPreviewMs = 15 * 60_000;

function orderOf({ lists, rules }: SigningSettings, why: string): object {
  return { ...(lists === undefined ? {} : { lists }), rules, ...(why === '' ? {} : { why }) };
}

export async function previewSigning(
  settings: SigningSettings,
  signal: AbortSignal,
): Promise<Result<Preview>> {
  const answer = await postJson<Schemas['SigningPreview']>(
    '/api/Signing/preview/',
    orderOf(settings, ''),
    signal,
    kPreviewMs,
  );
  return answer.ok ? succeed(readPreview(answer.value)) : answer;
}

export function readPreview(answer: Schemas['SigningPreview']): Preview {
  return {
    crashes: readCount(answer.crashes) ?? 0,
    changedCrashes: readCount(answer.changed_crashes) ?? 0,
    signaturesBefore: readCount(answer.signatures_before) ?? 0,
    signaturesAfter: readCount(answer.signatures_after) ?? 0,
    splits: readChanges(answer.splits),
    merges: readChanges(answer.merges),
    appears: readChanges(answer.appears),
    vanishes: readChanges(answer.vanishes),
  };
}

function readChanges(changes: Schemas['SigningChanges'] | undefined): Changes {
  const rows = readList(changes?.rows).map((row) => {
    const parts = readList(row.parts).map((part) => ({
      signature: readText(part.signature) ?? '',
      crashes: readCount(part.crashes) ?? 0,
      example: readText(part.example),
    }));
    return {
      signature: readText(row.signature) ?? '',
      crashes: readCount(row.crashes) ?? 0,
      parts,
      partsTotal: readCount(row.parts_total) ?? parts.length,
    };
  });
  return { total: readCount(changes?.total) ?? rows.length, rows };
}

export function saveSigning(
  settings: SigningSettings,
  why: string,
  signal: AbortSignal,
): Promise<Result<object>> {
  return postJson('/api/Signing/save/', orderOf(settings, why), signal);
}

export function undoSigning(why: string, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/Signing/undo/', why === '' ? {} : { why }, signal);
}

export function splitDecision(decision: number, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/Signing/split/', { decision }, signal);
}
