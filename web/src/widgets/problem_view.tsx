// A problem in words, in place of what could not be shown.
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
