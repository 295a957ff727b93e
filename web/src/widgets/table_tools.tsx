// Above a table: which columns it has, and copies of it.
import type { ComponentChildren, VNode } from 'preact';
import { asCsv, asMarkdown, type TextTable } from '../base/table_text';
import { CopyButton } from './copy_button';
import type { Column } from './data_table';

export interface TableToolsProps<Row> {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly shown: readonly Column<Row>[];
  readonly rows: readonly Row[];
  // undefined: the columns are chosen elsewhere, or not at all.
  readonly onChoose: ((names: readonly string[]) => void) | undefined;
  readonly children?: ComponentChildren;
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

function keepColumns(table: string, names: readonly string[]): void {
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
  rows,
  onChoose,
  children,
}: TableToolsProps<Row>): VNode {
  const table = (): TextTable => tableOf(shown, rows);
  return (
    <div class="table-tools">
      {children}
      {onChoose !== undefined && (
        <details class="drop">
          <summary>Columns</summary>
          <ul class="choice">
            {columns.filter(isChoosable).map((column) => (
              <li key={column.name}>
                <label>
                  <input
                    type="checkbox"
                    checked={shown.includes(column)}
                    disabled={shown.includes(column) && shown.filter(isChoosable).length === 1}
                    onChange={(event) => {
                      const names = columns
                        .filter((other) =>
                          other === column ? event.currentTarget.checked : shown.includes(other),
                        )
                        .map((other) => other.name);
                      keepColumns(name, names);
                      onChoose(names);
                    }}
                  />
                  {column.title}
                </label>
              </li>
            ))}
          </ul>
        </details>
      )}
      <CopyButton label="CSV" title="Copy this table as CSV" text={() => asCsv(table())} />
      <CopyButton label="Markdown" title="Copy this table as Markdown" text={() => asMarkdown(table())} />
    </div>
  );
}

function isChoosable({ title }: { readonly title: string }): boolean {
  return title !== '';
}

function tableOf<Row>(shown: readonly Column<Row>[], rows: readonly Row[]): TextTable {
  const columns = shown.filter((column) => column.value !== undefined);
  return {
    titles: columns.map(({ title, unit }) => (unit === undefined || unit === title ? title : `${title} (${unit})`)),
    rows: rows.map((row) => columns.map((column) => column.value?.(row))),
  };
}
