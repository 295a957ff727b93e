// Statements of SQL over a copy of what is public in the index, for those who may run them.
import { readCount, readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, postJson } from './client';

const kPath = '/api/SQL/';
// A statement may take longer than a search: the server ends it.
const kMaxAnswerMs = 60_000;

type TablesAnswer = AnswerOf<typeof kPath>;
type RowsAnswer = AnswerOf<typeof kPath, 'post'>;
interface ColumnAnswer {
  readonly name?: string;
  readonly type?: string;
  readonly description?: string;
}

export interface SqlColumn {
  readonly name: string;
  readonly type: string;
  readonly description: string | undefined;
}

export interface SqlTable {
  readonly name: string;
  readonly columns: readonly SqlColumn[];
}

export interface SqlTables {
  readonly tables: readonly SqlTable[];
  // How old crashes are at most, and the copy.
  readonly days: number | undefined;
  readonly refreshMinutes: number | undefined;
}

export type SqlCell = string | number | undefined;

export interface SqlRows {
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly SqlCell[])[];
  // What there was more of than is given.
  readonly cut: string | undefined;
}

export async function askSqlTables(signal: AbortSignal): Promise<Result<SqlTables>> {
  const answer = await getJson<TablesAnswer>(kPath, signal);
  return answer.ok ? succeed(readSqlTables(answer.value)) : answer;
}

export function readSqlTables(answer: TablesAnswer): SqlTables {
  return {
    tables: readList(answer.tables).map(({ name, columns }) => ({
      name: readText(name) ?? '',
      columns: readList(columns).map(readColumn),
    })),
    days: readCount(answer.days),
    refreshMinutes: readCount(answer.refresh_minutes),
  };
}

export async function runSql(sql: string, signal: AbortSignal): Promise<Result<SqlRows>> {
  const answer = await postJson<RowsAnswer>(kPath, { sql }, signal, kMaxAnswerMs);
  return answer.ok ? succeed(readSqlRows(answer.value)) : answer;
}

export function readSqlRows(answer: RowsAnswer): SqlRows {
  return {
    columns: readList(answer.columns).map(readColumn),
    rows: (Array.isArray(answer.rows) ? answer.rows : []).map((row) =>
      Array.isArray(row) ? row.map(readCell) : [],
    ),
    cut: readText(answer.cut),
  };
}

function readColumn(column: ColumnAnswer): SqlColumn {
  return {
    name: readText(column.name) ?? '',
    type: readText(column.type) ?? '',
    description: readText(column.description),
  };
}

function readCell(value: unknown): SqlCell {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' || typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
