// The first tab of a crash: what is known of it, its stacks, and what was in the process besides.
import type { VNode } from 'preact';
import type { Dictionary } from '../../api/dictionary';
import type { Crash } from '../../base/crash';
import { verdictsOf } from '../../base/verdicts';
import { useLateCode } from '../../widgets/late_code';
import { Facts, MoreFacts } from './facts';
import { JavaStack, MacCrashInfo } from './foreign_stacks';
import { kLateViews } from './late_views';
import { CrashingThread, OtherThreads } from './threads';

export interface DetailsTabProps {
  readonly crash: Crash;
  readonly dictionary: Dictionary | undefined;
  // What is in sight first is on the screen.
  readonly isPainted: boolean;
  // From the URL.
  readonly threadsAreOpen: boolean;
  readonly onToggleThreads: () => void;
}

export function DetailsTab(props: DetailsTabProps): VNode {
  const { crash, dictionary, isPainted } = props;
  return (
    <>
      <Verdicts crash={crash} />
      <Facts crash={crash} dictionary={dictionary} />
      <JavaStack crash={crash} />
      <CrashingThread thread={crash.crashingThread} isWhole={isPainted} />
      {isPainted && <Below {...props} />}
    </>
  );
}

// What stands below the crashing thread.
function Below({ crash, dictionary, threadsAreOpen, onToggleThreads }: DetailsTabProps): VNode {
  return (
    <>
      <Registers crash={crash} />
      <OtherThreads threads={crash.otherThreads} areOpen={threadsAreOpen} onToggle={onToggleThreads} />
      <MoreFacts crash={crash} dictionary={dictionary} />
      <MacCrashInfo crash={crash} />
      <Breadcrumbs crumbs={crash.document['breadcrumbs']} />
      {crash.unloadedModules.length > 0 && <Unloaded crash={crash} />}
    </>
  );
}

function Unloaded({ crash }: { crash: Crash }): VNode | null {
  const views = useLateCode(kLateViews, true);
  return views === undefined || views === 'failed' ? null : <views.UnloadedModules modules={crash.unloadedModules} />;
}

function Verdicts({ crash }: { crash: Crash }): VNode | null {
  const verdicts = verdictsOf(crash.document);
  if (verdicts.length === 0) return null;
  return (
    <ul class="verdicts" aria-label="At a glance">
      {verdicts.map(({ tone, text, code }) => (
        <li key={text} class={tone}>
          {text}
          {code !== undefined && (
            <>
              {' '}
              <code>{code}</code>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function Registers({ crash: { registers, kind, crashingThread } }: { crash: Crash }): VNode | null {
  if (registers.length === 0) {
    if (kind === 'ping' || crashingThread === undefined) return null;
    return (
      <p class="quiet registers-hidden">
        Registers may hold what a person typed: people with the permission view_pii see them here.
      </p>
    );
  }
  return (
    <section>
      <h2>
        Registers of frame 0 <span class="mark protected">protected</span>
      </h2>
      <dl class="registers mono">
        {registers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const kCrumbsShown = 10;

function Breadcrumbs({ crumbs }: { crumbs: unknown }): VNode | null {
  if (!Array.isArray(crumbs) || crumbs.length === 0) return null;
  const last = crumbs.slice(-kCrumbsShown);
  return (
    <section>
      <h2>
        Before the crash{' '}
        <span class="thread-name">
          the last {last.length} of {crumbs.length}
        </span>{' '}
        <span class="mark protected">protected</span>
      </h2>
      <ol class="crumbs mono">
        {last.map((crumb, index) => (
          <li key={index}>{typeof crumb === 'string' ? crumb : JSON.stringify(crumb)}</li>
        ))}
      </ol>
    </section>
  );
}
