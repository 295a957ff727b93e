// The only place that asks the server. Every answer is a Result; nothing here throws.
import type { Problem, ProblemKind } from '../base/problem';
import { readTexts } from '../base/json_read';
import { fail, succeed, type Result } from '../base/result';
import { askAhead, takeAhead } from './ahead';

// Longer than the server lets a search take, by default 30 s, and 300 s of who has run_long_queries: so it is the server that
// says why there is no answer. After it the page says that the server does not answer.
const kMaxAnswerMs = 35_000;
const kMaxLongAnswerMs = 305_000;

let maxAnswerMs = kMaxAnswerMs;

// Whether searches of this visitor may take as long as the server lets nobody else's.
export function waitForLongQueries(areLong: boolean): void {
  maxAnswerMs = areLong ? kMaxLongAnswerMs : kMaxAnswerMs;
}

const kKindByStatus = new Map<number, ProblemKind>([
  [400, 'bad-request'],
  [401, 'signed-out'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [429, 'busy'],
]);
// What the server says of a path that leads nowhere; of a thing that is not there it says more.
const kNoSuchPath = 'Not Found';

// T is the generated type of the answer, in which everything may be absent: readers check each field that
// they use.
export function getJson<T extends object>(path: string, signal: AbortSignal): Promise<Result<T>> {
  return ask<T>(path, kReadsJson, readObject, signal);
}

// Asks what getJson will be asked soon. Without headers of its own: so it is the question that the browser asked already if
// the server told it to, by a Link header of the page.
export function getJsonAhead(path: string): void {
  askAhead(path, {});
}

export function getText(path: string, signal: AbortSignal): Promise<Result<string>> {
  return ask(path, {}, (response) => response.text(), signal);
}

// For what takes longer than any search, such as a preview over all crashes, `answerMs` says how long it may.
export function postJson<T extends object>(
  path: string,
  body: object,
  signal: AbortSignal,
  answerMs = maxAnswerMs,
): Promise<Result<T>> {
  const headers = { ...kWantsJson, 'Content-Type': 'application/json' };
  return ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) }, readObject, signal, answerMs);
}

export function postForm<T extends object>(
  path: string,
  body: URLSearchParams,
  signal: AbortSignal,
): Promise<Result<T>> {
  return ask<T>(path, { method: 'POST', headers: kWantsJson, body }, readObject, signal);
}

const kWantsJson = { Accept: 'application/json' };
const kReadsJson: RequestInit = { headers: kWantsJson };

async function readObject<T extends object>(response: Response): Promise<T | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === 'object' && body !== null ? (body as T) : undefined;
}

async function ask<T>(
  path: string,
  request: RequestInit,
  read: (response: Response) => Promise<T | undefined>,
  signal: AbortSignal,
  answerMs = maxAnswerMs,
): Promise<Result<T>> {
  const until = anyOf(signal, AbortSignal.timeout(answerMs));
  try {
    const ahead = request === kReadsJson ? takeAhead(path, until) : undefined;
    const response = await (ahead ?? fetch(path, { ...request, signal: until }));
    if (!response.ok) return fail(problemOf(response.status, await readObject(response)));
    const body = await read(response);
    return body === undefined ? fail({ kind: 'bad-answer', detail: '' }) : succeed(body);
  } catch {
    // fetch() says no more than that it failed.
    return fail({ kind: 'offline', detail: '' });
  }
}

// Of a list, where nothing is looked for by an id: a server that knows no such path is older than this page.
export function withoutCrash(problem: Problem): Problem {
  return problem.kind === 'not-found' || problem.kind === 'no-service'
    ? { ...problem, kind: 'bad-answer' }
    : problem;
}

// Of a thing that the server says of no more than of a wrong path when it is not there.
export function asMissing(problem: Problem): Problem {
  return problem.kind === 'no-service' ? { kind: 'not-found', detail: '' } : problem;
}

// AbortSignal.any() without its demand for the newest browsers.
function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort();
    signal.addEventListener('abort', () => controller.abort(), { once: true });
  }
  return controller.signal;
}

function problemOf(status: number, body: object | undefined): Problem {
  const members = (body ?? {}) as Record<string, unknown>;
  const detail = typeof members['error'] === 'string' ? members['error'] : '';
  if (status === 404 && members['status'] === 'pending') return { kind: 'pending', detail };
  if (status === 404 && detail === kNoSuchPath) return { kind: 'no-service', detail: '' };
  const kind = kKindByStatus.get(status) ?? (status >= 500 ? 'server' : 'bad-answer');
  const mistakes = readTexts(members['mistakes']);
  return {
    kind,
    detail: detail === '' ? `HTTP status ${status}` : detail,
    ...(mistakes.length === 0 ? {} : { mistakes }),
  };
}
