// Tokens: what scripts sign in with. Each is shown once, when it is made.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askTokens, makeToken, revokeToken, tokenState, type Token } from '../../api/tokens';
import { formatDay } from '../../base/format';
import { CopyButton } from '../../widgets/copy_button';
import { DataTable, type Column } from '../../widgets/data_table';
import { PermissionChoice } from '../../widgets/permission_choice';
import { ProblemLine } from '../../widgets/problem_line';
import { Loading } from '../../widgets/problem_view';
import { TextField } from '../../widgets/text_field';
import { useAction, type Action } from '../../widgets/use_action';
import { useRemote } from '../../widgets/use_remote';

export function TokensSection({ permissions }: { permissions: readonly string[] }): VNode {
  const {
    value: tokens,
    problem,
    askAgain,
  } = useRemote<readonly Token[]>({ key: 'tokens', ask: askTokens, recent: undefined });
  const [made, setMade] = useState<string | undefined>(undefined);
  const action = useAction();
  const onRevoke = (token: Token): void => action.run((signal) => revokeToken(token.id, signal), askAgain);
  return (
    <section id="tokens">
      <h2>Tokens for scripts</h2>
      <p class="quiet">
        A script sends one in the header <code>Auth-Token</code>. It can do no more than you can, and nothing
        after it has expired.
      </p>
      {made !== undefined && (
        <div class="shown-once" role="status">
          <code>{made}</code> <CopyButton label="Copy" text={() => made} />
          <p>This is the only time that it is shown. The server keeps no more than its hash.</p>
        </div>
      )}
      {tokens !== undefined ? (
        <TokenTable tokens={tokens} now={new Date()} action={action} onRevoke={onRevoke} />
      ) : problem === undefined ? (
        <Loading />
      ) : (
        <ProblemLine problem={problem} />
      )}
      <ProblemLine problem={action.problem} />
      <NewTokenForm
        permissions={permissions}
        onMade={(text) => {
          setMade(text);
          askAgain();
        }}
      />
    </section>
  );
}

interface TokenTableProps {
  readonly tokens: readonly Token[];
  readonly now: Date;
  readonly action: Pick<Action, 'isBusy'>;
  readonly onRevoke: (token: Token) => void;
}

export function TokenTable({ tokens, now, action, onRevoke }: TokenTableProps): VNode {
  if (tokens.length === 0) return <p class="quiet">You have none.</p>;
  const stateOf = (token: Token): string => {
    const state = tokenState(token, now);
    return token.revoked === undefined ? state : `${state} ${formatDay(token.revoked)}`;
  };
  const columns: readonly Column<Token>[] = [
    { name: 'label', title: 'Label', value: ({ label }) => label, cell: ({ label }) => <bdi>{label}</bdi> },
    {
      name: 'permissions',
      title: 'Permissions',
      value: ({ permissions }) => permissions.join(' '),
      cell: ({ permissions }) => <span class="mono">{permissions.join(', ') || 'none'}</span>,
    },
    {
      name: 'made',
      title: 'Made',
      value: ({ created }) => formatDay(created),
      cell: ({ created }) => formatDay(created),
    },
    {
      name: 'until',
      title: 'Until',
      value: ({ expires }) => formatDay(expires),
      cell: ({ expires }) => (expires === undefined ? 'for ever' : formatDay(expires)),
    },
    { name: 'state', title: 'State', value: stateOf, cell: stateOf },
    {
      name: 'revoke',
      title: '',
      cell: (token) =>
        tokenState(token, now) === 'in force' && (
          <button
            type="button"
            disabled={action.isBusy}
            aria-label={`Revoke ${token.label}`}
            onClick={() => onRevoke(token)}
          >
            Revoke
          </button>
        ),
    },
  ];
  return (
    <DataTable
      caption="Your tokens"
      name="tokens"
      columns={columns}
      rows={tokens}
      rowKey={({ id }) => String(id)}
      rowClass={(token) => (tokenState(token, now) === 'in force' ? undefined : 'state-off')}
    />
  );
}

const kDays = [7, 30, 90, 365];
const kUsualDays = 90;

function NewTokenForm({
  permissions,
  onMade,
}: {
  permissions: readonly string[];
  onMade: (text: string) => void;
}): VNode {
  const [label, setLabel] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [days, setDays] = useState(kUsualDays);
  const action = useAction();
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    action.run(
      (signal) => makeToken({ label: label.trim(), permissions: chosen, days }, signal),
      (text) => {
        setLabel('');
        setChosen([]);
        onMade(text);
      },
    );
  };
  return (
    <details class="block">
      <summary>
        <h3>New token</h3>
      </summary>
      <form class="form" onSubmit={onSubmit}>
        <TextField label="What it is for" isRequired lengthMax={100} value={label} onText={setLabel} />
        <PermissionChoice legend="What it may do" names={permissions} chosen={chosen} onChange={setChosen} />
        <label>
          For how long
          <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {kDays.map((count) => (
              <option key={count} value={count}>
                {count} days
              </option>
            ))}
          </select>
        </label>
        <div class="buttons">
          <button type="submit" disabled={action.isBusy}>
            Make it
          </button>
        </div>
        <ProblemLine problem={action.problem} />
      </form>
    </details>
  );
}
