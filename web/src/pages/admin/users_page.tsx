// Who may sign in, and what they may do. The URL names whom the form is about.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { addUser, askUsers, changeUser, type User, type UserChange } from '../../api/users';
import { countOf, formatDay } from '../../base/format';
import type { PageProps } from '../../base/page';
import { kPermissions } from '../../base/permissions';
import { DataTable, type Column } from '../../widgets/data_table';
import { PermissionChoice } from '../../widgets/permission_choice';
import { ProblemLine } from '../../widgets/problem_line';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { TextField } from '../../widgets/text_field';
import { useAction } from '../../widgets/use_action';
import { useRemote } from '../../widgets/use_remote';
import { AdminFrame, kAdminWords } from './admin_frame';

const kPath = '/admin/users';

function userPath(name: string): string {
  return `${kPath}?${new URLSearchParams({ user: name })}`;
}

export function UsersPage({ query, navigate }: PageProps): VNode {
  return (
    <AdminFrame tab={kPath} title="Users">
      <Users chosen={query.get('user') ?? undefined} isNew={query.has('new')} navigate={navigate} />
    </AdminFrame>
  );
}

interface UsersProps {
  readonly chosen: string | undefined;
  readonly isNew: boolean;
  readonly navigate: (path: string) => void;
}

function Users({ chosen, isNew, navigate }: UsersProps): VNode {
  const {
    value: users,
    problem,
    askAgain,
  } = useRemote<readonly User[]>({ key: 'users', ask: askUsers, recent: undefined });
  if (users === undefined)
    return problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kAdminWords} />;
  const onDone = (): void => {
    askAgain();
    navigate(kPath);
  };
  const user = users.find(({ name }) => name === chosen);
  return (
    <>
      {isNew && <UserForm key="" user={undefined} onDone={onDone} />}
      {user !== undefined && <UserForm key={user.name} user={user} onDone={onDone} />}
      {chosen !== undefined && user === undefined && (
        <p class="trouble" role="status">
          Nobody has the name “{chosen}”.
        </p>
      )}
      <p class="buttons">
        <span>{countOf(users.length, 'user', 'users')}</span>{' '}
        {!isNew && (
          <a class="button" href={`${kPath}?new`}>
            Add a user
          </a>
        )}
      </p>
      <UserTable users={users} chosen={chosen} />
    </>
  );
}

const stateOf = ({ disabled }: User): string =>
  disabled === undefined ? 'active' : `disabled ${formatDay(disabled)}`;

export function UserTable({ users, chosen }: { users: readonly User[]; chosen: string | undefined }): VNode {
  const columns: readonly Column<User>[] = [
    {
      name: 'name',
      title: 'Name',
      value: ({ name }) => name,
      cell: ({ name }) => (
        <a href={userPath(name)} aria-current={name === chosen ? 'true' : undefined} title="Change">
          <bdi>{name}</bdi>
        </a>
      ),
    },
    {
      name: 'permissions',
      title: 'Permissions',
      value: ({ permissions }) => permissions.join(' '),
      cell: ({ permissions }) => <span class="mono">{permissions.join(', ') || 'none'}</span>,
    },
    {
      name: 'since',
      title: 'Since',
      value: ({ created }) => formatDay(created),
      cell: ({ created }) => formatDay(created),
    },
    { name: 'state', title: 'State', value: stateOf, cell: stateOf },
  ];
  return (
    <DataTable
      caption="Users"
      name="users"
      columns={columns}
      rows={users}
      rowKey={({ name }) => name}
      rowClass={({ disabled }) => (disabled === undefined ? undefined : 'state-off')}
    />
  );
}

function UserForm({ user, onDone }: { user: User | undefined; onDone: () => void }): VNode {
  const [change, setChange] = useState<UserChange>({
    name: user?.name ?? '',
    permissions: user?.permissions ?? [],
    password: '',
    isDisabled: user?.disabled !== undefined,
  });
  const action = useAction();
  const set = (part: Partial<UserChange>): void => setChange((before) => ({ ...before, ...part }));
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const order = { ...change, name: change.name.trim() };
    action.run((signal) => (user === undefined ? addUser(order, signal) : changeUser(order, signal)), onDone);
  };
  return (
    <section class="editor">
      <h2>{user === undefined ? 'A new user' : <bdi>{user.name}</bdi>}</h2>
      <form class="form" onSubmit={onSubmit}>
        {user === undefined && (
          <TextField label="Name" isRequired value={change.name} onText={(name) => set({ name })} />
        )}
        <PermissionChoice
          legend="Permissions"
          names={kPermissions}
          chosen={change.permissions}
          onChange={(permissions) => set({ permissions })}
        />
        <TextField
          label={user === undefined ? 'Password' : 'New password'}
          hint={user === undefined ? 'Without one, nobody can sign in by it.' : 'Empty: it stays as it is.'}
          type="password"
          autocomplete="new-password"
          value={change.password}
          onText={(password) => set({ password })}
        />
        {user !== undefined && (
          <label class="check">
            <span>
              <input
                type="checkbox"
                checked={change.isDisabled}
                onChange={(event) => set({ isDisabled: event.currentTarget.checked })}
              />
              Disabled: can neither sign in nor use tokens
            </span>
          </label>
        )}
        <div class="buttons">
          <button type="submit" disabled={action.isBusy}>
            {user === undefined ? 'Add' : 'Save'}
          </button>
          <a href={kPath}>Leave it</a>
        </div>
        <ProblemLine problem={action.problem} words={kAdminWords} />
      </form>
    </section>
  );
}
