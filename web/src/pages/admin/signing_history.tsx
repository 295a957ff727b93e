// Decisions about single signatures, and who changed what when.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askHistory, splitDecision, undoSigning, type Decision, type Revision } from '../../api/signing';
import { formatTime } from '../../base/format';
import { CodeName } from '../../widgets/code_name';
import { ProblemLine } from '../../widgets/problem_line';
import { Loading } from '../../widgets/problem_view';
import { useAction } from '../../widgets/use_action';
import { useRemote } from '../../widgets/use_remote';
import { kAdminWords } from './admin_frame';

export function Decisions({
  decisions,
  onChanged,
}: {
  decisions: readonly Decision[];
  onChanged: () => void;
}): VNode | null {
  const action = useAction();
  if (decisions.length === 0) return null;
  return (
    <section>
      <h2>
        Decisions <span class="thread-name">{decisions.length}</span>
      </h2>
      <table class="plain stacked">
        <caption class="hidden">Merges and renamings</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Who, when, why</th>
            <th scope="col">
              <span class="hidden">Take back</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {decisions.map(({ id, kind, from, to, who, why, time }) => (
            <tr key={id}>
              <td>
                <ul>
                  {from.map((signature) => (
                    <li key={signature}>
                      <CodeName name={signature} />
                    </li>
                  ))}
                </ul>
              </td>
              <td>
                <CodeName name={to} /> <span class="quiet">({kind})</span>
              </td>
              <td>
                <bdi>{who}</bdi> {time !== undefined && <span class="quiet">{formatTime(time)}</span>} {why}
              </td>
              <td>
                <button
                  type="button"
                  disabled={action.isBusy}
                  aria-label={`Take back decision ${id}`}
                  onClick={() => action.run((signal) => splitDecision(id, signal), onChanged)}
                >
                  Take back
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
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

export function RevisionTable({ revisions }: { revisions: readonly Revision[] }): VNode {
  return (
    <table class="plain stacked">
      <caption class="hidden">Changes of signatures</caption>
      <thead>
        <tr>
          <th scope="col">Revision</th>
          <th scope="col">Time (UTC)</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {revisions.map(({ revision, time, who, action, about, why }) => (
          <tr key={revision}>
            <th scope="row">{revision}</th>
            <td>{time === undefined ? '' : formatTime(time)}</td>
            <td>
              <bdi>{who}</bdi>
            </td>
            <td>
              {action} <span class="quiet">{about}</span>
            </td>
            <td>{why}</td>
          </tr>
        ))}
      </tbody>
    </table>
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
