// In place of a crash that cannot be shown: why, and what to do.
import type { VNode } from 'preact';
import { askPingAggregates, type PingAggregates } from '../../api/ping_aggregates';
import { searchPath } from '../../api/search_query';
import type { Me } from '../../api/me';
import { dayOfCrashId, type CrashId } from '../../base/crash_id';
import { formatDuration } from '../../base/format';
import type { Problem } from '../../base/problem';
import { PingGroupView } from '../../widgets/ping_group';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import { useSeconds } from '../../widgets/use_seconds';

export function NotShown({ id, problem, me }: { id: CrashId; problem: Problem; me: Me | undefined }): VNode {
  switch (problem.kind) {
    case 'pending':
      return <Pending />;
    case 'not-found':
      return <NotFound id={id} detail={problem.detail} />;
    case 'forbidden':
      // A server may be closed to those who have not signed in: then it is not about pings.
      return problem.detail.includes('view_pings') ? (
        <RefusedPing id={id} me={me} />
      ) : (
        <ProblemView problem={problem} />
      );
    default:
      return <ProblemView problem={problem} />;
  }
}

const kSlowSeconds = 30;

function Pending(): VNode {
  const seconds = useSeconds(true);
  return (
    <section class="problem" role="status">
      <h1>This crash is being processed</h1>
      <progress aria-label="Processing" />
      <p>
        It was accepted. Looking at it has put it at the front of the queue, and the page shows it as soon as
        it is ready.
      </p>
      <p aria-hidden="true">{formatDuration(seconds)}</p>
      {seconds > kSlowSeconds && (
        <p>It takes longer than usual: large dumps do, and so do symbols that come from another server.</p>
      )}
    </section>
  );
}

// What cannot be processed is kept, and somebody can try it again.
const kSetAside = /set aside/;

function NotFound({ id, detail }: { id: CrashId; detail: string }): VNode {
  const day = dayOfCrashId(id);
  if (kSetAside.test(detail)) {
    return (
      <section class="problem">
        <h1>This crash could not be processed</h1>
        <p>
          Its dump may be broken. It was set aside, not thrown away: people with the permission
          reprocess_crashes see why under{' '}
          <a href="/api/SetAside/" target="_blank" rel="noreferrer">
            SetAside
          </a>{' '}
          and can have it tried again.
        </p>
      </section>
    );
  }
  return (
    <section class="problem">
      <h1>No crash has this id</h1>
      <p>What you can do:</p>
      <ul class="advice">
        <li>Check that the id is whole: it has 36 letters, digits and hyphens.</li>
        {day !== undefined && (
          <li>
            By its last six digits it was received on {day}.{' '}
            <a
              href={searchPath([
                { field: 'date', operator: '>=', negated: false, value: day },
                { field: 'date', operator: '<', negated: false, value: dayAfter(day) },
              ])}
            >
              Crashes of that day
            </a>
          </li>
        )}
        <li>Crashes are removed when they reach the end of their retention.</li>
        <li>
          The report may have been kept by another server, or never sent: the client shows what it did with
          it.
        </li>
      </ul>
    </section>
  );
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 24 * 3_600_000).toISOString().slice(0, 10);
}

function RefusedPing({ id, me }: { id: CrashId; me: Me | undefined }): VNode {
  const { value, problem } = useRemote<PingAggregates>({
    key: id,
    ask: (signal) => askPingAggregates({ crash_id: id }, signal),
    recent: undefined,
  });
  return (
    <section class="refused-ping">
      <h1>This crash ping is not shown alone</h1>
      <p>
        Pings come from everybody who did not turn them off, and nobody was asked about a single one. So only
        people with the permission view_pings see one; everybody sees how many there are like it.{' '}
        {me?.hasAccounts === true && me.name === undefined && <a href="/account/sign-in">Sign in</a>}
      </p>
      {value !== undefined ? (
        <PingGroupView aggregates={value} title="Pings like it" />
      ) : problem !== undefined ? (
        <ProblemView problem={problem} />
      ) : (
        <Loading />
      )}
    </section>
  );
}
