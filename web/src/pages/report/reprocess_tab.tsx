// Has the crash processed again, and says how far that is.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Me } from '../../api/me';
import { askSetAside, reprocess, type SetAside } from '../../api/reprocessing';
import type { Crash } from '../../base/crash';
import { formatDuration, formatTime } from '../../base/format';
import { readText } from '../../base/json_read';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { ProblemLine } from '../../widgets/problem_line';
import { useAction } from '../../widgets/use_action';
import { mayTry } from '../../widgets/use_me';
import { useSeconds } from '../../widgets/use_seconds';
import { useTimer } from '../../widgets/use_timer';

const kPollMs = 1000;
// The list of what was set aside may be long.
const kSetAsidePollMs = 4000;
const kPatienceSeconds = 120;

const kWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: { title: 'You may not do this: it needs the permission reprocess_crashes', advice: '' },
  'not-found': { title: 'The raw crash is not there any more', advice: '' },
};

export interface ReprocessTabProps {
  readonly crash: Crash;
  readonly me: Me | undefined;
  // Asks the server for the crash anew.
  readonly onLook: () => void;
}

// What a processing leaves that the one before it did not.
function stampOf(crash: Crash): string {
  return readText(crash.document['completed_datetime']) ?? readText(crash.document['started_datetime']) ?? '';
}

export function ReprocessTab({ crash, me, onLook }: ReprocessTabProps): VNode {
  const action = useAction();
  // The stamp of the processing that is to be replaced; undefined: nothing was ordered.
  const [before, setBefore] = useState<{ stamp: string; signature: string | undefined } | undefined>(
    undefined,
  );
  const [setAside, setSetAside] = useState<SetAside | undefined>(undefined);
  const isWaiting = before !== undefined && before.stamp === stampOf(crash) && setAside === undefined;
  const seconds = useSeconds(isWaiting);
  useTimer(isWaiting ? kPollMs : null, onLook);
  useTimer(isWaiting ? kSetAsidePollMs : null, (signal) => {
    void askSetAside(crash.id, signal).then((answer) => {
      if (answer.ok) setSetAside(answer.value);
    });
  });
  const mayReprocess = mayTry(me, 'reprocess_crashes', crash.product);
  const completed = stampOf(crash);
  return (
    <section>
      <h2>Process it again</h2>
      <p class="quiet">
        The dump is walked once more, with the symbols and rules of today. Notes of earlier processings are
        kept (Debug).
        {completed !== '' && <> The last one ended {formatTime(new Date(completed))} UTC.</>}
      </p>
      {!mayReprocess && <p class="quiet">It needs the permission reprocess_crashes.</p>}
      {mayReprocess && (
        <p class="actions">
          <button
            type="button"
            class="main"
            disabled={action.isBusy || isWaiting}
            onClick={() =>
              action.run(
                (signal) => reprocess(crash.id, signal),
                () => {
                  setSetAside(undefined);
                  setBefore({ stamp: stampOf(crash), signature: crash.signature });
                },
              )
            }
          >
            Process again
          </button>
        </p>
      )}
      <ProblemLine problem={action.problem} words={kWords} />
      <div role="status">
        {isWaiting && <Waiting seconds={seconds} />}
        {setAside !== undefined && <WasSetAside reason={setAside.reason} />}
        {before !== undefined && !isWaiting && setAside === undefined && (
          <p>
            Done.{' '}
            {before.signature === crash.signature ? (
              'The signature is the same.'
            ) : (
              <>
                The signature was <code>{before.signature ?? 'none'}</code>.
              </>
            )}
          </p>
        )}
      </div>
    </section>
  );
}

export function WasSetAside({ reason }: SetAside): VNode {
  return (
    <>
      <p class="trouble">It could not be processed and was set aside{reason !== '' && `: ${reason}`}.</p>
      <p class="quiet">The page shows the earlier processing. It can be tried again.</p>
    </>
  );
}

function Waiting({ seconds }: { seconds: number }): VNode {
  return (
    <>
      <progress aria-label="Processing" />
      <p class="quiet">
        {seconds < kPatienceSeconds
          ? `It waits for a processor, or is being processed: ${formatDuration(seconds)}.`
          : `It takes long (${formatDuration(seconds)}): many crashes may wait. You may leave; it goes on.`}
      </p>
    </>
  );
}
