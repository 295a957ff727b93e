// Above a table: which columns it has, and copies of it.
import { useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { asCsv, asMarkdown, type TextTable } from '../base/table_text';
import { CopyButton } from './copy_button';
import type { Column } from './data_table';

export interface TableToolsProps<Row> {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly shown: readonly Column<Row>[];
  // Asked when somebody copies.
  readonly copied: () => CopiedTable<Row>;
  // undefined: the columns are chosen elsewhere, or not at all.
  readonly onChoose: ((names: readonly string[]) => void) | undefined;
  readonly children?: ComponentChildren;
}

export interface CopiedTable<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

const kStoragePrefix = 'cairn.columns.';

// What this browser remembers of a table; undefined where nobody chose.
export function chosenColumns(table: string): readonly string[] | undefined {
  try {
    return localStorage.getItem(kStoragePrefix + table)?.split(' ');
  } catch {
    return undefined;
  }
}

export function keepColumns(table: string, names: readonly string[]): void {
  try {
    localStorage.setItem(kStoragePrefix + table, names.join(' '));
  } catch {
    // It lasts as long as the page.
  }
}

export function TableTools<Row>({
  name,
  columns,
  shown,
  copied,
  onChoose,
  children,
}: TableToolsProps<Row>): VNode {
  const table = (): TextTable => tableOf(copied());
  return (
    <div class="table-tools">
      {children}
      {onChoose !== undefined && (
        <ColumnMenu
          columns={columns.filter(({ title }) => title !== '')}
          shown={shown}
          onChoose={(names) => {
            keepColumns(name, names);
            onChoose(names);
          }}
        />
      )}
      <CopyButton label="CSV" title="Copy this table as CSV" text={() => asCsv(table())} />
      <CopyButton label="Markdown" title="Copy this table as Markdown" text={() => asMarkdown(table())} />
    </div>
  );
}

interface ColumnMenuProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly shown: readonly Column<Row>[];
  readonly onChoose: (names: readonly string[]) => void;
}

// Drawn when it is opened: most people never choose.
function ColumnMenu<Row>({ columns, shown, onChoose }: ColumnMenuProps<Row>): VNode {
  const [isOpen, setOpen] = useState(false);
  const chosen = columns.filter((column) => shown.includes(column));
  const toggle = (column: Column<Row>, isWanted: boolean): void =>
    onChoose(
      columns
        .filter((other) => (other === column ? isWanted : chosen.includes(other)))
        .map((other) => other.name),
    );
  return (
    <details class="drop" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Columns</summary>
      <ul class="choice">
        {isOpen &&
          columns.map((column) => (
            <li key={column.name}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.includes(column)}
                  disabled={chosen.length === 1 && chosen.includes(column)}
                  onChange={(event) => toggle(column, event.currentTarget.checked)}
                />
                {column.title}
              </label>
            </li>
          ))}
      </ul>
    </details>
  );
}

function tableOf<Row>({ columns: all, rows }: CopiedTable<Row>): TextTable {
  const columns = all.filter((column) => column.value !== undefined);
  return {
    titles: columns.map(({ title, unit }) => (unit === undefined || unit === title ? title : `${title} (${unit})`)),
    rows: rows.map((row) => columns.map((column) => column.value?.(row))),
  };
}
