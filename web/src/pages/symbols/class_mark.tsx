import type { VNode } from 'preact';

// Says which symbols are try symbols; regular ones are the rule.
export function ClassMark({ isTry }: { isTry: boolean }): VNode | null {
  if (!isTry) return null;
  return <span class="badge try" title="Of a build that nobody ships: kept apart and for less time">try</span>;
}
