// A question that is asked before the code of the page is there that will ask it: the first page shows sooner by a
// round to the server.
let asked: { readonly path: string; readonly response: Promise<Response>; readonly abort: () => void } | undefined;

export function askAhead(path: string, request: RequestInit): void {
  const controller = new AbortController();
  const response = fetch(path, { ...request, signal: controller.signal });
  // A failure is told to whoever takes the answer.
  response.catch(() => undefined);
  asked = { path, response, abort: () => controller.abort() };
}

// The answer to that question, once: whoever asks again wants to know what is there now. From here on the question ends when
// `signal` says so, as one that was asked now would.
export function takeAhead(path: string, signal: AbortSignal): Promise<Response> | undefined {
  if (asked?.path !== path) return undefined;
  const { response, abort } = asked;
  asked = undefined;
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return response;
}
