// The columns of the table of crashes: any field that the query names.
import type { VNode } from 'preact';
import type { Hit } from '../api/search';
import { fieldByWord, fieldTitle } from '../api/search_fields';
import {
  conditionWords,
  exactSignature,
  exactTerm,
  withCondition,
  type SearchQuery,
} from '../api/search_query';
import { reportPath } from '../base/crash_id';
import { formatAge, formatTime } from '../base/format';
import { breakable, CodeName } from './code_name';
import type { Column, ColumnSorting } from './data_table';
import type { Narrowing } from './cell_links';
import { KindBadge } from './kind_badge';
import './crash_columns.css';
import { signaturePath } from '../api/signature';

// Three lines of the column.
const kMaxSignature = 120;
const kMaxText = 200;

// `pathOf` is the page with a changed query: of the search, or of another page that lists crashes.
export function crashColumns(
  query: SearchQuery,
  pathOf: (change: Partial<SearchQuery>) => string,
): readonly Column<Hit>[] {
  return query.columns.map((name) => ({
    name,
    title: name === 'date' ? 'Time (UTC)' : fieldTitle(name),
    cell: (hit) => cellOf(hit, name, query),
    value: (hit) => valueOf(hit, name),
    isNumeric: fieldByWord(name)?.type === 'number' && name !== 'build_id',
    sorting: sortingOf(query, name, pathOf),
    ...(fieldByWord(name)?.type !== 'time' &&
      name !== 'uuid' && {
        narrowing: (hit: Hit) => narrowingOf(query, pathOf, name, hit.values.get(name) ?? ''),
      }),
    ...(fieldByWord(name)?.description !== undefined && { hint: fieldByWord(name)?.description ?? '' }),
  }));
}

export function narrowingOf(
  query: SearchQuery,
  pathOf: (change: Partial<SearchQuery>) => string,
  field: string,
  term: string,
): Narrowing {
  const condition = exactTerm(field, term);
  const opposite = { ...condition, negated: !condition.negated };
  return {
    what: conditionWords({ ...condition, negated: false })
      .join(' ')
      .replace(/^./, (letter) => letter.toLowerCase()),
    filterHref: pathOf({ conditions: withCondition(query.conditions, condition) }),
    excludeHref: pathOf({ conditions: withCondition(query.conditions, opposite) }),
  };
}

// The end of a field that is looked for first: the newest and the largest.
function sortingOf(
  query: SearchQuery,
  name: string,
  pathOf: (change: Partial<SearchQuery>) => string,
): ColumnSorting {
  const [first = ''] = query.sort;
  const type = fieldByWord(name)?.type;
  const usual = type === 'time' || type === 'number' ? `-${name}` : name;
  const order =
    first === name ? ('ascending' as const) : first === `-${name}` ? ('descending' as const) : undefined;
  const next = first === name ? `-${name}` : first === `-${name}` ? name : usual;
  return { order, href: pathOf({ sort: [next] }) };
}

function valueOf(hit: Hit, name: string): string | number | undefined {
  const text = hit.values.get(name);
  if (name === 'date' && hit.time !== undefined) return formatTime(hit.time);
  return fieldByWord(name)?.type === 'number' && text !== undefined && Number.isFinite(Number(text))
    ? Number(text)
    : text;
}

function cellOf(hit: Hit, name: string, query: SearchQuery): VNode | null {
  const text = hit.values.get(name);
  if (name === 'date') return timeCell(hit);
  if (name === 'uuid')
    return (
      <a class="mono" href={reportPath(hit.id)}>
        {hit.id}
      </a>
    );
  if (name === 'kind') return <KindBadge kind={hit.kind} />;
  if (name === 'signature') return signatureCell(hit, query);
  if (text === undefined) return <span class="quiet">—</span>;
  if (name === 'proto_signature' || name === 'bucket')
    return <CodeName name={text} lengthMax={kMaxSignature} />;
  return <bdi title={text}>{breakable(text.length > kMaxText ? `${text.slice(0, kMaxText)}…` : text)}</bdi>;
}

// The way to the report for those who click links; the whole row leads there too.
function timeCell(hit: Hit): VNode {
  if (hit.time === undefined) return <a href={reportPath(hit.id)}>unknown</a>;
  return (
    <a href={reportPath(hit.id)} title={`${formatAge(hit.time, new Date())}: crash ${hit.id}`}>
      <time dateTime={hit.time.toISOString()}>{formatTime(hit.time)}</time>
    </a>
  );
}

function signatureCell(hit: Hit, query: SearchQuery): VNode {
  const signature = hit.values.get('signature');
  if (signature === undefined) return <span class="quiet">no signature</span>;
  return (
    <a
      href={signaturePath([
        exactSignature(signature),
        ...query.conditions.filter(({ field }) => field !== 'signature' && field !== 'bucket'),
      ])}
      title={signature}
    >
      <CodeName name={signature} lengthMax={kMaxSignature} />
    </a>
  );
}
