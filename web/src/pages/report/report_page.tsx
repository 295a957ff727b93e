// One crash: what is known of it in tabs, of which the URL names one.
import { useCallback } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Dictionary } from '../../api/dictionary';
import type { Me } from '../../api/me';
import { fetchCrash, recentCrash } from '../../api/crash';
import { crashApiPath } from '../../api/crash_path';
import { exactSignature, searchPath } from '../../api/search_query';
import { askSignatureNow, type SignatureNow } from '../../api/signature_now';
import type { Crash } from '../../base/crash';
import { parseCrashId, reportPath, type CrashId } from '../../base/crash_id';
import { crashAsMarkdown, crashAsText } from '../../base/crash_text';
import { environmentOf, extensionsOf } from '../../base/environment';
import { parseModuleOrder } from '../../base/module_order';
import type { PageProps } from '../../base/page';
import { isPassing } from '../../base/problem';
import { CodeName, ExpandableName } from '../../widgets/code_name';
import { CopyButton } from '../../widgets/copy_button';
import { KindBadge } from '../../widgets/kind_badge';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useDictionary } from '../../widgets/use_dictionary';
import { useMe } from '../../widgets/use_me';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { useTitle } from '../../widgets/use_title';
import { AnnotationsTab } from './annotations_tab';
import { BugsTab } from './bugs_tab';
import { DebugTab } from './debug_tab';
import { DetailsTab } from './details_tab';
import { EnvironmentTab } from './environment_tab';
import { ExtensionsTab } from './extensions_tab';
import { ModulesTab } from './modules_tab';
import { NotShown } from './not_shown';
import { RawTab } from './raw_tab';
import './report.css';
import { ReprocessTab } from './reprocess_tab';
import { parseTab, tabPath, Tabs, type Tab } from './tabs';

// A crash is processed within seconds; who waits for it should see it at once.
const kRetryMs = 2000;
const kMaxSignature = 300;

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
  });
  const crash = remote.valueKey === id ? remote.value : undefined;
  const me = useMe();
  const dictionary = useDictionary();
  const retry = remote.problem !== undefined && isPassing(remote.problem.kind);
  // Of a crash without counterpart the other trail may still be on its way, but only a reload asks for it.
  useTimer(retry ? kRetryMs : null, remote.askAgain);
  useTitle(crash?.signature ?? `Crash ${id}`);
  if (crash !== undefined) {
    return (
      <CrashView
        crash={crash}
        origin={location.origin}
        query={query}
        me={me}
        dictionary={dictionary}
        navigate={navigate}
        onLook={remote.askAgain}
      />
    );
  }
  return (
    <article class="report">
      <p class="crash-id mono">{id}</p>
      {remote.problem === undefined ? <Loading /> : <NotShown id={id} problem={remote.problem} me={me} />}
    </article>
  );
}

export interface CrashViewProps {
  readonly crash: Crash;
  // The site's, for links that are copied into other places.
  readonly origin: string;
  readonly query: URLSearchParams;
  readonly me: Me | undefined;
  readonly dictionary: Dictionary | undefined;
  readonly navigate: (path: string) => void;
  // Asks the server for the crash anew.
  readonly onLook: () => void;
}

export function CrashView(props: CrashViewProps): VNode {
  const { crash, origin, query, me } = props;
  const url = `${origin}${reportPath(crash.id)}`;
  const tab = parseTab(query.get('tab'));
  const extensions = extensionsOf(crash);
  const absent = new Set<Tab>();
  if (extensions.length === 0) absent.add('extensions');
  if (environmentOf(crash) === undefined) absent.add('environment');
  return (
    <article class="report">
      <header>
        <p class="crash-id">
          <KindBadge kind={crash.kind} /> <span class="mono">{crash.id}</span>{' '}
          {me?.permissions.has('view_pii') === true && (
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
        {me?.permissions.has('view_pii') === true && <OtherSignature crash={crash} />}
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
          extensions: extensions.length,
        }}
      />
      <TabContent {...props} />
    </article>
  );
}

// The page of a signature, and a tab of it.
function signaturePath(signature: string, tab?: string): string {
  return `/signature/?${new URLSearchParams({ signature, ...(tab === undefined ? {} : { tab }) })}`;
}

function TabContent({ crash, query, me, dictionary, navigate, onLook }: CrashViewProps): VNode {
  const threadsAreOpen = query.get('threads') === 'all';
  const onToggleThreads = useCallback(
    () => navigate(tabPath(crash.id, 'details', threadsAreOpen ? {} : { threads: 'all' })),
    [crash.id, threadsAreOpen, navigate],
  );
  switch (parseTab(query.get('tab'))) {
    case 'annotations':
      return <AnnotationsTab crash={crash} dictionary={dictionary} me={me} />;
    case 'modules':
      return <ModulesTab crash={crash} order={parseModuleOrder(query.get('sort'))} />;
    case 'extensions':
      return <ExtensionsTab crash={crash} />;
    case 'environment':
      return <EnvironmentTab crash={crash} />;
    case 'raw':
      return <RawTab crash={crash} me={me} />;
    case 'bugs':
      return <BugsTab crash={crash} />;
    case 'reprocess':
      return <ReprocessTab crash={crash} me={me} onLook={onLook} />;
    case 'debug':
      return <DebugTab crash={crash} />;
    default:
      return (
        <DetailsTab
          crash={crash}
          dictionary={dictionary}
          threadsAreOpen={threadsAreOpen}
          onToggleThreads={onToggleThreads}
        />
      );
  }
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

function noCounterpartWords(kind: Crash['kind'], me: Me | undefined): string {
  if (kind === 'ping') return 'No crash report of this crash has arrived.';
  const isHidden = me?.hasAccounts === true && !me.permissions.has('view_pings');
  return isHidden
    ? 'If a crash ping of this crash has arrived, people with the permission view_pings see it here.'
    : 'No crash ping of this crash has arrived.';
}

function CounterpartLink({ crash, me }: { crash: Crash; me: Me | undefined }): VNode {
  const { counterpart, kind } = crash;
  if (counterpart === undefined) {
    return <p class="counterpart none">{noCounterpartWords(kind, me)}</p>;
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
