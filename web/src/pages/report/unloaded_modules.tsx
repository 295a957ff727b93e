// The modules that had been unloaded before the crash, folded away.
import type { VNode } from 'preact';
import type { UnloadedModule } from '../../base/crash';
import { DataTable, type Column } from '../../widgets/data_table';

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

export function UnloadedModules({ modules }: { modules: readonly UnloadedModule[] }): VNode {
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
