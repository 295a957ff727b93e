// The most frequent values of a field: rank, value, count and share. Each value leads to the search narrowed to it.
import { useContext } from 'preact/hooks';
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

export function FacetTable(props: FacetTableProps): VNode {
  const { title, terms, total } = props;
  return (
    <section class="facet">
      <header>
        <h2>{title}</h2>
        {props.actions}
        <CopyMenu title={title} table={() => textOf(title, terms, total)} />
      </header>
      {terms.length === 0 ? <p class="quiet">None.</p> : <Terms {...props} />}
      {props.children}
    </section>
  );
}

function CopyMenu({ title, table }: { title: string; table: () => TextTable }): VNode {
  return (
    <details class="drop right">
      <summary aria-label={`Copy ${title}`} title="Copy">
        ⧉
      </summary>
      <div class="choice">
        <CopyButton label="CSV" title={`Copy ${title} as CSV`} text={() => asCsv(table())} />
        <CopyButton label="Markdown" title={`Copy ${title} as Markdown`} text={() => asMarkdown(table())} />
      </div>
    </details>
  );
}

const kHeadings = ['Rank', 'Value', 'Crashes', 'Share'];

function Terms(props: FacetTableProps): VNode {
  const { title, terms, narrowingOf } = props;
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
          {kHeadings.map((heading) => (
            <th key={heading} role="columnheader" scope="col">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" onKeyDown={onKeyDown}>
        {terms.map((term, index) => (
          <TermRow key={term.term} {...props} term={term} rank={index + 1} share={term.count / most} />
        ))}
      </tbody>
    </table>
  );
}

interface TermRowProps extends FacetTableProps {
  readonly term: FacetTerm;
  readonly rank: number;
  // Of the most frequent one.
  readonly share: number;
}

function TermRow({ term: { term, count, weighted }, rank, share, ...props }: TermRowProps): VNode {
  const narrowing = props.narrowingOf?.(term);
  const text = props.textOf?.(term) ?? term;
  const name = text === '' ? '(none)' : <CodeName name={text} lengthMax={kMaxTerm} />;
  const isChosen = props.isChosen?.(term) === true;
  return (
    <tr
      role="row"
      data-key={`${props.title} ${term}`}
      tabIndex={rank === 1 ? 0 : -1}
      style={{ '--share': `${Math.round(100 * share)}%` }}
    >
      <td role="cell" class="rank">
        {rank}
      </td>
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
      <td role="cell" class="count">
        {formatCount(count)}
      </td>
      <td role="cell" class="share">
        {shareText(count, props.total)}
      </td>
    </tr>
  );
}

function textOf(title: string, terms: readonly FacetTerm[], total: number): TextTable {
  const hasEstimates = terms.some(({ weighted }) => weighted !== undefined);
  return {
    titles: ['Rank', title, 'Crashes', 'Share (%)', ...(hasEstimates ? ['Estimate', 'Low', 'High'] : [])],
    rows: terms.map(({ term, count, weighted }, index) => [
      index + 1,
      term,
      count,
      total === 0 ? undefined : Number(((100 * count) / total).toFixed(2)),
      ...(hasEstimates ? [weighted?.count, weighted?.low, weighted?.high] : []),
    ]),
  };
}
