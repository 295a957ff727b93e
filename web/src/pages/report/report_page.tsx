// One crash: what is known of it in tabs, of which the URL names one.
import { useCallback, useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Dictionary } from '../../api/dictionary';
import type { Me } from '../../api/me';
import { fetchCrash, prepareCrash, recentCrash, takePreparedCrash } from '../../api/crash';
import { crashApiPath } from '../../api/crash_path';
import { exactSignature, searchPath } from '../../api/search_query';
import { askSignatureNow, type SignatureNow } from '../../api/signature_now';
import type { Crash } from '../../base/crash';
import { parseCrashId, reportPath, type CrashId } from '../../base/crash_id';
import { crashAsMarkdown, crashAsText } from '../../base/crash_text';
import { environmentOf, extensionsOf } from '../../base/environment';
import type { PageProps } from '../../base/page';
import { isPassing } from '../../base/problem';
import { CodeName, ExpandableName } from '../../widgets/code_name';
import { CodeMissing } from '../../widgets/code_missing';
import { CopyButton } from '../../widgets/copy_button';
import { KindBadge } from '../../widgets/kind_badge';
import { useLateCode } from '../../widgets/late_code';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useDictionary } from '../../widgets/use_dictionary';
import { isAllowed, useMe } from '../../widgets/use_me';
import { usePainted } from '../../widgets/use_painted';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { useTitle } from '../../widgets/use_title';
import { DetailsTab } from './details_tab';
import { kLateViews } from './late_views';
import './report.css';
import { parseTab, tabPath, Tabs, type Tab } from './tabs';

// A crash is processed within seconds; who waits for it should see it at once.
const kRetryMs = 2000;
const kMaxSignature = 300;

// Done when the page can be drawn.
export async function prepareReport(parameters: PageProps['parameters']): Promise<void> {
  const id = parseCrashId(parameters['id']);
  if (id !== undefined) await prepareCrash(id);
}

export function ReportPage({ parameters, query, navigate }: PageProps): VNode {
  const id = parseCrashId(parameters['id']);
  if (id === undefined) {
    return (
      <ProblemView
        problem={{ kind: 'not-found', detail: `“${parameters['id'] ?? ''}” is not a crash id.` }}
      />
    );
  }
  return <KnownId key={id} id={id} query={query} navigate={navigate} />;
}

function KnownId({
  id,
  query,
  navigate,
}: {
  id: CrashId;
  query: URLSearchParams;
  navigate: PageProps['navigate'];
}): VNode {
  const remote = useRemote<Crash>({
    key: id,
    ask: (signal) => fetchCrash(id, signal),
    recent: recentCrash(id),
    prepared: () => takePreparedCrash(id),
  });
  const crash = remote.valueKey === id ? remote.value : undefined;
  const me = useMe();
  const views = useLateCode(kLateViews, remote.problem !== undefined || parseTab(query.get('tab')) !== 'details');
  const retry = remote.problem !== undefined && isPassing(remote.problem.kind);
  // Of a crash without counterpart the other trail may still be on its way, but only a reload asks for it.
  useTimer(retry ? kRetryMs : null, remote.askAgain);
  useTitle(crash?.signature ?? `Crash ${id}`);
  if (crash !== undefined) {
    return (
      <Known
        crash={crash}
        origin={location.origin}
        query={query}
        me={me}
        navigate={navigate}
        onLook={remote.askAgain}
      />
    );
  }
  return (
    <article class="report">
      <p class="crash-id mono">{id}</p>
      {views === 'failed' ? (
        <CodeMissing />
      ) : remote.problem === undefined || views === undefined ? (
        <Loading />
      ) : (
        <views.NotShown id={id} problem={remote.problem} me={me} />
      )}
    </article>
  );
}

// What is not seen at first is asked for when the rest is in sight.
function Known(props: Omit<CrashViewProps, 'dictionary' | 'isPainted'>): VNode {
  const isPainted = usePainted();
  const isDetails = parseTab(props.query.get('tab')) === 'details';
  const dictionary = useDictionary(isPainted || !isDetails);
  useLateCode(kLateViews, isPainted);
  return <CrashView {...props} dictionary={dictionary} isPainted={isPainted} />;
}

export interface CrashViewProps {
  readonly crash: Crash;
  // The site's, for links that are copied into other places.
  readonly origin: string;
  readonly query: URLSearchParams;
  readonly me: Me | undefined;
  readonly dictionary: Dictionary | undefined;
  // Its first lines are on the screen, and the rest may follow.
  readonly isPainted: boolean;
  readonly navigate: (path: string) => void;
  // Asks the server for the crash anew.
  readonly onLook: () => void;
}

export function CrashView(props: CrashViewProps): VNode {
  const { crash, origin, query, me } = props;
  const url = `${origin}${reportPath(crash.id)}`;
  const tab = parseTab(query.get('tab'));
  const seesProtected = isAllowed(me, 'view_pii', crash.product);
  const { extensions, absent } = useMemo(() => whatOfTelemetry(crash), [crash]);
  return (
    <article class="report">
      <header>
        <p class="crash-id">
          <KindBadge kind={crash.kind} /> <span class="mono">{crash.id}</span>{' '}
          {seesProtected && (
            <span
              class="mark protected"
              title="What you see may say who a person is. That you looked is written down."
            >
              with protected data
            </span>
          )}
        </p>
        <h1 class="mono">
          {crash.signature === undefined ? (
            'No signature'
          ) : (
            <ExpandableName name={crash.signature} lengthMax={kMaxSignature} />
          )}
        </h1>
        {seesProtected && <OtherSignature crash={crash} />}
        <CounterpartLink crash={crash} me={me} />
        <p class="actions">
          {crash.signature !== undefined && <a href={signaturePath(crash.signature)}>About this signature</a>}
          {crash.signature !== undefined && (
            <a href={signaturePath(crash.signature, 'correlations')}>Correlations</a>
          )}
          {crash.signature !== undefined && (
            <a href={searchPath([exactSignature(crash.signature)])}>Crashes with it</a>
          )}
          <CopyButton label="Copy as text" text={() => crashAsText(crash, url)} />
          <CopyButton label="Copy as Markdown" text={() => crashAsMarkdown(crash, url)} />
          <a href={crashApiPath(crash.id)} target="_blank" rel="noreferrer">
            JSON
          </a>
        </p>
      </header>
      <Tabs
        id={crash.id}
        current={tab}
        absent={absent}
        counts={{
          annotations: crash.annotations.length,
          modules: crash.modules.length,
          extensions,
        }}
      />
      <TabContent {...props} />
    </article>
  );
}

// The environment can be a hundred kilobytes of text.
function whatOfTelemetry(crash: Crash): { readonly extensions: number; readonly absent: ReadonlySet<Tab> } {
  const extensions = extensionsOf(crash).length;
  const absent = new Set<Tab>();
  if (extensions === 0) absent.add('extensions');
  if (environmentOf(crash) === undefined) absent.add('environment');
  return { extensions, absent };
}

// The page of a signature, and a tab of it.
function signaturePath(signature: string, tab?: string): string {
  return `/signature/?${new URLSearchParams({ signature, ...(tab === undefined ? {} : { tab }) })}`;
}

function TabContent(props: CrashViewProps): VNode {
  const { crash, query, dictionary, isPainted, navigate } = props;
  const tab = parseTab(query.get('tab'));
  const threadsAreOpen = query.get('threads') === 'all';
  const onToggleThreads = useCallback(
    () => navigate(tabPath(crash.id, 'details', threadsAreOpen ? {} : { threads: 'all' })),
    [crash.id, threadsAreOpen, navigate],
  );
  if (tab !== 'details') return <LateTab {...props} tab={tab} />;
  return (
    <DetailsTab
      crash={crash}
      dictionary={dictionary}
      isPainted={isPainted}
      threadsAreOpen={threadsAreOpen}
      onToggleThreads={onToggleThreads}
    />
  );
}

function LateTab(props: CrashViewProps & { readonly tab: Exclude<Tab, 'details'> }): VNode {
  const views = useLateCode(kLateViews, true);
  if (views === 'failed') return <CodeMissing />;
  return views === undefined ? <Loading /> : <views.OtherTab {...props} />;
}

// Lists and rules may have changed since the crash was signed.
function OtherSignature({ crash }: { crash: Crash }): VNode | null {
  const { value } = useRemote<SignatureNow>({
    key: crash.id,
    ask: (signal) => askSignatureNow(crash, signal),
    recent: undefined,
  });
  if (value?.signature === undefined || value.signature === crash.signature) return null;
  return (
    <p class="other-signature quiet">
      By today’s lists and rules it would be <CodeName name={value.signature} />.{' '}
      <a href={tabPath(crash.id, 'debug')}>Why</a>
    </p>
  );
}

function noCounterpartWords({ kind, product }: Crash, me: Me | undefined): string {
  if (kind === 'ping') return 'No crash report of this crash has arrived.';
  return me?.hasAccounts === true && !isAllowed(me, 'view_pings', product)
    ? 'If a crash ping of this crash has arrived, people with the permission view_pings see it here.'
    : 'No crash ping of this crash has arrived.';
}

function CounterpartLink({ crash, me }: { crash: Crash; me: Me | undefined }): VNode {
  const { counterpart } = crash;
  if (counterpart === undefined) {
    return <p class="counterpart none">{noCounterpartWords(crash, me)}</p>;
  }
  return (
    <p class="counterpart">
      <a href={reportPath(counterpart.id)}>
        {counterpart.kind === 'ping'
          ? 'See the crash ping of this crash'
          : 'See the crash report of this crash'}{' '}
        →
      </a>
      <span class="quiet">
        {counterpart.kind === 'ping'
          ? ' what telemetry sent about the same crash'
          : ' with its dump, all threads, modules and annotations'}
      </span>
    </p>
  );
}
