// Problem: what went wrong, in words for the person who reads the page.

export type ProblemKind =
  | 'offline' // No answer at all.
  | 'pending' // The crash is accepted and waits to be processed.
  | 'not-found'
  | 'signed-out' // Only those who have signed in may ask.
  | 'forbidden'
  | 'bad-request'
  | 'busy' // Too many requests in too short a time.
  | 'no-service' // This server has no such part of the API.
  | 'server' // The server says that it failed.
  | 'bad-answer'; // An answer that is not what the API promises.

export interface Problem {
  readonly kind: ProblemKind;
  // What the server said about it; empty if nothing.
  readonly detail: string;
  // Of what was sent, one by one, where there may be several.
  readonly mistakes?: readonly string[];
}

export interface ProblemWords {
  readonly title: string;
  readonly advice: string;
}

const kWords: Record<ProblemKind, ProblemWords> = {
  offline: {
    title: 'The server does not answer',
    advice: 'It may be restarting, or the network is down. This page tries again by itself.',
  },
  pending: {
    title: 'This crash is waiting to be processed',
    advice: 'The page looks again by itself and shows the crash as soon as it is ready.',
  },
  'not-found': {
    title: 'No crash has this id',
    advice: 'Check the id. Crashes are also removed when they reach the end of their retention.',
  },
  'signed-out': {
    title: 'This is for people who have signed in',
    advice: 'Sign in by the link at the top, and this page shows it.',
  },
  forbidden: {
    title: 'You may not see this',
    advice: 'It takes a permission, or an account. Sign in, or ask whoever administers the server.',
  },
  'bad-request': {
    title: 'The server does not answer this query',
    advice: 'Correct it in the search box, take a condition away, or narrow it where it takes too long.',
  },
  busy: {
    title: 'Too many requests',
    advice: 'The server answers only so many in a minute. This page tries again by itself.',
  },
  'no-service': {
    title: 'This server does not offer this',
    advice: 'It may be older than this page, or its operator has turned this part off.',
  },
  server: {
    title: 'The server failed to answer',
    advice: 'Its log says why. This page tries again by itself.',
  },
  'bad-answer': {
    title: 'The answer is not one that this page knows',
    advice: 'A proxy may be in the way, or the page is older than the server: reload it.',
  },
};

export function problemWords(kind: ProblemKind): ProblemWords {
  return kWords[kind];
}

// Whether the same request may succeed a little later without anybody doing something.
export function isPassing(kind: ProblemKind): boolean {
  return kind === 'offline' || kind === 'pending' || kind === 'server' || kind === 'busy';
}
