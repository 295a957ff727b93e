// The columns of the table of missing symbols.
import type { VNode } from 'preact';
import { missingPath, type MissingQuery, type SortKey } from '../../../api/missing_query';
import { fileOf, isEstimate, waitingCrashesPath, type MissingModule } from '../../../api/missing_symbols';
import { formatCount } from '../../../base/format';
import { breakable } from '../../../widgets/code_name';
import type { Column } from '../../../widgets/data_table';
import { DebugId } from '../debug_id';
import { Unit } from '../unit';

interface MissingColumn extends Omit<Column<MissingModule>, 'sorting'> {
  readonly name: SortKey;
  // Which end of it is looked for first.
  readonly startsDescending: boolean;
}

const kColumns: readonly MissingColumn[] = [
  { name: 'file', title: 'File', value: fileOf, cell: fileCell, startsDescending: false },
  { name: 'id', title: 'Debug id', value: ({ debugId }) => debugId, cell: ({ debugId }) => <DebugId id={debugId} />, startsDescending: false },
  {
    name: 'crashes', title: 'Crashes', hint: 'Crashes that wait for these symbols', startsDescending: true,
    value: ({ crashes }) => crashes, cell: crashesCell,
  },
  {
    name: 'clients', title: 'Clients', hint: 'Installations whose crash pings wait for these symbols', startsDescending: true,
    value: ({ clients }) => clients, cell: (module) => <Clients count={module.clients} />,
  },
  {
    name: 'requests', title: 'Requests', hint: 'Requests for names of addresses in this module', startsDescending: true,
    value: ({ requests }) => requests, cell: (module) => <Count count={module.requests} unit={kRequests} />,
  },
  {
    name: 'downloads', title: 'Downloads', hint: 'Downloads of these symbols that found nothing', startsDescending: true,
    value: ({ downloads }) => downloads, cell: (module) => <Count count={module.downloads} unit={kDownloads} />,
  },
  {
    name: 'first', title: 'First day', hint: 'The first day on which they were missed, UTC', startsDescending: true,
    value: ({ firstDay }) => firstDay, cell: (module) => <Day day={module.firstDay} unit="first" />,
  },
  {
    name: 'last', title: 'Last day', hint: 'The last day on which they were missed, UTC', startsDescending: true,
    value: ({ lastDay }) => lastDay, cell: (module) => <Day day={module.lastDay} unit="last" />,
  },
];

// The title of the column that the rows are sorted by turns them round.
export function missingColumns(query: MissingQuery): readonly Column<MissingModule>[] {
  const { key, descending } = query.sorting;
  return kColumns.map(({ startsDescending, ...column }) => {
    const isSorted = column.name === key;
    const next = { key: column.name, descending: isSorted ? !descending : startsDescending };
    const order = isSorted ? (descending ? 'descending' as const : 'ascending' as const) : undefined;
    // Equal pages of the server hold the same modules in every order.
    return { ...column, sorting: { order, href: missingPath(query, { sorting: next, page: query.page }) } };
  });
}

function fileCell(module: MissingModule): VNode {
  const { codeFile, codeId } = module;
  const code = codeFile !== undefined && codeFile !== fileOf(module) ? codeFile : undefined;
  return (
    <>
      <bdi class="code" title={codeId === undefined ? undefined : `Code id ${codeId}`}>{breakable(fileOf(module))}</bdi>
      {code !== undefined && <> <bdi class="code quiet" title="The code file">{breakable(code)}</bdi></>}
    </>
  );
}

// The way to the crashes that wait.
function crashesCell(module: MissingModule): VNode {
  const count = <Count count={module.crashes} unit={kCrashes} />;
  const path = waitingCrashesPath(module, new Date());
  return path === undefined ? count : <a href={path} title="Show the crashes that wait">{count}</a>;
}

interface CountedUnit {
  readonly one: string;
  readonly many: string;
}

const kCrashes: CountedUnit = { one: 'crash', many: 'crashes' };
const kClients: CountedUnit = { one: 'client', many: 'clients' };
const kRequests: CountedUnit = { one: 'request', many: 'requests' };
const kDownloads: CountedUnit = { one: 'download', many: 'downloads' };

function Count({ count, unit }: { count: number; unit: CountedUnit }): VNode {
  const isAbout = isEstimate(count);
  return (
    <span class={count === 0 ? 'none' : undefined} title={isAbout ? 'An estimate, good to some 6 %' : undefined}>
      {isAbout && '≈ '}{formatCount(count)}<Unit text={count === 1 ? unit.one : unit.many} />
    </span>
  );
}

function Clients({ count }: { count: number | undefined }): VNode {
  if (count !== undefined) return <Count count={count} unit={kClients} />;
  return <span class="quiet" title="Fewer than ten are told only to people with the permission view_pings">&lt; 10<Unit text="clients" /></span>;
}

function Day({ day, unit }: { day: string | undefined; unit: string }): VNode {
  return <span><Unit text={unit} />{day === undefined ? <span class="quiet">unknown</span> : <time dateTime={day}>{day}</time>}</span>;
}
