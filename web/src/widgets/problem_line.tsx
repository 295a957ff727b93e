// A problem in one line, beside what was tried.
import type { VNode } from 'preact';
import { problemWords, type Problem, type ProblemKind, type ProblemWords } from '../base/problem';

export interface ProblemLineProps {
  readonly problem: Problem | undefined;
  readonly words?: Partial<Record<ProblemKind, ProblemWords>>;
}

// Space for it is kept by nobody: it comes where people look, below what they pressed.
export function ProblemLine({ problem, words: own }: ProblemLineProps): VNode {
  if (problem === undefined) return <p class="problem-line" role="alert" />;
  const words = own?.[problem.kind] ?? problemWords(problem.kind);
  return <p class="problem-line trouble" role="alert">{words.title}{problem.detail === '' ? '.' : `: ${problem.detail}`}</p>;
}
