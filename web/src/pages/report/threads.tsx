// The threads: the crashing one open, all others closed, those with equal stacks in one row.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Frame, Thread } from '../../base/crash';
import { countOf, joinPresent } from '../../base/format';
import { expandFrames } from '../../base/frame_rows';
import { groupThreads, threadNames, type ThreadGroup } from '../../base/thread_groups';
import { StackTable } from '../../widgets/stack_table';

const kNamesMax = 3;

// `isWhole`: all of its rows, not those alone that are seen first.
export function CrashingThread({ thread, isWhole }: { thread: Thread | undefined; isWhole: boolean }): VNode {
  if (thread === undefined) {
    return (
      <section>
        <h2>Crashing thread</h2>
        <p class="quiet">The crash does not say which thread crashed.</p>
      </section>
    );
  }
  const name = threadName(thread);
  return (
    <section>
      <h2>Crashing thread{name === '' ? '' : <span class="thread-name"> {name}</span>}</h2>
      <NamedLater frames={thread.frames} />
      <StackTable caption="Stack of the crashing thread" frames={thread.frames} isWhole={isWhole} />
      {thread.truncated && <Truncated />}
    </section>
  );
}

export interface OtherThreadsProps {
  readonly threads: readonly Thread[];
  // All of them are open.
  readonly areOpen: boolean;
  readonly onToggle: () => void;
}

export function OtherThreads({ threads, areOpen, onToggle }: OtherThreadsProps): VNode | null {
  const groups = useMemo(() => groupThreads(threads), [threads]);
  if (threads.length === 0) return null;
  return (
    <section>
      <h2 class="with-action">
        <span>
          Other threads <span class="thread-name">{threads.length}</span>
        </span>
        <button
          type="button"
          aria-pressed={areOpen}
          aria-keyshortcuts="t"
          data-shortcut="t"
          title="Key: t"
          onClick={onToggle}
        >
          {areOpen ? 'Close all' : 'Open all'}
        </button>
      </h2>
      {groups.map((group, index) => (
        <ClosedThreads key={index} group={group} areOpen={areOpen} />
      ))}
    </section>
  );
}

// The stack is drawn once it is opened: a crash can have thousands of threads.
function ClosedThreads({
  group: { threads, frames, truncated },
  areOpen,
}: {
  group: ThreadGroup;
  areOpen: boolean;
}): VNode {
  const [drawn, setDrawn] = useState(areOpen);
  const element = useRef<HTMLDetailsElement>(null);
  // The button opens and closes all; between that, each goes its own way.
  useEffect(() => {
    if (element.current === null) return;
    element.current.open = areOpen;
    if (areOpen) setDrawn(true);
  }, [areOpen]);
  const top = expandFrames(frames.slice(0, 1))[0]?.name;
  const name = groupName(threads);
  return (
    <details
      class="thread"
      ref={element}
      onToggle={(event) => setDrawn((before) => before || event.currentTarget.open)}
    >
      <summary>
        <span class="thread-name">{name}</span>
        <span class="code top" title={top}>
          {top}
        </span>
        <span class="quiet frames">{countOf(frames.length, 'frame', 'frames')}</span>
      </summary>
      {drawn && threads.length > 1 && (
        <p class="quiet alike">{`Threads ${threads.map(threadName).join(', ')}`}</p>
      )}
      {drawn && <NamedLater frames={frames} />}
      {drawn && <StackTable caption={`Stack of ${name}`} frames={frames} isWhole />}
      {drawn && truncated && <Truncated />}
    </details>
  );
}

function groupName(threads: readonly Thread[]): string {
  const [first] = threads;
  if (first === undefined || threads.length > 1) {
    return joinPresent(
      [`${countOf(threads.length, 'thread', 'threads')} alike`, threadNames(threads, kNamesMax)],
      ': ',
    );
  }
  const name = threadName(first);
  return name === '' ? 'Thread' : `Thread ${name}`;
}

function threadName(thread: Thread): string {
  const id = thread.id === undefined ? undefined : `(id ${thread.id})`;
  return joinPresent([thread.index?.toString(), thread.name, id]);
}

// Other things that the page shows, such as notes, are as old as the processing.
function NamedLater({ frames }: { frames: readonly Frame[] }): VNode | null {
  const count = frames.filter((frame) => frame.namedLater).length;
  if (count === 0) return null;
  return (
    <p class="quiet named-later">
      {countOf(count, 'frame was', 'frames were')} named after processing, by symbols that came later. The
      walk is that of the processing.
    </p>
  );
}

function Truncated(): VNode {
  return <p class="quiet">The stack goes on; the walk stopped at its limit of frames.</p>;
}
