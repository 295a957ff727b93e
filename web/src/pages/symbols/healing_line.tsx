// One quiet line on what symbols that came late are doing. Nothing for those who may not ask, and as long as there is
// nothing to tell.
import { useEffect, useRef } from 'preact/hooks';
import type { VNode } from 'preact';
import { askHealing, type Healing, type HealingWork } from '../../api/healing';
import { countOf, formatCount } from '../../base/format';
import { isPassing, type Problem } from '../../base/problem';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';

const kWorkingMs = 4000;
// Symbols may be uploaded while the page is open.
const kIdleMs = 30_000;

// `onMoved` is told when symbols came or named something: what the page shows may have changed.
export function HealingLine({ onMoved }: { onMoved: () => void }): VNode | null {
  const { value: healing, problem, askAgain } = useRemote<Healing>({ key: 'healing', ask: askHealing, recent: undefined });
  useTimer(periodMs(healing, problem), askAgain);
  const state = healing === undefined ? undefined : `${healing.waiting} ${healing.addressesNamed} ${healing.now?.debugId ?? ''}`;
  const before = useRef(state);
  useEffect(() => {
    if (before.current !== undefined && state !== before.current) onMoved();
    before.current = state;
  }, [state, onMoved]);
  const words = healing === undefined ? '' : healingWords(healing);
  return words === '' ? null : <p class="healing quiet">{words}</p>;
}

function periodMs(healing: Healing | undefined, problem: Problem | undefined): number | null {
  if (problem !== undefined && !isPassing(problem.kind)) return null;
  return healing !== undefined && healing.waiting === 0 && healing.now === undefined ? kIdleMs : kWorkingMs;
}

export function healingWords({ waiting, followed, failed, addressesNamed, signaturesChanged, now }: Healing): string {
  const others = now === undefined ? waiting : Math.max(0, waiting - 1);
  const sentences: string[] = [];
  if (now !== undefined) {
    sentences.push(workWords(now));
  } else if (followed > 0 || addressesNamed > 0) {
    sentences.push(`Since the server started, late symbols named ${countOf(addressesNamed, 'address', 'addresses')} `
      + `and changed ${countOf(signaturesChanged, 'signature', 'signatures')}.`);
  }
  if (others > 0) sentences.push(`${countOf(others, 'symbol file waits', 'symbol files wait')} for a first or second look.`);
  if (failed > 0) sentences.push(`${countOf(failed, 'try', 'tries')} failed, to be made again.`);
  return sentences.join(' ');
}

function workWords({ debugFile, isAgain, addresses, named, stacks, changed }: HealingWork): string {
  const what = `${isAgain ? 'A second look with' : 'Naming by'} ${debugFile}: ${countOf(named, 'address', 'addresses')} of ${formatCount(addresses)} named`;
  return stacks === 0 ? `${what}.` : `${what}, ${countOf(stacks, 'stack', 'stacks')} signed again, ${formatCount(changed)} changed.`;
}
