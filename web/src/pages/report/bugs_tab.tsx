// Bugs of the crash's signature, and the forms of trackers for a new one, filled in.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askBugForms, askBugs, linkBug, unlinkBug, type Bug, type BugForm } from '../../api/bugs';
import type { Me } from '../../api/me';
import type { Crash } from '../../base/crash';
import { joinPresent } from '../../base/format';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { Loading } from '../../widgets/problem_view';
import { ProblemLine } from '../../widgets/problem_line';
import { useAction } from '../../widgets/use_action';
import { useRemote } from '../../widgets/use_remote';

const kWords: Partial<Record<ProblemKind, ProblemWords>> = {
  'no-service': { title: 'This server keeps no bugs', advice: '' },
  forbidden: { title: 'You may not do this: it needs the permission edit_bugs', advice: '' },
};

export function BugsTab({ crash, me }: { crash: Crash; me: Me | undefined }): VNode {
  if (crash.signature === undefined)
    return <p class="quiet nothing">The crash has no signature, and bugs are tied to one.</p>;
  return (
    <>
      <KnownBugs signature={crash.signature} mayEdit={me?.permissions.has('edit_bugs') === true} />
      <NewBug crash={crash} />
    </>
  );
}

function KnownBugs({ signature, mayEdit }: { signature: string; mayEdit: boolean }): VNode {
  const {
    value: bugs,
    problem,
    askAgain,
  } = useRemote<readonly Bug[]>({
    key: signature,
    ask: (signal) => askBugs(signature, signal),
    recent: undefined,
  });
  return (
    <section>
      <h2>Bugs of this signature</h2>
      {problem !== undefined ? (
        <ProblemLine problem={problem} words={kWords} />
      ) : bugs === undefined ? (
        <Loading />
      ) : bugs.length === 0 ? (
        <p class="quiet">Nobody tied a bug to it.</p>
      ) : (
        <BugList bugs={bugs} signature={signature} mayEdit={mayEdit} onChanged={askAgain} />
      )}
      {mayEdit && <LinkForm signature={signature} onChanged={askAgain} />}
    </section>
  );
}

interface BugListProps {
  readonly bugs: readonly Bug[];
  readonly signature: string;
  readonly mayEdit: boolean;
  readonly onChanged: () => void;
}

function BugList({ bugs, signature, mayEdit, onChanged }: BugListProps): VNode {
  const action = useAction();
  return (
    <>
      <ul class="bugs">
        {bugs.map((bug) => (
          <li key={`${bug.tracker} ${bug.id}`}>
            <BugName bug={bug} />
            <span>{bug.summary}</span>
            <span class="quiet">{joinPresent([bug.status, bug.resolution])}</span>
            {mayEdit && (
              <button
                type="button"
                disabled={action.isBusy}
                aria-label={`Take away bug ${bug.id}`}
                onClick={() =>
                  action.run(
                    (signal) => unlinkBug({ signature, bug: bug.id, tracker: bug.tracker }, signal),
                    onChanged,
                  )
                }
              >
                Take away
              </button>
            )}
          </li>
        ))}
      </ul>
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
    <form class="line-form" onSubmit={onSubmit}>
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

function NewBug({ crash }: { crash: Crash }): VNode {
  const { value: forms, problem } = useRemote<readonly BugForm[]>({
    key: crash.id,
    ask: (signal) => askBugForms(crash.id, signal),
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
        <p class="quiet">
          The product{crash.product === undefined ? '' : ` ${crash.product}`} has no templates of bugs.
          Whoever administers it can add some.
        </p>
      ) : (
        <>
          <p class="quiet">
            Each opens the tracker’s form with the signature, the reason and the top frames. Nothing is filed
            before you send it.
          </p>
          <ul class="bug-forms">
            {forms.map(({ label, url }) => (
              <li key={url}>
                <a class="button" href={url} target="_blank" rel="noreferrer">
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
