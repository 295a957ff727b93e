// The extensions that were on when the program crashed.
import { useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Crash } from '../../base/crash';
import { extensionsOf, type Extension } from '../../base/environment';
import { countOf } from '../../base/format';
import { DataTable, type Column } from '../../widgets/data_table';

const kColumns: readonly Column<Extension>[] = [
  {
    name: 'id',
    title: 'Id',
    value: ({ id }) => id,
    cell: ({ id }) => <bdi class="code">{id}</bdi>,
  },
  {
    name: 'name',
    title: 'Name',
    value: ({ name }) => name,
    cell: ({ name }) => <bdi>{name}</bdi>,
  },
  { name: 'version', title: 'Version', value: ({ version }) => version, cell: ({ version }) => version },
  {
    name: 'system',
    title: 'Part of the program',
    value: ({ isSystem }) => (isSystem === undefined ? undefined : isSystem ? 'yes' : 'no'),
    cell: ({ isSystem }) => (isSystem === undefined ? '' : isSystem ? 'yes' : 'no'),
  },
  {
    name: 'signed',
    title: 'Signed by',
    value: ({ signedBy }) => signedBy,
    cell: ({ signedBy }) => signedBy,
  },
];

export function ExtensionsTab({ crash }: { crash: Crash }): VNode {
  const rows = useMemo(() => extensionsOf(crash), [crash]);
  if (rows.length === 0) {
    return <p class="quiet nothing">The report names no extensions, or not to you.</p>;
  }
  return (
    <section>
      <p class="total">
        <strong>{countOf(rows.length, 'extension', 'extensions')}</strong>
      </p>
      <DataTable
        caption="Extensions that were on"
        name="extensions"
        columns={kColumns}
        rows={rows}
        rowKey={({ id }) => id}
      />
    </section>
  );
}
