// One line over the table: a part of the file's name, the days, and the list as a CSV file. The URL holds all of it.
import type { ComponentChildren, VNode } from 'preact';
import { dateWords, missingCsvPath, missingPath, type MissingQuery } from '../../../api/missing_query';
import { Choices } from '../../../widgets/choices';
import { TextFilter } from '../../../widgets/text_filter';

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
      <TextFilter
        fields={[{ name: 'file', label: 'Part of the file name', value: query.file }]}
        onFilter={({ file = '' }) => navigate(missingPath(query, { file }))}
        clearHref={query.file === '' ? undefined : missingPath(query, { file: '' })}
      />
      <a class="csv" href={missingCsvPath(query)} download="missingsymbols.csv" title="All of them, with their debug and code ids">CSV</a>
    </div>
  );
}

function Days({ query, now }: { query: MissingQuery; now: Date }): VNode {
  const ranges = dayRangesAt(now);
  const chosen = ranges.findIndex(({ dates }) => dates.join() === query.dates.join());
  return (
    <Choices
      label="Days shown"
      choices={ranges.map(({ text, dates }, index) => ({ text, href: missingPath(query, { dates }), chosen: index === chosen }))}
      other={chosen < 0 ? query.dates.map(dateWords).join(', ') : undefined}
    />
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
