// The most frequent values of a field: rank, value, count and share. Each value leads to the search narrowed to it.
import { useContext, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import type { FacetTerm } from '../api/search_facets';
import { asCsv, asMarkdown, type TextTable } from '../base/table_text';
import { formatCount } from '../base/format';
import { CodeName } from './code_name';
import type { Narrowing } from './cell_links';
import { CopyButton } from './copy_button';
import { Estimate } from './estimate';
import { NavigateContext } from './navigate_context';
import { moveByKey, rowIndexOf } from './row_keys';
import { orderOf, sortRows, useOrder, type OrderInAddress } from './table_order';
import { chosenColumns, keepColumns } from './table_tools';

// Three lines of the list.
const kMaxTerm = 80;

export interface FacetTableProps {
  readonly title: string;
  readonly terms: readonly FacetTerm[];
  // Of all crashes, also those whose value is not in the list.
  readonly total: number;
  // undefined: a value cannot be searched for.
  readonly narrowingOf?: (term: string) => Narrowing | undefined;
  // Whether the search has this value already.
  readonly isChosen?: (term: string) => boolean;
  // In the heading, and below the rows.
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
  // Behind a value.
  readonly beside?: (term: string) => ComponentChildren;
  // How a value is written, if not as it is.
  readonly textOf?: (term: string) => string;
}

export function shareText(count: number, total: number): string {
  if (total === 0) return '';
  const percent = (100 * count) / total;
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(percent < 9.95 ? 1 : 0)} %`;
}

const kHeadings = { rank: 'Rank', value: 'Value', count: 'Crashes', share: 'Share' } as const;
type FacetColumn = keyof typeof kHeadings;
const kColumns = Object.keys(kHeadings) as readonly FacetColumn[];
// Those without which a row says nothing stay.
const kOptional: readonly FacetColumn[] = ['rank', 'count', 'share'];

const kOrders: readonly (readonly [string, string])[] = [
  ['-count', 'Most crashes first'],
  ['count', 'Fewest crashes first'],
  ['value', 'By value'],
  ['-value', 'By value, the last first'],
];

export function FacetTable(props: FacetTableProps): VNode {
  const { title, terms, total } = props;
  const name = `facet-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const order = useOrder(name);
  const [columns, setColumns] = useState<readonly string[]>(() => chosenColumns(name) ?? kColumns);
  const ranked = terms.map((term, index) => ({ ...term, rank: index + 1 }));
  const isByValue = order.value?.endsWith('value') === true;
  const sorted = sortRows(
    ranked,
    isByValue ? ({ term }) => props.textOf?.(term) ?? term : ({ count }) => count,
    orderOf(order.value),
  );
  const onColumns = (names: readonly string[]): void => {
    keepColumns(name, names);
    setColumns(names);
  };
  return (
    <section class="facet">
      <header>
        <h2>{title}</h2>
        {props.actions}
        <FacetMenu
          title={title}
          table={() => textOf(title, sorted, total)}
          order={order}
          columns={columns}
          onColumns={onColumns}
        />
      </header>
      {terms.length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <Terms {...props} terms={sorted} columns={kColumns.filter((column) => columns.includes(column))} />
      )}
      {props.children}
    </section>
  );
}

interface FacetMenuProps {
  readonly title: string;
  readonly table: () => TextTable;
  readonly order: OrderInAddress;
  readonly columns: readonly string[];
  readonly onColumns: (names: readonly string[]) => void;
}

function FacetMenu({ title, table, order, columns, onColumns }: FacetMenuProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const { value = '-count' } = order;
  return (
    <details class="drop right" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={`Copy, sort or change ${title}`} title="Copy, sort, columns">
        …
      </summary>
      <div class="choice">
        <span>
          <CopyButton label="CSV" title={`Copy ${title} as CSV`} text={() => asCsv(table())} />{' '}
          <CopyButton label="Markdown" title={`Copy ${title} as Markdown`} text={() => asMarkdown(table())} />
        </span>
        {isOpen &&
          kOrders.map(([key, text]) => (
            <a key={key} href={order.hrefOf(key)} aria-current={key === value ? 'true' : undefined}>
              {text}
            </a>
          ))}
        {isOpen &&
          kOptional.map((column) => (
            <label key={column}>
              <input
                type="checkbox"
                checked={columns.includes(column)}
                onChange={(event) =>
                  onColumns(
                    kColumns.filter((one) =>
                      one === column ? event.currentTarget.checked : columns.includes(one),
                    ),
                  )
                }
              />
              {kHeadings[column]}
            </label>
          ))}
      </div>
    </details>
  );
}

// With its place among the most frequent ones, whatever the order.
interface RankedTerm extends FacetTerm {
  readonly rank: number;
}

interface TermsProps extends Omit<FacetTableProps, 'terms'> {
  readonly terms: readonly RankedTerm[];
  readonly columns: readonly FacetColumn[];
}

function Terms(props: TermsProps): VNode {
  const { title, terms, columns, narrowingOf } = props;
  const navigate = useContext(NavigateContext);
  const most = Math.max(1, ...terms.map(({ count }) => count));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (moveByKey(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const term = terms[rowIndexOf(event)];
    const narrowing = term === undefined ? undefined : narrowingOf?.(term.term);
    // Enter on a link is the link's.
    const isOnLink = (event.target as Element).closest('a') !== null;
    const isUsed = event.key === 'f' || event.key === 'e' || (event.key === 'Enter' && !isOnLink);
    if (narrowing === undefined || !isUsed) return;
    event.preventDefault();
    navigate(event.key === 'e' ? narrowing.excludeHref : narrowing.filterHref);
  };
  return (
    <table role="table">
      <caption class="hidden">{title}: the most frequent values</caption>
      <thead role="rowgroup" class="hidden">
        <tr role="row">
          {columns.map((column) => (
            <th key={column} role="columnheader" scope="col">
              {kHeadings[column]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" onKeyDown={onKeyDown}>
        {terms.map((term, index) => (
          <TermRow key={term.term} {...props} term={term} isFirst={index === 0} share={term.count / most} />
        ))}
      </tbody>
    </table>
  );
}

interface TermRowProps extends TermsProps {
  readonly term: RankedTerm;
  readonly isFirst: boolean;
  // Of the most frequent one.
  readonly share: number;
}

function TermRow({ term: { term, count, weighted, rank }, isFirst, share, ...props }: TermRowProps): VNode {
  const narrowing = props.narrowingOf?.(term);
  const text = props.textOf?.(term) ?? term;
  const name = text === '' ? '(none)' : <CodeName name={text} lengthMax={kMaxTerm} />;
  const isChosen = props.isChosen?.(term) === true;
  const has = (column: FacetColumn): boolean => props.columns.includes(column);
  return (
    <tr
      role="row"
      data-key={`${props.title} ${term}`}
      tabIndex={isFirst ? 0 : -1}
      style={{ '--share': `${Math.round(100 * share)}%` }}
    >
      {has('rank') && (
        <td role="cell" class="rank">
          {rank}
        </td>
      )}
      <td role="cell" class="term">
        {narrowing === undefined ? (
          name
        ) : (
          <a href={narrowing.filterHref} title={term} aria-current={isChosen ? 'true' : undefined}>
            {name}
          </a>
        )}
        {props.beside?.(term)}
        <Estimate weighted={weighted} />
      </td>
      {has('count') && (
        <td role="cell" class="count">
          {formatCount(count)}
        </td>
      )}
      {has('share') && (
        <td role="cell" class="share">
          {shareText(count, props.total)}
        </td>
      )}
    </tr>
  );
}

function textOf(title: string, terms: readonly RankedTerm[], total: number): TextTable {
  const hasEstimates = terms.some(({ weighted }) => weighted !== undefined);
  return {
    titles: ['Rank', title, 'Crashes', 'Share (%)', ...(hasEstimates ? ['Estimate', 'Low', 'High'] : [])],
    rows: terms.map(({ term, count, weighted, rank }) => [
      rank,
      term,
      count,
      total === 0 ? undefined : Number(((100 * count) / total).toFixed(2)),
      ...(hasEstimates ? [weighted?.count, weighted?.low, weighted?.high] : []),
    ]),
  };
}
