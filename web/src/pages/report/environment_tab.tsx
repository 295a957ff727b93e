// What telemetry knew of the machine and the settings: a table for each part, a line for each value.
import { useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Crash } from '../../base/crash';
import { environmentOf, environmentRows, type EnvironmentRow } from '../../base/environment';
import { formatCount } from '../../base/format';
import { DataTable, type Column } from '../../widgets/data_table';
import { LongText } from '../../widgets/long_text';

const kColumns: readonly Column<EnvironmentRow>[] = [
  {
    name: 'name',
    title: 'Name',
    value: ([path]) => path,
    cell: ([path]) => <bdi class="code">{path}</bdi>,
  },
  {
    name: 'value',
    title: 'Value',
    value: ([, value]) => value,
    cell: ([, value]) => (
      <bdi>
        <LongText text={value} />
      </bdi>
    ),
  },
];

export function EnvironmentTab({ crash }: { crash: Crash }): VNode {
  const parts = useMemo(
    () =>
      Object.entries(environmentOf(crash) ?? {})
        .map(([name, part]) => ({ name, rows: environmentRows(part) }))
        .filter(({ rows }) => rows.length > 0),
    [crash],
  );
  if (parts.length === 0) {
    return (
      <p class="quiet nothing">
        The report has no telemetry environment, or not for you: it is shown to people with the permission
        view_pii.
      </p>
    );
  }
  return (
    <>
      {parts.map(({ name, rows }) => (
        <section key={name}>
          <DataTable
            caption={`Telemetry environment: ${name}`}
            name="environment"
            columns={kColumns}
            rows={rows}
            rowKey={([path]) => path}
            tools={{
              beside: (
                <h2>
                  {name} <span class="thread-name">{formatCount(rows.length)}</span>
                </h2>
              ),
            }}
          />
        </section>
      ))}
    </>
  );
}
