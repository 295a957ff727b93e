// In place of an empty table: why it is empty, and the way out.
import type { VNode } from 'preact';
import { dateWords, kAllMissing, missingApiPath, missingPath, type MissingQuery } from '../../../api/missing_query';
import { askMissing, recentMissing, type MissingPage } from '../../../api/missing_symbols';
import { countOf } from '../../../base/format';
import { EmptyList } from '../../../widgets/empty_list';
import { useRemote } from '../../../widgets/use_remote';

// `total`: modules of all pages.
export function NothingMissing({ query, total }: { query: MissingQuery; total: number }): VNode {
  if (total > 0) {
    return (
      <EmptyList title="The list ends before this page">
        <p><a href={missingPath(query)}>Go to its beginning</a></p>
      </EmptyList>
    );
  }
  if (query.dates.length > 0) return <NoneInDays query={query} />;
  if (query.file !== '') return <NoneOfName query={query} />;
  return (
    <EmptyList title="No module is missing symbols">
      <p>What crashes, requests for names and downloads ask for in vain appears here within seconds.</p>
    </EmptyList>
  );
}

// Of two filters the one that hides something is told, so the server is asked without the days.
function NoneInDays({ query }: { query: MissingQuery }): VNode {
  const anyDay = { ...kAllMissing, file: query.file };
  const { value } = useRemote<MissingPage>({ key: missingApiPath(anyDay), ask: (signal) => askMissing(anyDay, signal), recent: recentMissing(anyDay) });
  if (value?.total === 0) return query.file === '' ? <NothingMissing query={anyDay} total={0} /> : <NoneOfName query={query} />;
  return (
    <EmptyList title="None in these days">
      <p>
        No module{query.file !== '' && <> with <Name text={query.file} /> in its name</>} was missed {query.dates.map(dateWords).join(' and ')}.
        {value !== undefined && ` In all days that are kept ${countOf(value.total, 'was', 'were')}.`}
      </p>
      <p><a href={missingPath(query, { dates: [] })}>Show all days</a></p>
    </EmptyList>
  );
}

function NoneOfName({ query }: { query: MissingQuery }): VNode {
  return (
    <EmptyList title="No such file">
      <p>No module that is missing symbols has <Name text={query.file} /> in its name, on any day that is kept.</p>
      <p><a href={missingPath(query, { file: '' })}>Take the name away</a></p>
    </EmptyList>
  );
}

function Name({ text }: { text: string }): VNode {
  return <>“<bdi class="mono">{text}</bdi>”</>;
}
