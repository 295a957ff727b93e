// The most frequent values of a field, each a link that narrows the search to it.
import type { VNode } from 'preact';
import { formatCount } from '../base/format';
import { CodeName } from './code_name';

// Three lines of the list.
const kMaxTerm = 80;

export interface FacetEntry {
  readonly term: string;
  readonly count: number;
  readonly href: string;
  readonly chosen: boolean;
}

export function FacetList({ title, entries }: { title: string; entries: readonly FacetEntry[] }): VNode {
  const most = Math.max(1, ...entries.map((entry) => entry.count));
  return (
    <section class="facet" aria-label={title}>
      <h2>{title}</h2>
      {entries.length === 0 && <p class="quiet">None.</p>}
      <ol>
        {entries.map((entry) => (
          <li key={entry.term} style={{ '--share': `${Math.round((100 * entry.count) / most)}%` }}>
            <a href={entry.href} title={entry.term} aria-current={entry.chosen ? 'true' : undefined}>
              <span class="term">{entry.term === '' ? '(no signature)' : <CodeName name={entry.term} lengthMax={kMaxTerm} />}</span>
              <span class="count">{formatCount(entry.count)}</span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
