// In place of a crash that cannot be shown: why, and what to do.
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askPingAggregates, type PingAggregates } from '../../api/ping_aggregates';
import { exactSignature, exactTerm, searchPath, type Condition } from '../../api/search_query';
import type { Me } from '../../api/me';
import { dayOfCrashId, type CrashId } from '../../base/crash_id';
import { countOf, formatDuration } from '../../base/format';
import type { Problem } from '../../base/problem';
import type { Narrowing } from '../../widgets/cell_links';
import { CodeName } from '../../widgets/code_name';
import { FacetTable } from '../../widgets/facet_table';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';

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
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
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

const kFacetTitles: readonly (readonly [string, string])[] = [
  ['version', 'Versions'],
  ['release_channel', 'Channels'],
  ['platform', 'Platforms'],
  ['process_type', 'Processes'],
];

function RefusedPing({ id, me }: { id: CrashId; me: Me | undefined }): VNode {
  const { value, problem } = useRemote<PingAggregates | 'hidden'>({
    key: id,
    ask: (signal) => askPingAggregates(id, signal),
    recent: undefined,
  });
  return (
    <section class="refused-ping">
      <h1>This crash ping is not shown alone</h1>
      <p>
        Pings come from everybody who did not turn them off, and nobody was asked about a single one. So only
        people with the permission view_pings see one.{' '}
        {me?.hasAccounts === true && me.name === undefined && <a href="/account/sign-in">Sign in</a>}
      </p>
      {value === 'hidden' && (
        <p>
          Here, pings count for nobody else either. Reports, which people agreed to send, are for everybody:{' '}
          <a href={searchPath([])}>search them</a>.
        </p>
      )}
      {value === 'hidden' ? null : value !== undefined ? (
        <Aggregates aggregates={value} />
      ) : problem !== undefined ? (
        <ProblemView problem={problem} />
      ) : (
        <Loading />
      )}
    </section>
  );
}

function Aggregates({
  aggregates: { signature, reports, pings, facets },
}: {
  aggregates: PingAggregates;
}): VNode {
  const signatureIs = exactSignature(signature);
  const narrowing = (what: string, value: Condition): Narrowing => ({
    what,
    filterHref: searchPath([signatureIs, value]),
    excludeHref: searchPath([signatureIs, { ...value, negated: !value.negated }]),
  });
  return (
    <>
      <h2>Its signature, in 90 days</h2>
      <p class="signature">
        <a href={searchPath([signatureIs])}>
          <CodeName name={signature} />
        </a>
      </p>
      <p>
        {countOf(pings, 'ping', 'pings')} and{' '}
        <a href={searchPath([signatureIs, { field: 'kind', operator: '', negated: false, value: 'report' }])}>
          {countOf(reports, 'report', 'reports')}
        </a>
        {reports > 0 ? ', which show stacks of all threads, modules and annotations.' : '.'}
      </p>
      <div class="facet-row">
        {kFacetTitles.map(([field, title]) => (
          <FacetTable
            key={field}
            title={title}
            total={pings + reports}
            terms={facets.get(field) ?? []}
            narrowingOf={(term) => narrowing(`${title} ${term}`, exactTerm(field, term))}
          />
        ))}
      </div>
    </>
  );
}
