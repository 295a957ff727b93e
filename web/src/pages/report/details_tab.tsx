// The first tab of a crash: what is known of it, its stacks, and what was in the process besides.
import type { VNode } from 'preact';
import type { Dictionary } from '../../api/dictionary';
import type { Crash, UnloadedModule } from '../../base/crash';
import { verdictsOf } from '../../base/verdicts';
import { DataTable, type Column } from '../../widgets/data_table';
import { Facts, MoreFacts } from './facts';
import { JavaStack, MacCrashInfo } from './foreign_stacks';
import { CrashingThread, OtherThreads } from './threads';

export interface DetailsTabProps {
  readonly crash: Crash;
  readonly dictionary: Dictionary | undefined;
  // From the URL.
  readonly threadsAreOpen: boolean;
  readonly onToggleThreads: () => void;
}

export function DetailsTab({ crash, dictionary, threadsAreOpen, onToggleThreads }: DetailsTabProps): VNode {
  return (
    <>
      <Verdicts crash={crash} />
      <Facts crash={crash} dictionary={dictionary} />
      <JavaStack crash={crash} />
      <CrashingThread thread={crash.crashingThread} />
      <Registers crash={crash} />
      <OtherThreads threads={crash.otherThreads} areOpen={threadsAreOpen} onToggle={onToggleThreads} />
      <MoreFacts crash={crash} dictionary={dictionary} />
      <MacCrashInfo crash={crash} />
      <Breadcrumbs crumbs={crash.document['breadcrumbs']} />
      <UnloadedModules modules={crash.unloadedModules} />
    </>
  );
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

const kUnloadedColumns: readonly Column<UnloadedModule>[] = [
  {
    name: 'module',
    title: 'Module',
    value: ({ fileName }) => fileName,
    cell: ({ fileName }) => <bdi class="code">{fileName ?? 'no name'}</bdi>,
  },
  {
    name: 'start',
    title: 'Start',
    value: ({ baseAddress }) => baseAddress,
    cell: ({ baseAddress }) => <span class="mono">{baseAddress}</span>,
  },
  {
    name: 'end',
    title: 'End',
    value: ({ endAddress }) => endAddress,
    cell: ({ endAddress }) => <span class="mono">{endAddress}</span>,
  },
  {
    name: 'code-id',
    title: 'Code id',
    value: ({ codeId }) => codeId,
    cell: ({ codeId }) => <span class="mono">{codeId}</span>,
  },
];

function UnloadedModules({ modules }: { modules: readonly UnloadedModule[] }): VNode | null {
  if (modules.length === 0) return null;
  return (
    <section>
      <details class="block">
        <summary>
          <h2>
            Unloaded modules <span class="thread-name">{modules.length}</span>
          </h2>
        </summary>
        <DataTable
          caption="Modules that had been unloaded before the crash"
          name="unloaded"
          columns={kUnloadedColumns}
          rows={modules}
          rowKey={({ fileName, baseAddress }) => `${fileName ?? ''} ${baseAddress ?? ''}`}
        />
      </details>
    </section>
  );
}
