import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { changePassword } from '../../api/me';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { ProblemLine } from '../../widgets/problem_line';
import { TextField } from '../../widgets/text_field';
import { useAction } from '../../widgets/use_action';

const kWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: { title: 'The old password is wrong', advice: '' },
  busy: { title: 'Too many tries: wait a few minutes', advice: '' },
};

// One's own password. Its change ends all other sessions.
export function PasswordSection({ name }: { name: string }): VNode {
  return (
    <section>
      <details class="block">
        <summary>
          <h2>Change the password</h2>
        </summary>
        <PasswordForm name={name} />
      </details>
    </section>
  );
}

const kEmpty = { old: '', next: '', again: '' };

function PasswordForm({ name }: { name: string }): VNode {
  const [{ old, next, again }, setTexts] = useState(kEmpty);
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
        setTexts(kEmpty);
        setDone(true);
      },
    );
  };
  return (
    <form class="form narrow" onSubmit={onSubmit}>
      <HiddenName name={name} />
      <TextField
        label="Old password"
        type="password"
        autocomplete="current-password"
        isRequired
        value={old}
        onText={(text) => setTexts((before) => ({ ...before, old: text }))}
      />
      <TextField
        label="New password"
        type="password"
        autocomplete="new-password"
        isRequired
        value={next}
        onText={(text) => setTexts((before) => ({ ...before, next: text }))}
      />
      <TextField
        label="The new one again"
        type="password"
        autocomplete="new-password"
        isRequired
        isInvalid={isUnequal}
        value={again}
        onText={(text) => setTexts((before) => ({ ...before, again: text }))}
      />
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
  );
}

// For managers of passwords.
function HiddenName({ name }: { name: string }): VNode {
  const hidden = { class: 'hidden', readOnly: true, tabIndex: -1, 'aria-hidden': true } as const;
  return <input type="text" name="name" autocomplete="username" value={name} {...hidden} />;
}
