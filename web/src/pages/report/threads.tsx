// The threads: the crashing one open, all others closed.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Frame, Thread } from '../../base/crash';
import { countOf, joinPresent } from '../../base/format';
import { expandFrames } from '../../base/frame_rows';
import { StackTable } from '../../widgets/stack_table';

export function CrashingThread({ thread }: { thread: Thread | undefined }): VNode {
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
      <StackTable caption="Stack of the crashing thread" frames={thread.frames} />
      {thread.truncated && <Truncated />}
    </section>
  );
}

export function OtherThreads({ threads }: { threads: readonly Thread[] }): VNode | null {
  if (threads.length === 0) return null;
  return (
    <section>
      <h2>Other threads <span class="thread-name">{threads.length}</span></h2>
      {threads.map((thread, index) => <ClosedThread key={thread.index ?? index} thread={thread} />)}
    </section>
  );
}

// The stack is drawn once the thread is opened: a crash can have thousands of threads.
function ClosedThread({ thread }: { thread: Thread }): VNode {
  const [opened, setOpened] = useState(false);
  const top = expandFrames(thread.frames.slice(0, 1))[0]?.name;
  const name = threadName(thread);
  return (
    <details class="thread" onToggle={(event) => setOpened((before) => before || event.currentTarget.open)}>
      <summary>
        <span class="thread-name">{name === '' ? 'Thread' : `Thread ${name}`}</span>
        <span class="code top" title={top}>{top}</span>
        <span class="quiet frames">{countOf(thread.frames.length, 'frame', 'frames')}</span>
      </summary>
      {opened && <NamedLater frames={thread.frames} />}
      {opened && <StackTable caption={`Stack of thread ${name}`} frames={thread.frames} />}
      {opened && thread.truncated && <Truncated />}
    </details>
  );
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
      {countOf(count, 'frame was', 'frames were')} named after processing, by symbols that came later. The walk is that of the processing.
    </p>
  );
}

function Truncated(): VNode {
  return <p class="quiet">The stack goes on; the walk stopped at its limit of frames.</p>;
}
