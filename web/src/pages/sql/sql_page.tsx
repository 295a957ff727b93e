// A statement of SQL, its rows, and the tables that it may ask. The address holds the one that ran last; one runs when
// somebody says so, never because a link was followed.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import {
  askSqlTables,
  runSql,
  type SqlCell,
  type SqlColumn,
  type SqlRows,
  type SqlTables,
} from '../../api/sql';
import { countOf } from '../../base/format';
import type { PageProps } from '../../base/page';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { DataTable, type Column } from '../../widgets/data_table';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { ProblemLine } from '../../widgets/problem_line';
import { useAction } from '../../widgets/use_action';
import { useRemote } from '../../widgets/use_remote';
import { useTitle } from '../../widgets/use_title';
import '../../widgets/form.css';
import './sql.css';

const kNotForYou: ProblemWords = {
  title: 'SQL is for people with the permission run_custom_queries',
  advice: 'The search asks most of what SQL does, and is for everybody.',
};
const kWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: kNotForYou,
  'signed-out': kNotForYou,
  'no-service': { title: 'This server runs no SQL', advice: 'The search asks most of what it would.' },
};
// Servers and proxies take no longer ones.
const kMaxAddress = 6000;
const kExample =
  'SELECT signature, count(*) AS crashes\nFROM crashes\nGROUP BY signature\nORDER BY crashes DESC\nLIMIT 20';

export function SqlPage({ query, navigate }: PageProps): VNode {
  useTitle('SQL');
  const { value: tables, problem } = useRemote<SqlTables>({
    key: '',
    ask: askSqlTables,
    recent: undefined,
  });
  return (
    <div class="sheet sql-page">
      <header>
        <h1>SQL</h1>
      </header>
      {tables !== undefined ? (
        <>
          <Statement start={query.get('sql') ?? kExample} navigate={navigate} />
          <Tables tables={tables} />
        </>
      ) : problem !== undefined ? (
        <ProblemView problem={problem} words={kWords} />
      ) : (
        <Loading />
      )}
    </div>
  );
}

function Statement({ start, navigate }: { start: string; navigate: PageProps['navigate'] }): VNode {
  const [sql, setSql] = useState(start);
  const [rows, setRows] = useState<SqlRows | undefined>(undefined);
  const action = useAction();
  // Another address, by Back or a link.
  useEffect(() => setSql(start), [start]);
  const run = (): void => {
    if (sql.trim() === '') return;
    const path = `/sql?${new URLSearchParams({ sql })}`;
    action.run(
      (signal) => runSql(sql, signal),
      (found) => {
        setRows(found);
        if (sql !== start && path.length <= kMaxAddress) navigate(path);
      },
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  };
  return (
    <section>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <label>
          Statement <span class="hint">One SELECT. Ctrl+Enter runs it; the audit log keeps it.</span>
          <textarea
            value={sql}
            spellcheck={false}
            autocapitalize="off"
            onInput={(event) => setSql(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </label>
        <div class="buttons">
          <button type="submit" disabled={action.isBusy}>
            Run
          </button>
        </div>
        {action.isBusy && <progress aria-label="The statement runs" />}
        <ProblemLine problem={action.problem} words={kWords} />
      </form>
      {rows !== undefined && <Rows found={rows} />}
    </section>
  );
}

interface NumberedRow {
  readonly number: number;
  readonly cells: readonly SqlCell[];
}

export function Rows({ found }: { found: SqlRows }): VNode {
  const rows = useMemo(() => found.rows.map((cells, number) => ({ number, cells })), [found]);
  const columns = useMemo(() => found.columns.map(columnOf), [found]);
  const count = `${countOf(rows.length, 'row', 'rows')}${found.cut === undefined ? '' : ', and there are more'}`;
  if (rows.length === 0) return <p class="quiet">The statement found no rows.</p>;
  return (
    <div class="sql-result" tabIndex={0} role="region" aria-label="Rows">
      <DataTable
        caption="What the statement found"
        name="sql-rows"
        columns={columns}
        rows={rows}
        rowKey={({ number }) => String(number)}
        tools={{ canChoose: false, beside: <strong role="status">{count}</strong> }}
      />
    </div>
  );
}

// Two columns of a statement may have the same name.
function columnOf({ name, type }: SqlColumn, index: number): Column<NumberedRow> {
  return {
    name: `c${index}`,
    title: name,
    isNumeric: type === 'integer' || type === 'number',
    value: ({ cells }) => cells[index],
    cell: ({ cells }) => (cells[index] === undefined ? '' : <bdi>{cells[index]}</bdi>),
  };
}

const kTableColumns: readonly Column<SqlColumn>[] = [
  {
    name: 'name',
    title: 'Column',
    value: ({ name }) => name,
    cell: ({ name }) => <code>{name}</code>,
  },
  { name: 'type', title: 'Type', value: ({ type }) => type, cell: ({ type }) => type },
  {
    name: 'description',
    title: 'What it is',
    value: ({ description }) => description,
    cell: ({ description }) => description,
  },
];

function Tables({ tables: { tables, days, refreshMinutes } }: { tables: SqlTables }): VNode {
  return (
    <section>
      <h2>Tables</h2>
      <p class="quiet">
        What is public of crashes{days !== undefined && ` of ${countOf(days, 'day', 'days')}`}, in a copy
        {refreshMinutes !== undefined && ` that is at most ${countOf(refreshMinutes, 'minute', 'minutes')} old`}.
      </p>
      {tables.map(({ name, columns }) => (
        <details key={name} class="block">
          <summary>
            <h3>
              <code>{name}</code> <span class="thread-name">{countOf(columns.length, 'column', 'columns')}</span>
            </h3>
          </summary>
          <DataTable
            caption={`Columns of ${name}`}
            name="sql-columns"
            columns={kTableColumns}
            rows={columns}
            rowKey={(column) => column.name}
          />
        </details>
      ))}
    </section>
  );
}
