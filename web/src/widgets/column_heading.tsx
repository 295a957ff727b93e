// The title of a column. Where the column has values, or an order of its own, it is a link that sorts by it.
import type { VNode } from 'preact';
import type { Column } from './data_table';
import type { TableOrder } from './table_order';

export interface ColumnHeadingProps<Row> {
  readonly column: Column<Row>;
  readonly order: TableOrder | undefined;
  readonly hrefOf: (order: string) => string;
}

export function ColumnHeading<Row>({ column, order, hrefOf }: ColumnHeadingProps<Row>): VNode {
  const { name, title, hint, sorting, value } = column;
  const isSorted = order?.name === name;
  const sorted =
    sorting?.order ??
    (isSorted ? (order.isDescending ? ('descending' as const) : ('ascending' as const)) : undefined);
  // The end that is looked for first: of numbers the largest.
  const isNextDescending = isSorted ? !order.isDescending : column.isNumeric === true;
  const href =
    sorting?.href ?? (value === undefined ? undefined : hrefOf(`${isNextDescending ? '-' : ''}${name}`));
  return (
    <th
      role="columnheader"
      scope="col"
      class={`col-${name}${column.isNumeric === true ? ' number' : ''}`}
      title={hint}
      aria-sort={sorted}
    >
      {href !== undefined ? <a href={href}>{title}</a> : title === '' ? <span class="hidden">Actions</span> : title}
    </th>
  );
}
