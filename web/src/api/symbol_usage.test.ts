import { expect, test } from 'vitest';
import { readUsage } from './symbol_usage';

test('reads what is there and bears what is not', () => {
  const usage = readUsage(
    { usage: [{ product: '', try_symbols: true, files: 2, size: 9, stored_size: 4, skipped: 1, days_kept: 28 }, {}] },
    { duplicates: [{ sha256_hash: 'ab', files: 2, stored_size: 8 }, {}] });
  expect(usage.rows[0]).toEqual({ product: undefined, isTry: true, files: 2, size: 9, storedSize: 4, skipped: 1, daysKept: 28 });
  expect(usage.rows[1]).toEqual({ product: undefined, isTry: false, files: 0, size: 0, storedSize: 0, skipped: 0, daysKept: undefined });
  expect(usage.duplicates).toEqual([{ hash: 'ab', files: 2, storedSize: 8 }, { hash: '', files: 0, storedSize: 0 }]);
  expect(readUsage({}, {})).toEqual({ rows: [], duplicates: [] });
});
