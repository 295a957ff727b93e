// What people wrote about their crash. It may hold anything they typed, so it is shown by permission alone.
import type { VNode } from 'preact';
import { askComments, type Comment, type CommentPage } from '../../api/comments';
import { exactTerm } from '../../api/search_query';
import { reportPath } from '../../base/crash_id';
import { countOf, formatTime, joinPresent } from '../../base/format';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { DataTable, type Column } from '../../widgets/data_table';
import { GrantedProducts } from '../../widgets/granted_products';
import { LongText } from '../../widgets/long_text';
import { NothingFound, type Wanted } from '../../widgets/nothing_found';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { productsWith, useMe } from '../../widgets/use_me';
import { useRemote } from '../../widgets/use_remote';
import { emptied, type TabProps } from './tab_props';

const kNotShown: ProblemWords = {
  title: 'Comments are shown only by permission',
  advice: 'They may hold what a person typed. People with the permission view_pii see them here.',
};
const kOwnWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: kNotShown,
  'signed-out': kNotShown,
};

const kColumns: readonly Column<Comment>[] = [
  {
    name: 'date',
    title: 'Time (UTC)',
    value: ({ time }) => (time === undefined ? undefined : formatTime(time)),
    cell: ({ id, time }) => <a href={reportPath(id)}>{time === undefined ? id : formatTime(time)}</a>,
  },
  {
    name: 'version',
    title: 'Version',
    value: ({ product, version }) => joinPresent([product, version]),
    cell: ({ product, version }) => joinPresent([product, version]),
  },
  {
    name: 'comment',
    title: 'Comment',
    value: ({ text }) => text,
    cell: ({ text }) => (
      <span dir="auto">
        <LongText text={text} />
      </span>
    ),
  },
];

// Those of as many reports as the server reads for one page.
const kWanted: Omit<Wanted, 'words'> = {
  title: 'No comments',
  unit: ['comment', 'comments'],
  count: async (conditions, signal) => {
    const answer = await askComments(conditions, undefined, signal);
    return answer.ok ? answer.value.comments.length : undefined;
  },
};

export function Comments({ query, conditions, parameters, pathOf }: TabProps): VNode {
  const cursor = parameters.get('_cursor') ?? undefined;
  const granted = productsWith(useMe(), 'view_pii');
  const { value, problem } = useRemote<CommentPage>({
    key: JSON.stringify([conditions, cursor]),
    ask: (signal) => askComments(conditions, cursor, signal),
    recent: undefined,
  });
  if (problem !== undefined) return <ProblemView problem={problem} words={kOwnWords} />;
  if (value === undefined) return <Loading />;
  const { comments, read, total, cursor: next } = value;
  const looked = `${countOf(comments.length, 'comment', 'comments')} in ${countOf(read, 'report', 'reports')}`;
  return (
    <div class="comments-tab">
      {granted.length > 0 && (
        <p class="quiet">
          You have the permission view_pii for single products, and see what people wrote about them:{' '}
          <GrantedProducts
            products={granted}
            hrefOf={(product) =>
              pathOf({ conditions: [...conditions.filter(({ field }) => field !== 'product'), exactTerm('product', product)] })
            }
          />
          .
        </p>
      )}
      {comments.length === 0 ? (
        <NothingFound
          {...emptied(query, pathOf)}
          wanted={{ ...kWanted, words: `Nobody wrote anything about ${countOf(read, 'report', 'reports')} of these.` }}
        />
      ) : (
        <DataTable
          caption="Comments"
          name="comments"
          columns={kColumns}
          rows={comments}
          rowKey={({ id }) => id}
          tools={{ beside: <strong>{looked}</strong> }}
        />
      )}
      {next !== undefined && (
        <p class="tab-tools">
          <a href={pathOf({ more: [['_cursor', next]] })}>
            Look at older ones of {countOf(total, 'report', 'reports')}
          </a>
        </p>
      )}
    </div>
  );
}
