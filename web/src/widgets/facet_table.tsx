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
  // How a value is written, if not as it is.
  readonly textOf?: (term: string) => string;
}

export function shareText(count: number, total: number): string {
  if (total === 0) return '';
  const percent = (100 * count) / total;
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(percent < 9.95 ? 1 : 0)} %`;
}

export function FacetTable(props: FacetTableProps): VNode {
  const { title, terms, total, narrowingOf, isChosen } = props;
  const navigate = useContext(NavigateContext);
  const most = Math.max(1, ...terms.map(({ count }) => count));
  const hasEstimates = terms.some(({ weighted }) => weighted !== undefined);
  const table = (): TextTable => textOf(title, terms, total);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (moveByKey(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const term = terms[rowIndexOf(event)];
    const narrowing = term === undefined ? undefined : narrowingOf?.(term.term);
    const isOnRow = event.target instanceof HTMLTableRowElement || event.target instanceof HTMLTableCellElement;
    if (narrowing === undefined || !(event.key === 'f' || event.key === 'e' || (event.key === 'Enter' && isOnRow))) return;
    event.preventDefault();
    navigate(event.key === 'e' ? narrowing.excludeHref : narrowing.filterHref);
  };
  return (
    <section class="facet">
      <header>
        <h2>{title}</h2>
        {props.actions}
        <details class="drop right">
          <summary aria-label={`Copy ${title}`} title="Copy">⧉</summary>
          <div class="choice">
            <CopyButton label="CSV" title={`Copy ${title} as CSV`} text={() => asCsv(table())} />
            <CopyButton label="Markdown" title={`Copy ${title} as Markdown`} text={() => asMarkdown(table())} />
          </div>
        </details>
      </header>
      {terms.length === 0 ? <p class="quiet">None.</p> : (
        <table role="table">
          <caption class="hidden">{title}: the most frequent values</caption>
          <thead role="rowgroup" class="hidden">
            <tr role="row">
              <th role="columnheader" scope="col">Rank</th>
              <th role="columnheader" scope="col">Value</th>
              <th role="columnheader" scope="col">Crashes</th>
              <th role="columnheader" scope="col">Share</th>
            </tr>
          </thead>
          <tbody role="rowgroup" onKeyDown={onKeyDown}>
            {terms.map(({ term, count, weighted }, index) => {
              const narrowing = narrowingOf?.(term);
              const text = props.textOf?.(term) ?? term;
              const name = text === '' ? '(none)' : <CodeName name={text} lengthMax={kMaxTerm} />;
              return (
                <tr key={term} role="row" data-key={`${title} ${term}`} tabIndex={index === 0 ? 0 : -1} style={{ '--share': `${Math.round((100 * count) / most)}%` }}>
                  <td role="cell" class="rank">{index + 1}</td>
                  <td role="cell" class="term">
                    {narrowing === undefined ? name
                      : <a href={narrowing.filterHref} title={term} aria-current={isChosen?.(term) === true ? 'true' : undefined}>{name}</a>}
                    {hasEstimates && <Estimate weighted={weighted} />}
                  </td>
                  <td role="cell" class="count">{formatCount(count)}</td>
                  <td role="cell" class="share">{shareText(count, total)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {props.children}
    </section>
  );
}

function textOf(title: string, terms: readonly FacetTerm[], total: number): TextTable {
  const hasEstimates = terms.some(({ weighted }) => weighted !== undefined);
  return {
    titles: ['Rank', title, 'Crashes', 'Share (%)', ...(hasEstimates ? ['Estimate', 'Low', 'High'] : [])],
    rows: terms.map(({ term, count, weighted }, index) => [
      index + 1, term, count, total === 0 ? undefined : Number(((100 * count) / total).toFixed(2)),
      ...(hasEstimates ? [weighted?.count, weighted?.low, weighted?.high] : []),
    ]),
  };
}
