// Bugs that people tied to the signature, forms for new ones, and for those who may, a way to tie one.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askBugs, askSignatureBugForms, linkBug, unlinkBug, type Bug, type BugForm } from '../../api/bugs';
import { askMe, type Me } from '../../api/me';
import { problemWords, type Problem } from '../../base/problem';
import { DataTable, type Column } from '../../widgets/data_table';
import { Loading } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import type { TabProps } from './tab_props';

export function Bugs({ query: { signature } }: TabProps): VNode {
  const [turn, setTurn] = useState(0);
  const bugs = useRemote<readonly Bug[]>({
    key: `${turn} ${signature}`,
    ask: (signal) => askBugs(signature, signal),
    recent: undefined,
  });
  const forms = useRemote<readonly BugForm[]>({
    key: signature,
    ask: (signal) => askSignatureBugForms(signature, signal),
    recent: undefined,
  });
  const me = useRemote<Me>({ key: '', ask: askMe, recent: undefined });
  const canEdit = me.value?.permissions.has('edit_bugs') === true;
  const reload = (): void => setTurn((before) => before + 1);
  return (
    <div class="bugs-tab">
      {bugs.value === undefined &&
        (bugs.problem === undefined ? <Loading /> : <NoBugs problem={bugs.problem} />)}
      {bugs.value !== undefined && (
        <BugTable signature={signature} bugs={bugs.value} canEdit={canEdit} onChanged={reload} />
      )}
      {forms.value !== undefined && forms.value.length > 0 && (
        <p class="tab-tools">
          <span class="quiet">File a new bug, with the top frames filled in:</span>
          {forms.value.map(({ label, url }) => (
            <a key={url} href={url} target="_blank" rel="noreferrer">
              {label}
            </a>
          ))}
        </p>
      )}
      {canEdit && <LinkForm signature={signature} onChanged={reload} />}
    </div>
  );
}

function NoBugs({ problem }: { problem: Problem }): VNode {
  const isOlder = problem.kind === 'no-service' || problem.kind === 'not-found';
  return (
    <p class="quiet" role="status">
      {isOlder ? 'This server keeps no list of bugs.' : `${problemWords(problem.kind).title}.`}
    </p>
  );
}

interface BugTableProps {
  readonly signature: string;
  readonly bugs: readonly Bug[];
  readonly canEdit: boolean;
  readonly onChanged: () => void;
}

function BugTable({ signature, bugs, canEdit, onChanged }: BugTableProps): VNode {
  if (bugs.length === 0)
    return (
      <p class="quiet" role="status">
        No bug is tied to this signature.
      </p>
    );
  const remove = (bug: string): void =>
    void unlinkBug({ signature, bug }, new AbortController().signal).then(
      (answer) => answer.ok && onChanged(),
    );
  const columns: readonly Column<Bug>[] = [
    {
      name: 'bug',
      title: 'Bug',
      value: ({ id }) => id,
      cell: ({ id, url }) =>
        url === undefined ? (
          id
        ) : (
          <a href={url} target="_blank" rel="noreferrer">
            {id}
          </a>
        ),
    },
    {
      name: 'status',
      title: 'Status',
      value: ({ status, resolution }) => [status, resolution].filter((word) => word !== undefined).join(' '),
      cell: ({ status, resolution }) =>
        [status, resolution].filter((word) => word !== undefined).join(' ') || (
          <span class="quiet">unknown</span>
        ),
    },
    {
      name: 'summary',
      title: 'Summary',
      value: ({ summary }) => summary,
      cell: ({ summary }) => <bdi>{summary}</bdi>,
    },
    ...(canEdit
      ? [
          {
            name: 'remove',
            title: '',
            cell: ({ id }: Bug) => (
              <button type="button" class="more" onClick={() => remove(id)}>
                Untie
              </button>
            ),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      caption="Bugs of this signature"
      name="bugs"
      columns={columns}
      rows={bugs}
      rowKey={({ id, url }) => `${id} ${url ?? ''}`}
      tools={{}}
    />
  );
}

function LinkForm({ signature, onChanged }: { signature: string; onChanged: () => void }): VNode {
  const [bug, setBug] = useState('');
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (bug.trim() === '') return;
    void linkBug({ signature, bug: bug.trim() }, new AbortController().signal).then((answer) => {
      setProblem(answer.ok ? undefined : answer.problem);
      if (!answer.ok) return;
      setBug('');
      onChanged();
    });
  };
  return (
    <form class="tab-tools" onSubmit={onSubmit}>
      <label>
        Tie a bug to this signature{' '}
        <input
          type="text"
          placeholder="Number or address"
          value={bug}
          onInput={(event) => setBug(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Tie</button>
      {problem !== undefined && (
        <span class="trouble" role="alert">
          {problem.detail === '' ? problemWords(problem.kind).title : problem.detail}
        </span>
      )}
    </form>
  );
}
