// A problem in one line, beside what was tried.
import type { VNode } from 'preact';
import { problemWords, type Problem, type ProblemKind, type ProblemWords } from '../base/problem';

// Words of the page's own say all; else what the server said stands with them.
export interface ProblemLineProps {
  readonly problem: Problem | undefined;
  readonly words?: Partial<Record<ProblemKind, ProblemWords>>;
}

// Space for it is kept by nobody: it comes where people look, below what they pressed.
export function ProblemLine({ problem, words: own }: ProblemLineProps): VNode {
  if (problem === undefined) return <p class="problem-line" role="alert" />;
  const words = own?.[problem.kind] ?? problemWords(problem.kind);
  const detail = problem.detail === '' || own?.[problem.kind] !== undefined ? '.' : `: ${problem.detail}`;
  return (
    <p class="problem-line trouble" role="alert">
      {words.title}
      {detail}
    </p>
  );
}
