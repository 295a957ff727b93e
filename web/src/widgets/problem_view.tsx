// In place of what cannot be shown: a problem in words, or that it is on its way.
import type { VNode } from 'preact';
import { formatDuration } from '../base/format';
import { problemWords, type Problem, type ProblemKind, type ProblemWords } from '../base/problem';
import { useSeconds } from './use_seconds';

export interface ProblemViewProps {
  readonly problem: Problem;
  // What a page knows better about some kinds.
  readonly words?: Partial<Record<ProblemKind, ProblemWords>>;
}

export function ProblemView({ problem, words: own }: ProblemViewProps): VNode {
  const words = own?.[problem.kind] ?? problemWords(problem.kind);
  return (
    <section class="problem" role="status">
      <h1>{words.title}</h1>
      {problem.detail !== '' && <p class="mono">{problem.detail}</p>}
      <p>{words.advice}</p>
    </section>
  );
}

// Seen only when the answer takes long (by style.css): most come before anybody could read it.
const kTellSeconds = 2;
const kLongSeconds = 10;

export function Loading(): VNode {
  const seconds = useSeconds(true);
  return (
    <div class="loading">
      <p role="status">Waiting for the server …</p>
      {seconds >= kTellSeconds && (
        <>
          <progress aria-label="Waiting for the server" />
          <p aria-hidden="true">{formatDuration(seconds)}</p>
        </>
      )}
      {seconds >= kLongSeconds && (
        <p role="status">It takes longer than usual. What covers less time, or has more conditions, comes sooner.</p>
      )}
    </div>
  );
}
