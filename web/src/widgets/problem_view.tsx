// In place of what cannot be shown: a problem in words, or that it is on its way.
import type { VNode } from 'preact';
import { problemWords, type Problem } from '../base/problem';

export function ProblemView({ problem }: { problem: Problem }): VNode {
  const words = problemWords(problem.kind);
  return (
    <section class="problem" role="status">
      <h1>{words.title}</h1>
      {problem.detail !== '' && <p class="mono">{problem.detail}</p>}
      <p>{words.advice}</p>
    </section>
  );
}

// Seen only when the answer takes long (by style.css): most come before anybody could read it.
export function Loading(): VNode {
  return <p class="loading" role="status">Waiting for the server …</p>;
}
