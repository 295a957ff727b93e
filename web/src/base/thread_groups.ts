// Threads with equal stacks, folded into one: a pool's idle workers are read once.
import type { Frame, Thread } from './crash';

export interface ThreadGroup {
  // In the order of the dump; at least one.
  readonly threads: readonly Thread[];
  // Those of all of them.
  readonly frames: readonly Frame[];
  readonly truncated: boolean;
}

// Groups stand where the first of their threads stood. Threads without frames are alike in nothing but that.
export function groupThreads(threads: readonly Thread[]): readonly ThreadGroup[] {
  const groups = new Map<string, Thread[]>();
  for (const thread of threads) {
    const key = stackKey(thread);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thread]);
    else group.push(thread);
  }
  return [...groups.values()].map((group) => ({
    threads: group,
    frames: group[0]?.frames ?? [],
    truncated: group[0]?.truncated === true,
  }));
}

// Where a thread is: the places in its modules. Addresses outside of modules are those of generated code.
function stackKey({ frames, truncated }: Thread): string {
  return JSON.stringify([
    truncated,
    ...frames.map(({ moduleName, moduleOffset, address, place, trust }) => [
      moduleName,
      moduleOffset ?? address,
      moduleOffset === undefined && address === undefined ? place.functionName : '',
      trust,
    ]),
  ]);
}

// "worker 0, worker 1, worker 2 and 9 more"; the most frequent first. Empty if none has a name.
export function threadNames(threads: readonly Thread[], namesMax: number): string {
  const counts = new Map<string, number>();
  for (const { name } of threads) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => (count === 1 ? name : `${name} × ${count}`));
  const shown = names.slice(0, namesMax).join(', ');
  return names.length > namesMax ? `${shown} and ${names.length - namesMax} more` : shown;
}
