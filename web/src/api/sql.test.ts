import { expect, test } from 'vitest';
import { readSqlRows, readSqlTables } from './sql';

test('tables have columns with types', () => {
  const tables = readSqlTables({
    tables: [{ name: 'crashes', columns: [{ name: 'uuid', type: 'VARCHAR', description: 'The id.' }, {}] }],
    days: 30,
  });
  expect(tables.tables[0]?.columns).toEqual([
    { name: 'uuid', type: 'VARCHAR', description: 'The id.' },
    { name: '', type: '', description: undefined },
  ]);
  expect(tables).toMatchObject({ days: 30, refreshMinutes: undefined });
  expect(readSqlTables({}).tables).toEqual([]);
});

test('cells are texts, numbers, or nothing', () => {
  const { rows, cut } = readSqlRows({
    columns: [{ name: 'a', type: 'integer' }],
    rows: [[1, 'x', null, true, [2]], 'broken' as unknown as unknown[]],
    cut: 'rows',
  });
  expect(rows).toEqual([[1, 'x', undefined, 'true', '[2]'], []]);
  expect(cut).toBe('rows');
  expect(readSqlRows({})).toEqual({ columns: [], rows: [], cut: undefined });
});
