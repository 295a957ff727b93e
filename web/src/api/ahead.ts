// A question that is asked before the code of the page is there that will ask it: the first page shows sooner by a
// round to the server.
let asked: { readonly path: string; readonly response: Promise<Response> } | undefined;

export function askAhead(path: string, request: RequestInit): void {
  const response = fetch(path, request);
  // A failure is told to whoever takes the answer.
  response.catch(() => undefined);
  asked = { path, response };
}

// The answer to that question, once: whoever asks again wants to know what is there now.
export function takeAhead(path: string): Promise<Response> | undefined {
  if (asked?.path !== path) return undefined;
  const { response } = asked;
  asked = undefined;
  return response;
}
