import { expect, test } from 'vitest';
import { ordersOf, withoutOrders } from './table_orders';

test('orders are told from what is searched', () => {
  const parameters = new URLSearchParams('product=A&_order.tree=-count&_sort=-date&_order.beside=term');
  expect(ordersOf(parameters)).toEqual([
    ['_order.tree', '-count'],
    ['_order.beside', 'term'],
  ]);
  expect(withoutOrders(`?${parameters}`)).toBe('product=A&_sort=-date');
});
