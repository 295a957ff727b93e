// The page's address holds the order of each table's rows, so that a copied address shows the same: `_order.NAME=count`,
// with "-" before the column for descending, NAME being that of the table.

export const kOrderPrefix = '_order.';

// Of an address's parameters, those of orders: for pages that make their addresses anew.
export function ordersOf(parameters: URLSearchParams): readonly (readonly [string, string])[] {
  return [...parameters].filter(([name]) => name.startsWith(kOrderPrefix));
}

// Two addresses without a difference here show the same rows.
export function withoutOrders(search: string): string {
  const others = new URLSearchParams(search);
  for (const [name] of ordersOf(others)) others.delete(name);
  return others.toString();
}
