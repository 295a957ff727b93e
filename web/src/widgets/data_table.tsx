// A table of records. Arrow keys (or j and k) move through the rows and cells; Enter or a click opens a row that can be
// opened; f and e narrow by the value of a cell. It sorts by any column that has values, in an order that the address
// holds; its columns can be chosen, and it can be copied as CSV and Markdown.
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import type { CellValue } from '../base/table_text';
import { CellLinks, type Narrowing } from './cell_links';
import { ColumnHeading } from './column_heading';
import { NavigateContext } from './navigate_context';
import { moveByKey, rowIndexOf } from './row_keys';
import { orderOf, sortRows, useOrder, type OrderInAddress } from './table_order';
import { chosenColumns, TableTools } from './table_tools';

export interface Column<Row> {
  readonly name: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  // What the cell says as text or number: for copies, and to sort by.
  readonly value?: (row: Row) => CellValue;
  // Numbers stand to the right, so that their digits can be compared.
  readonly isNumeric?: boolean;
  // Of the numbers. Shown where there are no titles: in copies, and on a narrow screen.
  readonly unit?: string;
  // Searches for what has, and has not, the value of the cell.
  readonly narrowing?: (row: Row) => Narrowing | undefined;
  // Of a table that the server sorts; without it, the rows are sorted here by `value`.
  readonly sorting?: ColumnSorting;
  // Not shown until it is chosen.
  readonly isOptional?: boolean;
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
  // A word for the style sheet, and for what this browser remembers of the table.
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
  // Whether the pointer is over the rows: moving them now would make a click go astray.
  readonly onBusy?: (busy: boolean) => void;
  // Where the page has a parameter of its own for the order.
  readonly order?: OrderInAddress;
  // Beside the buttons that copy the table and choose its columns. Of few columns none are chosen, and not here where
  // the address holds them.
  readonly tools?: { readonly beside?: ComponentChildren; readonly canChoose?: false };
  readonly rowClass?: (row: Row) => string | undefined;
}

const kFewColumns = 3;

export function DataTable<Row>(props: DataTableProps<Row>): VNode {
  const { columns, rows, tools } = props;
  const ownOrder = useOrder(props.name);
  const { value: orderText, hrefOf } = props.order ?? ownOrder;
  const order = orderOf(orderText);
  const [chosen, setChosen] = useState<readonly string[] | undefined>(() => chosenColumns(props.name));
  const frame = useRef<HTMLDivElement>(null);
  const canChoose = columns.filter(({ title }) => title !== '').length > kFewColumns && tools?.canChoose !== false;
  const shown = !canChoose
    ? columns
    : columns.filter(
        // One without a title has buttons, not values.
        ({ name, title, isOptional }) =>
          title === '' || (chosen === undefined ? isOptional !== true : chosen.includes(name)),
      );
  const sorted = useMemo(
    () => sortRows(rows, columns.find(({ name, sorting }) => name === order?.name && sorting === undefined)?.value, order),
    [rows, columns, orderText],
  );
  return (
    <div class="table-frame" ref={frame}>
      <TableTools
        name={props.name}
        columns={columns}
        shown={shown}
        copied={() => ({ columns: shown, rows: sorted })}
        onChoose={canChoose ? setChosen : undefined}
      >
        {tools?.beside}
      </TableTools>
      <table
        class={`data ${props.name}${props.onOpen === undefined ? '' : ' opens'}${chosen === undefined ? '' : ' chosen'}`}
        role="table"
      >
        <caption class="hidden">{props.caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {shown.map((column) => (
              <ColumnHeading key={column.name} column={column} order={order} hrefOf={hrefOf} />
            ))}
          </tr>
        </thead>
        <Rows {...props} columns={shown} rows={sorted} />
      </table>
      {columns.some((column) => column.narrowing !== undefined) && (
        <CellLinks frame={frame} narrowingOf={(key, name) => narrowingOf(props, key, name)} />
      )}
    </div>
  );
}

function narrowingOf<Row>(
  { rows, columns, rowKey }: DataTableProps<Row>,
  key: string,
  name: string,
): Narrowing | undefined {
  const row = rows.find((candidate) => rowKey(candidate) === key);
  return row === undefined ? undefined : columns.find((column) => column.name === name)?.narrowing?.(row);
}

function Rows<Row>({ columns, rows, rowKey, rowClass, onOpen, onBusy }: DataTableProps<Row>): VNode {
  const navigate = useContext(NavigateContext);
  const [current, setCurrent] = useState<string | undefined>(undefined);
  const found = rows.findIndex((row) => rowKey(row) === current);
  const currentIndex = found < 0 ? 0 : found;

  // A table that goes away under the pointer sees it leave no more.
  useEffect(() => () => onBusy?.(false), [onBusy]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (moveByKey(event)) return;
    const row = rows[rowIndexOf(event)];
    // Enter on a link in the row is the link's.
    const isOnLink = (event.target as Element).closest('a, button, input, summary') !== null;
    if (row === undefined || isOnLink || event.ctrlKey || event.metaKey || event.altKey) return;
    const narrowing =
      event.key === 'f' || event.key === 'e' ? cellColumn(event, columns, row)?.narrowing?.(row) : undefined;
    if (event.key === 'Enter' && onOpen !== undefined) onOpen(row);
    else if (narrowing !== undefined)
      navigate(event.key === 'f' ? narrowing.filterHref : narrowing.excludeHref);
    else return;
    event.preventDefault();
  };

  const onClick = (event: MouseEvent, row: Row): void => {
    if (onOpen === undefined) return;
    const inLink = (event.target as HTMLElement).closest('a, button, summary, label') !== null;
    if (inLink || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Marking text to copy it is not a click.
    if (document.getSelection()?.isCollapsed === false) return;
    onOpen(row);
  };

  return (
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
          class={rowClass?.(row)}
          data-key={rowKey(row)}
          tabIndex={index === currentIndex ? 0 : -1}
          onFocusCapture={() => setCurrent(rowKey(row))}
          onClick={(event) => onClick(event, row)}
        >
          {columns.map((column) => (
            <td
              key={column.name}
              role="cell"
              class={`col-${column.name}${column.isNumeric === true ? ' number' : ''}`}
              data-column={column.narrowing === undefined ? undefined : column.name}
              data-unit={column.unit ?? column.title}
            >
              {column.cell(row)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

// The column of the cell that has the focus. A row as a whole stands for its first column that narrows.
function cellColumn<Row>(
  event: KeyboardEvent,
  columns: readonly Column<Row>[],
  row: Row,
): Column<Row> | undefined {
  const cell = (event.target as Element).closest('td');
  if (cell === null) return columns.find((column) => column.narrowing?.(row) !== undefined);
  return columns[[...(cell.parentElement?.children ?? [])].indexOf(cell)];
}
