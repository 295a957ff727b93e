// The modules of the process, and whether their symbols are there.
import { useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { kAllMissing, missingPath } from '../../api/missing_query';
import type { Crash, Module } from '../../base/crash';
import { countOf } from '../../base/format';
import { moduleOrderText, orderModules, type ModuleKey, type ModuleOrder } from '../../base/module_order';
import { CopyButton } from '../../widgets/copy_button';
import { DataTable, type Column } from '../../widgets/data_table';
import { tabPath } from './tabs';

interface NumberedModule {
  readonly number: number;
  readonly module: Module;
}

export function ModulesTab({ crash, order }: { crash: Crash; order: ModuleOrder }): VNode {
  const rows = useMemo(
    () => orderModules(crash.modules, order).map((module, number) => ({ number, module })),
    [crash, order],
  );
  const columns = useMemo(() => columnsFor(crash, order), [crash, order]);
  if (rows.length === 0) return <p class="quiet nothing">The crash names no modules.</p>;
  const missing = crash.modules.filter(lacksSymbols).length;
  return (
    <section>
      <p class="total">
        <strong>{countOf(rows.length, 'module', 'modules')}</strong>
        {missing > 0 && (
          <>
            , <span class="mark missing">{missing} without symbols</span>
          </>
        )}
      </p>
      <DataTable
        caption="Modules of the process"
        name="modules"
        columns={columns}
        rows={rows}
        rowKey={({ number }) => String(number)}
      />
    </section>
  );
}

function lacksSymbols({ symbols }: Module): boolean {
  return symbols === 'missing' || symbols === 'corrupt';
}

function columnsFor(crash: Crash, order: ModuleOrder): readonly Column<NumberedModule>[] {
  const sorting = (key: ModuleKey): Pick<Column<NumberedModule>, 'sorting'> => {
    const isKey = order.key === key;
    const next = moduleOrderText({ key, descending: isKey && !order.descending });
    return {
      sorting: {
        order: isKey ? (order.descending ? 'descending' : 'ascending') : undefined,
        href: tabPath(crash.id, 'modules', { sort: next }),
      },
    };
  };
  return [
    {
      name: 'module',
      title: 'Module',
      ...sorting('name'),
      value: ({ module }) => module.fileName ?? module.debugFile,
      cell: ({ module }) => (
        <bdi class="code" title={module.debugFile}>
          {module.fileName ?? module.debugFile ?? 'no name'}
        </bdi>
      ),
    },
    {
      name: 'version',
      title: 'Version',
      ...sorting('version'),
      value: ({ module }) => module.version,
      cell: ({ module }) => module.version,
    },
    {
      name: 'symbols',
      title: 'Symbols',
      ...sorting('symbols'),
      value: ({ module }) => module.symbols,
      cell: ({ module }) => <Symbols module={module} />,
    },
    {
      name: 'base',
      title: 'Start',
      ...sorting('base'),
      value: ({ module }) => module.baseAddress,
      cell: ({ module }) => (
        <span class="mono" title={`Ends at ${module.endAddress ?? 'an unknown address'}`}>
          {module.baseAddress}
        </span>
      ),
    },
    {
      name: 'debug-id',
      title: 'Debug id',
      value: ({ module }) => module.debugId,
      cell: ({ module }) => <Id id={module.debugId} />,
    },
    {
      name: 'code-id',
      title: 'Code id',
      value: ({ module }) => module.codeId,
      cell: ({ module }) => <Id id={module.codeId} />,
    },
  ];
}

function Symbols({ module }: { module: Module }): VNode {
  if (!lacksSymbols(module)) return <span class="quiet">{module.symbols}</span>;
  const file = module.debugFile ?? module.fileName ?? '';
  return (
    <a
      class="mark missing"
      href={missingPath({ ...kAllMissing, file })}
      title="What waits for the symbols of this module"
    >
      {module.symbols}
    </a>
  );
}

const kIdShown = 16;

function Id({ id }: { id: string | undefined }): VNode | null {
  if (id === undefined) return null;
  const short = id.length > kIdShown ? `${id.slice(0, kIdShown)}…` : id;
  return <CopyButton label={short} title={`Copy ${id}`} text={() => id} />;
}
