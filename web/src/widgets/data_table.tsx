// A table of records. Arrow keys (or j and k) move through the rows; where rows can be opened, Enter or a click does it.
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { moveByKey, rowIndexOf } from './row_keys';

export interface Column<Row> {
  readonly name: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  // Its title is a link that sorts the table by this column.
  readonly sorting?: ColumnSorting;
  // More about the title, where it needs it.
  readonly hint?: string;
}

export interface ColumnSorting {
  // undefined: the rows are in the order of another column.
  readonly order: 'ascending' | 'descending' | undefined;
  // Of the same page with the rows in the other order, or in that of this column.
  readonly href: string;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  // A word for the style sheet.
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
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
    if (moveByKey(event) || event.key !== 'Enter' || onOpen === undefined) return;
    const row = rows[rowIndexOf(event)];
    // Enter on a link in the row is the link's.
    if (row === undefined || !(event.target instanceof HTMLTableRowElement)) return;
    event.preventDefault();
    onOpen(row);
  };

  const onClick = (event: MouseEvent, row: Row): void => {
    if (onOpen === undefined) return;
    const inLink = (event.target as HTMLElement).closest('a, button') !== null;
    if (inLink || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Marking text to copy it is not a click.
    if (document.getSelection()?.isCollapsed === false) return;
    onOpen(row);
  };

  return (
    <table class={`data ${props.name}${onOpen === undefined ? '' : ' opens'}`} role="table">
      <caption class="hidden">{props.caption}</caption>
      <thead role="rowgroup">
        <tr role="row">{columns.map((column) => <Heading key={column.name} column={column} />)}</tr>
      </thead>
      <tbody
        role="rowgroup"
        onKeyDown={onKeyDown}
        onPointerEnter={() => onBusy?.(true)}
        onPointerLeave={() => onBusy?.(false)}
      >
        {rows.map((row, index) => (
          <tr
            key={rowKey(row)}
            role="row"
            data-key={rowKey(row)}
            tabIndex={index === currentIndex ? 0 : -1}
            onFocusCapture={() => setCurrent(rowKey(row))}
            onClick={(event) => onClick(event, row)}
          >
            {columns.map((column) => <td key={column.name} role="cell" class={`col-${column.name}`}>{column.cell(row)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Heading<Row>({ column: { name, title, hint, sorting } }: { column: Column<Row> }): VNode {
  return (
    <th role="columnheader" scope="col" class={`col-${name}`} title={hint} aria-sort={sorting?.order}>
      {sorting === undefined ? title : <a href={sorting.href}>{title}</a>}
    </th>
  );
}
