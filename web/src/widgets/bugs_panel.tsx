// Bugs that people tied to a signature, other signatures of the same bugs, a way to tie one for those who may, and the
// forms of trackers for a new one, filled in.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import {
  askBugForms,
  askBugs,
  askRelated,
  relatedOf,
  linkBug,
  unlinkBug,
  type Bug,
  type BugForm,
  type BugOrigin,
} from '../api/bugs';
import { pathOfSignature } from '../api/signature';
import { joinPresent } from '../base/format';
import type { ProblemKind, ProblemWords } from '../base/problem';
import './bugs_panel.css';
import { CodeName } from './code_name';
import { DataTable, type Column } from './data_table';
import { Loading } from './problem_view';
import { ProblemLine } from './problem_line';
import { useAction } from './use_action';
import { isAllowed, useMe } from './use_me';
import { useRemote } from './use_remote';

const kWords: Partial<Record<ProblemKind, ProblemWords>> = {
  'no-service': { title: 'This server keeps no bugs', advice: '' },
  forbidden: { title: 'You may not do this: it needs the permission edit_bugs', advice: '' },
};

export interface BugsPanelProps {
  readonly signature: string;
  // What a new bug is filled in from.
  readonly origin: BugOrigin;
}

export function BugsPanel({ signature, origin }: BugsPanelProps): VNode {
  const {
    value: bugs,
    problem,
    askAgain,
  } = useRemote<readonly Bug[]>({
    key: signature,
    ask: (signal) => askBugs(signature, signal),
    recent: undefined,
  });
  const mayEdit = isAllowed(useMe(), 'edit_bugs');
  return (
    <>
      <section>
        <h2>Bugs of this signature</h2>
        {bugs === undefined && problem === undefined && <Loading />}
        <ProblemLine problem={problem} words={kWords} />
        {bugs !== undefined && bugs.length === 0 && (
          <p class="quiet">No bug is tied to it.</p>
        )}
        {bugs !== undefined && bugs.length > 0 && (
          <BugTable bugs={bugs} signature={signature} mayEdit={mayEdit} onChanged={askAgain} />
        )}
        {mayEdit && <LinkForm signature={signature} onChanged={askAgain} />}
      </section>
      {bugs !== undefined && bugs.length > 0 && <Related signature={signature} bugs={bugs} />}
      <NewBug origin={origin} />
    </>
  );
}

interface BugTableProps {
  readonly bugs: readonly Bug[];
  readonly signature: string;
  readonly mayEdit: boolean;
  readonly onChanged: () => void;
}

function BugTable({ bugs, signature, mayEdit, onChanged }: BugTableProps): VNode {
  const action = useAction();
  const untie = ({ id, tracker }: Bug): void =>
    action.run((signal) => unlinkBug({ signature, bug: id, tracker }, signal), onChanged);
  const columns: readonly Column<Bug>[] = [
    { name: 'bug', title: 'Bug', value: ({ id }) => id, cell: (bug) => <BugName bug={bug} /> },
    {
      name: 'status',
      title: 'Status',
      value: ({ status, resolution }) => joinPresent([status, resolution]),
      cell: ({ status, resolution }) =>
        joinPresent([status, resolution]) || <span class="quiet">unknown</span>,
    },
    {
      name: 'summary',
      title: 'Summary',
      value: ({ summary }) => summary,
      cell: ({ summary }) => <bdi>{summary}</bdi>,
    },
  ];
  const untying: Column<Bug> = {
    name: 'untie',
    title: '',
    cell: (bug) => (
      <button
        type="button"
        class="more"
        disabled={action.isBusy}
        aria-label={`Untie bug ${bug.id}`}
        onClick={() => untie(bug)}
      >
        Untie
      </button>
    ),
  };
  return (
    <>
      <DataTable
        caption="Bugs of this signature"
        name="bugs"
        columns={mayEdit ? [...columns, untying] : columns}
        rows={bugs}
        rowKey={({ id, tracker }) => `${tracker ?? ''} ${id}`}
      />
      <ProblemLine problem={action.problem} words={kWords} />
    </>
  );
}

function BugName({ bug: { id, url, resolution } }: { bug: Bug }): VNode {
  const name = resolution === undefined ? id : <s>{id}</s>;
  return url === undefined ? (
    <span class="mono">{name}</span>
  ) : (
    <a class="mono" href={url} target="_blank" rel="noreferrer">
      {name}
    </a>
  );
}

function LinkForm({ signature, onChanged }: { signature: string; onChanged: () => void }): VNode {
  const [bug, setBug] = useState('');
  const action = useAction();
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (bug.trim() === '') return;
    action.run(
      (signal) => linkBug({ signature, bug: bug.trim() }, signal),
      () => {
        setBug('');
        onChanged();
      },
    );
  };
  return (
    <form class="tie-form" onSubmit={onSubmit}>
      <label>
        Number or address of a bug{' '}
        <input
          type="text"
          required
          autocomplete="off"
          spellcheck={false}
          value={bug}
          onInput={(event) => setBug(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={action.isBusy}>
        Tie it to the signature
      </button>
      <ProblemLine problem={action.problem} words={kWords} />
    </form>
  );
}

// One bug is often behind several signatures.
function Related({ signature, bugs }: { signature: string; bugs: readonly Bug[] }): VNode | null {
  const ids = [...new Set(bugs.map(({ id }) => id))];
  const { value } = useRemote<readonly Bug[]>({
    key: ids.join(' '),
    ask: (signal) => askRelated(ids, signal),
    recent: undefined,
  });
  const others = relatedOf(value ?? [], bugs).filter((bug) => bug.signature !== signature);
  if (others.length === 0) return null;
  const columns: readonly Column<Bug>[] = [
    {
      name: 'signature',
      title: 'Signature',
      value: (bug) => bug.signature,
      cell: (bug) => (
        <a href={pathOfSignature(bug.signature ?? '')}>
          <CodeName name={bug.signature ?? ''} />
        </a>
      ),
    },
    { name: 'bug', title: 'Bug', value: ({ id }) => id, cell: (bug) => <BugName bug={bug} /> },
  ];
  return (
    <section>
      <DataTable
        caption="Other signatures of these bugs"
        name="related"
        columns={columns}
        rows={others}
        rowKey={(bug) => `${bug.tracker ?? ''} ${bug.id} ${bug.signature ?? ''}`}
        tools={{ beside: <h2>Other signatures of these bugs</h2> }}
      />
    </section>
  );
}

function NewBug({ origin }: { origin: BugOrigin }): VNode {
  const { value: forms, problem } = useRemote<readonly BugForm[]>({
    key: JSON.stringify(origin),
    ask: (signal) => askBugForms(origin, signal),
    recent: undefined,
  });
  return (
    <section>
      <h2>New bug</h2>
      {problem !== undefined ? (
        <ProblemLine
          problem={problem}
          words={{ ...kWords, 'no-service': { title: 'This server has no templates of bugs', advice: '' } }}
        />
      ) : forms === undefined ? (
        <Loading />
      ) : forms.length === 0 ? (
        <p class="quiet">The product has no templates of bugs. Whoever administers it can add some.</p>
      ) : (
        <>
          <p class="quiet">
            Each opens the tracker’s form with the signature, the reason and the top frames. Nothing is filed
            before you send it.
          </p>
          <ul class="bug-forms">
            {forms.map(({ label, url }) => (
              <li key={url}>
                <a href={url} target="_blank" rel="noreferrer">
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
