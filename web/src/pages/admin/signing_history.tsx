// Decisions about single signatures, and who changed what when.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askHistory, splitDecision, undoSigning, type Decision, type Revision } from '../../api/signing';
import { formatTime, joinPresent } from '../../base/format';
import { CodeName } from '../../widgets/code_name';
import { DataTable, type Column } from '../../widgets/data_table';
import { ProblemLine } from '../../widgets/problem_line';
import { Loading } from '../../widgets/problem_view';
import { useAction } from '../../widgets/use_action';
import { useRemote } from '../../widgets/use_remote';
import { kAdminWords } from './admin_frame';

const kDecisionColumns: readonly Column<Decision>[] = [
  {
    name: 'from',
    title: 'From',
    value: ({ from }) => from.join('\n'),
    cell: ({ from }) => (
      <ul>
        {from.map((signature) => (
          <li key={signature}>
            <CodeName name={signature} />
          </li>
        ))}
      </ul>
    ),
  },
  {
    name: 'to',
    title: 'To',
    value: ({ to }) => to,
    cell: ({ to, kind }) => (
      <>
        <CodeName name={to} /> <span class="quiet">({kind})</span>
      </>
    ),
  },
  { name: 'who', title: 'Who', value: ({ who }) => who, cell: ({ who }) => <bdi>{who}</bdi> },
  {
    name: 'date',
    title: 'Time (UTC)',
    value: ({ time }) => (time === undefined ? undefined : formatTime(time)),
    cell: ({ time }) => (time === undefined ? '' : formatTime(time)),
  },
  { name: 'why', title: 'Why', value: ({ why }) => why, cell: ({ why }) => why },
];

export function Decisions({
  decisions,
  onChanged,
}: {
  decisions: readonly Decision[];
  onChanged: () => void;
}): VNode | null {
  const action = useAction();
  if (decisions.length === 0) return null;
  const takingBack: Column<Decision> = {
    name: 'take-back',
    title: '',
    cell: ({ id }) => (
      <button
        type="button"
        disabled={action.isBusy}
        aria-label={`Take back decision ${id}`}
        onClick={() => action.run((signal) => splitDecision(id, signal), onChanged)}
      >
        Take back
      </button>
    ),
  };
  return (
    <section>
      <DataTable
        caption="Merges and renamings"
        name="decisions"
        columns={[...kDecisionColumns, takingBack]}
        rows={decisions}
        rowKey={({ id }) => String(id)}
        tools={{
          beside: (
            <h2>
              Decisions <span class="thread-name">{decisions.length}</span>
            </h2>
          ),
        }}
      />
      <ProblemLine problem={action.problem} words={kAdminWords} />
    </section>
  );
}

export function History({ revision, onChanged }: { revision: number; onChanged: () => void }): VNode {
  const { value: revisions, problem } = useRemote<readonly Revision[]>({
    key: String(revision),
    ask: (signal) => askHistory(undefined, signal),
    recent: undefined,
  });
  return (
    <section>
      <h2>History</h2>
      {revisions === undefined ? (
        problem === undefined ? (
          <Loading />
        ) : (
          <ProblemLine problem={problem} words={kAdminWords} />
        )
      ) : revisions.length === 0 ? (
        <p class="quiet">Nobody has changed anything.</p>
      ) : (
        <RevisionTable revisions={revisions} />
      )}
      {revisions !== undefined && revisions.length > 0 && <UndoForm onDone={onChanged} />}
    </section>
  );
}

const kRevisionColumns: readonly Column<Revision>[] = [
  {
    name: 'revision',
    title: 'Revision',
    isNumeric: true,
    value: ({ revision }) => revision,
    cell: ({ revision }) => revision,
  },
  {
    name: 'date',
    title: 'Time (UTC)',
    value: ({ time }) => (time === undefined ? undefined : formatTime(time)),
    cell: ({ time }) => (time === undefined ? '' : formatTime(time)),
  },
  { name: 'who', title: 'Who', value: ({ who }) => who, cell: ({ who }) => <bdi>{who}</bdi> },
  {
    name: 'what',
    title: 'What',
    value: ({ action, about }) => joinPresent([action, about]),
    cell: ({ action, about }) => (
      <>
        {action} <span class="quiet">{about}</span>
      </>
    ),
  },
  { name: 'why', title: 'Why', value: ({ why }) => why, cell: ({ why }) => why },
];

export function RevisionTable({ revisions }: { revisions: readonly Revision[] }): VNode {
  return (
    <DataTable
      caption="Changes of signatures"
      name="revisions"
      columns={kRevisionColumns}
      rows={revisions}
      rowKey={({ revision }) => String(revision)}
    />
  );
}

// Restores what was before the newest change; a second time one step further.
function UndoForm({ onDone }: { onDone: () => void }): VNode {
  const [why, setWhy] = useState('');
  const action = useAction();
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    action.run(
      (signal) => undoSigning(why.trim(), signal),
      () => {
        setWhy('');
        onDone();
      },
    );
  };
  return (
    <details class="block">
      <summary>
        <h3>Undo the newest change</h3>
      </summary>
      <form class="form" onSubmit={onSubmit}>
        <p class="quiet">
          It puts in force what was before, signatures of history included, and is itself a revision.
        </p>
        <label>
          Why{' '}
          <input
            type="text"
            maxLength={1000}
            value={why}
            onInput={(event) => setWhy(event.currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button type="submit" disabled={action.isBusy}>
            Undo it
          </button>
        </div>
        <ProblemLine problem={action.problem} words={kAdminWords} />
      </form>
    </details>
  );
}
