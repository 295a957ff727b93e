// The page of a signature: its address, and what is asked for it alone.
import { parseTime } from '../base/format';
import { readList, readText, readTexts } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, withoutCrash } from './client';
import type { components } from './schema';
import { readNumber } from './search_facets';
import { appendConditions, exactSignature, parseConditions, type Condition } from './search_query';

export const kSignatureTabs = [
  'summary',
  'aggregations',
  'reports',
  'graphs',
  'bugs',
  'comments',
  'correlations',
  'similar',
  'pings',
] as const;
export type SignatureTab = (typeof kSignatureTabs)[number];

export interface SignatureQuery {
  readonly signature: string;
  // Besides the signature.
  readonly conditions: readonly Condition[];
  readonly tab: SignatureTab;
}

// `hash` is where Crash Stats has the tab: "#bugzilla".
export function parseSignatureQuery(parameters: URLSearchParams, hash = ''): SignatureQuery {
  const wanted = parameters.get('tab') ?? hash.slice(1).replace('bugzilla', 'bugs');
  const all = parseConditions(parameters);
  const raw = parameters.get('signature') ?? '';
  return {
    // Addresses of Crash Stats hold it bare; those of a search may hold it with the operator "is".
    signature: raw.startsWith('=') ? raw.slice(1) : raw,
    conditions: all.filter(({ field }) => field !== 'signature'),
    tab: kSignatureTabs.find((tab) => tab === wanted) ?? 'summary',
  };
}

// The page of a signature by its name alone.
export function pathOfSignature(signature: string): string {
  return signaturePath([exactSignature(signature)]);
}

// `conditions` hold the signature, and may hold more.
export function signaturePath(
  conditions: readonly Condition[],
  tab: SignatureTab = 'summary',
  more: readonly (readonly [string, string])[] = [],
): string {
  const parameters = new URLSearchParams();
  const own = conditions.find(({ field, operator }) => field === 'signature' && operator === '=');
  const signature = own?.value ?? '';
  // The first "=" of an address is the operator.
  parameters.set('signature', signature.startsWith('=') ? `=${signature}` : signature);
  appendConditions(
    parameters,
    conditions.filter((condition) => condition !== own),
  );
  if (tab !== 'summary') parameters.set('tab', tab);
  for (const [name, value] of more) parameters.append(name, value);
  return `/signature/?${parameters.toString()}`;
}

export function allConditions({ signature, conditions }: SignatureQuery): readonly Condition[] {
  return [exactSignature(signature), ...conditions];
}

type ResolveAnswer = AnswerOf<'/api/ResolveSignature/'>;
type SimilarAnswer = AnswerOf<'/api/SimilarSignatures/'>;
type FirstDateAnswer = AnswerOf<'/api/SignatureFirstDate/'>;
type CorrelationsAnswer = components['schemas']['Correlations'];

// Signatures of today under which the crashes are that have, or once had, this one.
export async function askNames(signature: string, signal: AbortSignal): Promise<Result<readonly string[]>> {
  const answer = await getJson<ResolveAnswer>(
    `/api/ResolveSignature/?${new URLSearchParams({ signature })}`,
    signal,
  );
  return answer.ok ? succeed(readTexts(answer.value.signatures)) : answer;
}

export interface FirstSeen {
  readonly time: Date | undefined;
  readonly build: string | undefined;
}

export async function askFirstSeen(signature: string, signal: AbortSignal): Promise<Result<FirstSeen>> {
  const answer = await getJson<FirstDateAnswer>(
    `/api/SignatureFirstDate/?${new URLSearchParams({ signatures: signature })}`,
    signal,
  );
  if (!answer.ok) return answer;
  const [hit] = readList(answer.value.hits);
  return succeed({ time: parseTime(hit?.first_date), build: readText(hit?.first_build) });
}

export interface SimilarSignature {
  readonly signature: string;
  // 1 is the same stack.
  readonly score: number;
  readonly frames: readonly string[];
}

export async function askSimilar(
  signature: string,
  signal: AbortSignal,
): Promise<Result<readonly SimilarSignature[]>> {
  const answer = await getJson<SimilarAnswer>(
    `/api/SimilarSignatures/?${new URLSearchParams({ signature, count: '20' })}`,
    signal,
  );
  if (!answer.ok) return answer.problem.kind === 'not-found' ? succeed([]) : answer;
  return succeed(
    readList(answer.value.similar)
      .map((row) => ({
        signature: readText(row.signature) ?? '',
        score: readNumber(row.score) ?? 0,
        frames: readTexts(row.frames),
      }))
      .filter((row) => row.signature !== ''),
  );
}

export interface Correlation {
  readonly field: string;
  readonly term: string;
  readonly percent: number;
  readonly otherPercent: number;
  // In percentage points, with its 95 % interval.
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export interface Correlations {
  readonly total: number;
  readonly otherTotal: number;
  readonly rows: readonly Correlation[];
}

export function correlationsApiPath({ signature, conditions }: SignatureQuery): string {
  const parameters = new URLSearchParams({ signature });
  appendConditions(parameters, conditions);
  return `/api/Correlations/?${parameters.toString()}`;
}

export async function askCorrelations(
  query: SignatureQuery,
  signal: AbortSignal,
): Promise<Result<Correlations>> {
  const answer = await getJson<CorrelationsAnswer>(correlationsApiPath(query), signal);
  if (!answer.ok) return { ok: false, problem: withoutCrash(answer.problem) };
  return succeed(readCorrelations(answer.value));
}

export function readCorrelations(answer: CorrelationsAnswer): Correlations {
  return {
    total: readNumber(answer.signature_total) ?? 0,
    otherTotal: readNumber(answer.other_total) ?? 0,
    rows: readList(answer.rows).map((row) => {
      const difference = readNumber(row.difference) ?? 0;
      return {
        field: readText(row.field) ?? '',
        term: readText(row.term) ?? '',
        percent: readNumber(row.percent) ?? 0,
        otherPercent: readNumber(row.other_percent) ?? 0,
        difference,
        low: readNumber(row.low) ?? difference,
        high: readNumber(row.high) ?? difference,
        count: readNumber(row.in_signature) ?? 0,
      };
    }),
  };
}
