// Signing in, by a password or by an account elsewhere. The URL says where to go on.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { signIn, type Me } from '../../api/me';
import { innerPath } from '../../base/inner_path';
import type { PageProps } from '../../base/page';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import '../../widgets/form.css';
import { Loading } from '../../widgets/problem_view';
import { ProblemLine } from '../../widgets/problem_line';
import { TextField } from '../../widgets/text_field';
import { useAction } from '../../widgets/use_action';
import { setMe, useMe } from '../../widgets/use_me';
import { useTitle } from '../../widgets/use_title';

export function SignInPage({ query, navigate }: PageProps): VNode {
  useTitle('Sign in');
  const me = useMe();
  const next = innerPath(query.get('next'), '/');
  return (
    <div class="sheet">
      <header>
        <h1>Sign in</h1>
      </header>
      <ElsewhereProblem name={query.get('problem')} />
      {me === undefined ? <Loading /> : <SignInView me={me} next={next} navigate={navigate} />}
    </div>
  );
}

// Why a sign-in by an account elsewhere came back without one; the server's words for it.
const kProblems: Readonly<Record<string, string>> = {
  'broken-off': 'The sign-in was broken off, or took too long. Try it again.',
  busy: 'Too many people sign in just now. Try it again in a moment.',
  'no-account': 'There is no account here for you. Whoever administers the server makes one.',
  'not-verified': 'The other side has not verified your address. Do that there, and try it again.',
  provider: 'The other side did not answer as it should. Try it again later, or tell whoever administers the server.',
};

export function ElsewhereProblem({ name }: { name: string | null }): VNode | null {
  if (name === null) return null;
  return (
    <p class="trouble" role="alert">
      {Object.hasOwn(kProblems, name) ? kProblems[name] : 'The sign-in did not work. Try it again.'}
    </p>
  );
}

interface SignInViewProps {
  readonly me: Me;
  readonly next: string;
  readonly navigate: (path: string) => void;
}

export function SignInView({ me, next, navigate }: SignInViewProps): VNode {
  if (!me.hasAccounts)
    return <p>This server has no accounts: what it shows, it shows to everybody, and scripts use tokens.</p>;
  if (me.name !== undefined) {
    return (
      <p>
        You have signed in as{' '}
        <bdi>
          <strong>{me.name}</strong>
        </bdi>
        . <a href={next}>Go on</a>, or see <a href="/account">your account</a>.
      </p>
    );
  }
  return (
    <>
      {me.passwordSignIn && <PasswordForm next={next} navigate={navigate} />}
      {me.providers.length > 0 && (
        <section>
          <h2>{me.passwordSignIn ? 'Or by an account elsewhere' : 'By an account elsewhere'}</h2>
          <p class="buttons">
            {me.providers.map(({ label, url }) => (
              <a key={url} class="button" href={url} target="_self">
                {label}
              </a>
            ))}
          </p>
        </section>
      )}
      <p class="quiet">Whoever administers the server makes accounts. What everybody may see needs none.</p>
    </>
  );
}

const kWords: Partial<Record<ProblemKind, ProblemWords>> = {
  'signed-out': { title: 'The name or the password is wrong', advice: '' },
  busy: { title: 'Too many tries: wait a few minutes', advice: '' },
};

function PasswordForm({ next, navigate }: { next: string; navigate: (path: string) => void }): VNode {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction();
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    action.run(
      (signal) => signIn(name.trim(), password, signal),
      (signedIn) => {
        setMe(signedIn);
        navigate(next);
      },
    );
  };
  return (
    <form class="form narrow" onSubmit={onSubmit}>
      <TextField label="Name" name="name" autocomplete="username" isRequired value={name} onText={setName} />
      <TextField
        label="Password"
        name="password"
        type="password"
        autocomplete="current-password"
        isRequired
        value={password}
        onText={setPassword}
      />
      <div class="buttons">
        <button type="submit" disabled={action.isBusy}>
          Sign in
        </button>
      </div>
      <ProblemLine problem={action.problem} words={kWords} />
    </form>
  );
}
