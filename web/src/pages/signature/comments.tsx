// What people wrote about their crash. It may hold anything they typed, so it is shown by permission alone.
import type { VNode } from 'preact';
import { recentSearch, search, searchApiPath, type SearchPage } from '../../api/search';
import { kAbsent, plainQuery, type SearchQuery } from '../../api/search_query';
import { reportPath } from '../../base/crash_id';
import { formatTime } from '../../base/format';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { EmptyList } from '../../widgets/empty_list';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import type { TabProps } from './tab_props';

const kNotShown: ProblemWords = {
  title: 'Comments are shown only by permission',
  advice: 'They may hold what a person typed. People with the permission view_pii see them here.',
};
const kOwnWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: kNotShown,
  'signed-out': kNotShown,
  'bad-request': kNotShown,
};

export function Comments({ conditions }: TabProps): VNode {
  const query: SearchQuery = {
    ...plainQuery([...conditions, { field: 'user_comments', operator: '', negated: true, value: kAbsent }]),
    columns: ['date', 'user_comments', 'product', 'version'],
    facets: [],
  };
  const { value, problem } = useRemote<SearchPage>({
    key: searchApiPath(query),
    ask: (signal) => search(query, signal),
    recent: recentSearch(query),
  });
  if (problem !== undefined) return <ProblemView problem={problem} words={kOwnWords} />;
  if (value === undefined) return <Loading />;
  if (value.hits.length === 0)
    return (
      <EmptyList title="No comments">
        <p>Nobody wrote anything about these crashes.</p>
      </EmptyList>
    );
  return (
    <ol class="comments">
      {value.hits.map((hit) => (
        <li key={hit.id}>
          <p class="quiet">
            <a href={reportPath(hit.id)}>{hit.time === undefined ? hit.id : formatTime(hit.time)}</a>{' '}
            {hit.values.get('product')} {hit.values.get('version')}
          </p>
          <blockquote dir="auto">{hit.values.get('user_comments')}</blockquote>
        </li>
      ))}
    </ol>
  );
}
