// A table of records. Arrow keys (or j and k) move through the rows, Enter or a click opens one.
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { moveByKey, rowIndexOf } from './row_keys';

export interface Column<Row> {
  readonly name: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly onOpen: (row: Row) => void;
  // Whether the pointer is over the rows: moving them now would make a click go astray.
  readonly onBusy?: (busy: boolean) => void;
}

export function DataTable<Row>(props: DataTableProps<Row>): VNode {
  const { columns, rows, rowKey, onOpen, onBusy } = props;
  const [current, setCurrent] = useState<string | undefined>(undefined);
  const found = rows.findIndex((row) => rowKey(row) === current);
  const currentIndex = found < 0 ? 0 : found;

  // A table that goes away under the pointer sees it leave no more.
  useEffect(() => () => onBusy?.(false), [onBusy]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (moveByKey(event) || event.key !== 'Enter') return;
    const row = rows[rowIndexOf(event)];
    // Enter on a link in the row is the link's.
    if (row === undefined || !(event.target instanceof HTMLTableRowElement)) return;
    event.preventDefault();
    onOpen(row);
  };

  const onClick = (event: MouseEvent, row: Row): void => {
    const inLink = (event.target as HTMLElement).closest('a, button') !== null;
    if (inLink || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Marking text to copy it is not a click.
    if (document.getSelection()?.isCollapsed === false) return;
    onOpen(row);
  };

  return (
    <table class="data">
      <caption class="hidden">{props.caption}</caption>
      <thead>
        <tr>{columns.map((column) => <th key={column.name} scope="col" class={`col-${column.name}`}>{column.title}</th>)}</tr>
      </thead>
      <tbody
        onKeyDown={onKeyDown}
        onPointerEnter={() => onBusy?.(true)}
        onPointerLeave={() => onBusy?.(false)}
      >
        {rows.map((row, index) => (
          <tr
            key={rowKey(row)}
            data-key={rowKey(row)}
            tabIndex={index === currentIndex ? 0 : -1}
            onFocusCapture={() => setCurrent(rowKey(row))}
            onClick={(event) => onClick(event, row)}
          >
            {columns.map((column) => <td key={column.name} class={`col-${column.name}`}>{column.cell(row)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
