// One line over the table: a part of the file's name, the days, and the list as a CSV file. The URL holds all of it.
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { dateWords, missingCsvPath, missingPath, type MissingQuery } from '../../api/missing_query';

const kDayMs = 24 * 3_600_000;

export interface FiltersProps {
  readonly query: MissingQuery;
  readonly now: Date;
  readonly navigate: (path: string) => void;
  // What was found.
  readonly children: ComponentChildren;
}

export function Filters({ query, now, navigate, children }: FiltersProps): VNode {
  return (
    <div class="status-line">
      <p>{children}</p>
      <Days query={query} now={now} />
      <FileFilter query={query} navigate={navigate} />
      <a class="csv" href={missingCsvPath(query)} download="missingsymbols.csv" title="All of them, with their debug and code ids">CSV</a>
    </div>
  );
}

function Days({ query, now }: { query: MissingQuery; now: Date }): VNode {
  const ranges = dayRangesAt(now);
  const chosen = ranges.findIndex(({ dates }) => dates.join() === query.dates.join());
  return (
    <nav class="ranges" aria-label="Days shown">
      {ranges.map(({ text, dates }, index) => (
        <a key={text} href={missingPath(query, { dates })} aria-current={index === chosen ? 'true' : undefined}>{text}</a>
      ))}
      {chosen < 0 && <span class="other">{query.dates.map(dateWords).join(', ')}</span>}
    </nav>
  );
}

// Today is the last of the days. 90 are all that the server keeps.
export function dayRangesAt(now: Date): readonly { readonly text: string; readonly dates: readonly string[] }[] {
  const since = (days: number): string => `>=${new Date(now.getTime() - (days - 1) * kDayMs).toISOString().slice(0, 10)}`;
  return [
    { text: '7 days', dates: [since(7)] },
    { text: '28 days', dates: [since(28)] },
    { text: '90 days', dates: [] },
  ];
}

function FileFilter({ query, navigate }: { query: MissingQuery; navigate: (path: string) => void }): VNode {
  const [text, setText] = useState(query.file);
  useEffect(() => setText(query.file), [query.file]);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (text.trim() !== query.file) navigate(missingPath(query, { file: text.trim() }));
  };
  return (
    <form class="file-filter" onSubmit={onSubmit}>
      <input
        type="text"
        aria-label="Part of the file name"
        placeholder="Part of the file name"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit">Filter</button>
      {query.file !== '' && <a href={missingPath(query, { file: '' })}>Clear</a>}
    </form>
  );
}
