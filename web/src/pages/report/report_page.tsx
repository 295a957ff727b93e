// One crash: what is known of it, and its stacks.
import type { VNode } from 'preact';
import { crashApiPath, fetchCrash, recentCrash } from '../../api/crash';
import { exactSignature, searchPath } from '../../api/search_query';
import type { Crash } from '../../base/crash';
import { parseCrashId, reportPath, type CrashId } from '../../base/crash_id';
import { crashAsMarkdown, crashAsText } from '../../base/crash_text';
import type { PageProps } from '../../base/page';
import { isPassing } from '../../base/problem';
import { ExpandableName } from '../../widgets/code_name';
import { CopyButton } from '../../widgets/copy_button';
import { KindBadge } from '../../widgets/kind_badge';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { useTitle } from '../../widgets/use_title';
import { Facts } from './facts';
import { Annotations, Losses, Modules, Registers } from './details';
import { CrashingThread, OtherThreads } from './threads';

// A crash is processed within seconds; who waits for it should see it at once.
const kRetryMs = 2000;
const kMaxSignature = 300;

export function ReportPage({ parameters }: PageProps): VNode {
  const id = parseCrashId(parameters['id']);
  if (id === undefined) {
    return <ProblemView problem={{ kind: 'not-found', detail: `“${parameters['id'] ?? ''}” is not a crash id.` }} />;
  }
  return <KnownId id={id} />;
}

function KnownId({ id }: { id: CrashId }): VNode {
  const remote = useRemote<Crash>({ key: id, ask: (signal) => fetchCrash(id, signal), recent: recentCrash(id) });
  const crash = remote.valueKey === id ? remote.value : undefined;
  const retry = remote.problem !== undefined && isPassing(remote.problem.kind);
  // Of a crash without counterpart the other trail may still be on its way, but only a reload asks for it.
  useTimer(retry ? kRetryMs : null, remote.askAgain);
  useTitle(crash?.signature ?? `Crash ${id}`);
  if (crash !== undefined) return <CrashView crash={crash} origin={location.origin} />;
  return (
    <article class="report">
      <p class="crash-id mono">{id}</p>
      {remote.problem === undefined ? <Loading /> : <ProblemView problem={remote.problem} />}
    </article>
  );
}

// `origin` is the site's, for links that are copied into other places.
export function CrashView({ crash, origin }: { crash: Crash; origin: string }): VNode {
  const url = `${origin}${reportPath(crash.id)}`;
  return (
    <article class="report">
      <header>
        <p class="crash-id">
          <KindBadge kind={crash.kind} /> <span class="mono">{crash.id}</span>
        </p>
        <h1 class="mono">{crash.signature === undefined ? 'No signature' : <ExpandableName name={crash.signature} lengthMax={kMaxSignature} />}</h1>
        <CounterpartLink crash={crash} />
        <p class="actions">
          {crash.signature !== undefined && <a href={searchPath([exactSignature(crash.signature)])}>Crashes with this signature</a>}
          <CopyButton label="Copy as text" text={() => crashAsText(crash, url)} />
          <CopyButton label="Copy as Markdown" text={() => crashAsMarkdown(crash, url)} />
          <a href={crashApiPath(crash.id)} target="_blank" rel="noreferrer">JSON</a>
        </p>
      </header>
      <Facts crash={crash} />
      <CrashingThread thread={crash.crashingThread} />
      <Registers registers={crash.registers} />
      <OtherThreads threads={crash.otherThreads} />
      <Modules modules={crash.modules} />
      <Annotations annotations={crash.annotations} />
      <Losses crash={crash} />
    </article>
  );
}

function CounterpartLink({ crash }: { crash: Crash }): VNode {
  const { counterpart, kind } = crash;
  if (counterpart === undefined) {
    return (
      <p class="counterpart none">
        {kind === 'report' ? 'No crash ping of this crash has arrived.' : 'No crash report of this crash has arrived.'}
      </p>
    );
  }
  return (
    <p class="counterpart">
      <a href={reportPath(counterpart.id)}>
        {counterpart.kind === 'ping' ? 'See the crash ping of this crash' : 'See the crash report of this crash'} →
      </a>
      <span class="quiet">{counterpart.kind === 'ping'
        ? ' what telemetry sent about the same crash'
        : ' with its dump, all threads, modules and annotations'}
      </span>
    </p>
  );
}
