import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { changePassword } from '../../api/me';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { ProblemLine } from '../../widgets/problem_line';
import { useAction } from '../../widgets/use_action';

const kWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: { title: 'The old password is wrong', advice: '' },
  busy: { title: 'Too many tries: wait a few minutes', advice: '' },
};

// One's own password. Its change ends all other sessions.
export function PasswordSection({ name }: { name: string }): VNode {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [isDone, setDone] = useState(false);
  const action = useAction();
  const isUnequal = again !== '' && next !== again;
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    setDone(false);
    if (next !== again) return;
    action.run(
      (signal) => changePassword(old, next, signal),
      () => {
        setOld('');
        setNext('');
        setAgain('');
        setDone(true);
      },
    );
  };
  return (
    <section>
      <details class="block">
        <summary>
          <h2>Change the password</h2>
        </summary>
        <form class="form narrow" onSubmit={onSubmit}>
          {/* For managers of passwords. */}
          <input
            class="hidden"
            type="text"
            name="name"
            autocomplete="username"
            value={name}
            readOnly
            tabIndex={-1}
            aria-hidden="true"
          />
          <label>
            Old password{' '}
            <input
              type="password"
              autocomplete="current-password"
              required
              value={old}
              onInput={(event) => setOld(event.currentTarget.value)}
            />
          </label>
          <label>
            New password{' '}
            <input
              type="password"
              autocomplete="new-password"
              required
              value={next}
              onInput={(event) => setNext(event.currentTarget.value)}
            />
          </label>
          <label>
            The new one again{' '}
            <input
              type="password"
              autocomplete="new-password"
              required
              value={again}
              aria-invalid={isUnequal}
              onInput={(event) => setAgain(event.currentTarget.value)}
            />
          </label>
          <div class="buttons">
            <button type="submit" disabled={action.isBusy}>
              Change it
            </button>
          </div>
          {isUnequal && (
            <p class="trouble" role="alert">
              The two are not the same.
            </p>
          )}
          <ProblemLine problem={action.problem} words={kWords} />
          <p role="status" class="done">
            {isDone ? 'Changed. Sessions elsewhere have ended.' : ''}
          </p>
        </form>
      </details>
    </section>
  );
}
