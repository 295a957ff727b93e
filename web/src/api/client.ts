// The only place that asks the server. Every answer is a Result; nothing here throws.
import type { Problem, ProblemKind } from '../base/problem';
import { fail, succeed, type Result } from '../base/result';

// Longer than the slowest search may take; after it the page says that the server does not answer.
const kMaxAnswerMs = 30_000;

const kKindByStatus = new Map<number, ProblemKind>([
  [400, 'bad-request'],
  [401, 'forbidden'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [429, 'server'],
]);

// T is the generated type of the answer, in which everything may be absent: readers check each field that they use.
export async function getJson<T extends object>(path: string, signal: AbortSignal): Promise<Result<T>> {
  const deadline = AbortSignal.timeout(kMaxAnswerMs);
  try {
    const response = await fetch(path, {
      headers: { Accept: 'application/json' },
      signal: anyOf(signal, deadline),
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) return fail(problemOf(response.status, body));
    if (typeof body !== 'object' || body === null) return fail({ kind: 'bad-answer', detail: '' });
    return succeed(body as T);
  } catch {
    // fetch() says no more than that it failed.
    return fail({ kind: 'offline', detail: '' });
  }
}

// Of a list, where nothing is looked for by an id: a server that knows no such path is older than this page.
export function withoutCrash(problem: Problem): Problem {
  return problem.kind === 'not-found' ? { ...problem, kind: 'bad-answer' } : problem;
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

function problemOf(status: number, body: unknown): Problem {
  const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const detail = typeof members['error'] === 'string' ? members['error'] : '';
  if (status === 404 && members['status'] === 'pending') return { kind: 'pending', detail };
  const kind = kKindByStatus.get(status) ?? (status >= 500 ? 'server' : 'bad-answer');
  return { kind, detail: detail === '' ? `HTTP status ${status}` : detail };
}
