// The order of a table's rows, which the address holds (base/table_orders.ts).
import { useContext } from 'preact/hooks';
import { kOrderPrefix } from '../base/table_orders';
import type { CellValue } from '../base/table_text';
import { PlaceContext } from './navigate_context';

export interface TableOrder {
  readonly name: string;
  readonly isDescending: boolean;
}

export interface OrderInAddress {
  // "count" or "-count"; undefined: as the rows come.
  readonly value: string | undefined;
  // Of the page in that order.
  readonly hrefOf: (order: string) => string;
}

export function useOrder(table: string): OrderInAddress {
  const { path, search } = useContext(PlaceContext);
  const name = kOrderPrefix + table;
  return {
    value: new URLSearchParams(search).get(name) ?? undefined,
    hrefOf: (order) => {
      const parameters = new URLSearchParams(search);
      parameters.set(name, order);
      return `${path}?${parameters}`;
    },
  };
}

export function orderOf(text: string | undefined): TableOrder | undefined {
  return text === undefined
    ? undefined
    : { name: text.replace(/^-/, ''), isDescending: text.startsWith('-') };
}

// `valueOf` is of the column that the order names; undefined: the rows stay as they are.
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: ((row: Row) => CellValue) | undefined,
  order: TableOrder | undefined,
): readonly Row[] {
  if (order === undefined || valueOf === undefined) return rows;
  const direction = order.isDescending ? -1 : 1;
  return (
    rows
      .map((row) => ({ row, key: valueOf(row) }))
      // What has no value stands last in either order.
      .sort((one, other) =>
        one.key === undefined || other.key === undefined
          ? Number(one.key === undefined) - Number(other.key === undefined)
          : direction * compareValues(one.key, other.key),
      )
      .map(({ row }) => row)
  );
}

function compareValues(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one).localeCompare(String(other), 'en', { numeric: true });
}
