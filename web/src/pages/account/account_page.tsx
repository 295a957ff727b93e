// One's own account: what one may do, tokens for scripts, the password, and the way out.
import { Fragment } from 'preact';
import type { VNode } from 'preact';
import { signOut, type Me } from '../../api/me';
import { formatTime } from '../../base/format';
import { permissionWords } from '../../base/permissions';
import { signInPath } from '../../widgets/account_corner';
import '../../widgets/form.css';
import { ProblemLine } from '../../widgets/problem_line';
import { Loading } from '../../widgets/problem_view';
import { useAction } from '../../widgets/use_action';
import { useMe } from '../../widgets/use_me';
import { useTitle } from '../../widgets/use_title';
import './account.css';
import { PasswordSection } from './password_section';
import { TokensSection } from './tokens_section';

export function AccountPage(): VNode {
  useTitle('Account');
  const me = useMe();
  return (
    <div class="sheet">
      <header>
        <h1>{me?.name === undefined ? 'Account' : <bdi>{me.name}</bdi>}</h1>
      </header>
      {me === undefined ? <Loading /> : <AccountView me={me} />}
    </div>
  );
}

export function AccountView({ me }: { me: Me }): VNode {
  if (!me.hasAccounts) {
    return (
      <p>
        This server has no accounts yet. Tokens for scripts are made where it runs:{' '}
        <code>cairn user token</code>.
      </p>
    );
  }
  if (me.name === undefined)
    return (
      <p>
        Nobody has signed in here. <a href={signInPath('/account')}>Sign in</a>
      </p>
    );
  return (
    <>
      <Session me={me} />
      <Permissions me={me} />
      <TokensSection permissions={[...me.permissions]} />
      <PasswordSection name={me.name} />
    </>
  );
}

function Session({ me }: { me: Me }): VNode {
  const action = useAction();
  // Not by navigate(): what the page has in memory may be protected.
  const onClick = (): void => action.run(signOut, () => location.assign('/'));
  return (
    <>
      <p class="session">
        <span class="quiet">
          Signed in{me.sessionExpires === undefined ? '' : ` until ${formatTime(me.sessionExpires)} UTC`}
        </span>
        <button type="button" disabled={action.isBusy} onClick={onClick}>
          Sign out
        </button>
      </p>
      <ProblemLine problem={action.problem} />
    </>
  );
}

function Permissions({ me }: { me: Me }): VNode {
  const names = [...me.permissions].sort();
  const grants = [...me.grants].sort(([one], [other]) => (one < other ? -1 : 1));
  return (
    <section>
      <h2>What you may do</h2>
      {names.length === 0 && grants.length === 0 && (
        <p class="quiet">No more than everybody. Whoever administers the server can grant more.</p>
      )}
      {names.length > 0 && <PermissionList names={names} />}
      {grants.map(([product, granted]) => (
        <Fragment key={product}>
          <h3>
            With crashes of <bdi>{product}</bdi>
          </h3>
          <PermissionList names={[...granted].sort()} />
        </Fragment>
      ))}
    </section>
  );
}

function PermissionList({ names }: { names: readonly string[] }): VNode {
  return (
    <dl class="facts permissions-list">
      {names.map((name) => (
        <div key={name} class="wide">
          <dt class="mono">{name}</dt>
          <dd>{permissionWords(name)}</dd>
        </div>
      ))}
    </dl>
  );
}
