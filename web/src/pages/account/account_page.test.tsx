import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { kNobody, readMe } from '../../api/me';
import { readTokens } from '../../api/tokens';
import { signInPath } from '../../widgets/account_corner';
import { AccountView } from './account_page';
import { ElsewhereProblem, SignInView } from './sign_in_page';
import { TokenTable } from './tokens_section';

const nothing = (): void => undefined;

test('where nobody has signed in, the account says so and leads on', () => {
  expect(render(<AccountView me={readMe({ name: null })} />)).toContain('/account/sign-in?next=%2Faccount');
  expect(render(<AccountView me={kNobody} />)).toContain('cairn user token');
});

test('permissions are explained, also one that the page does not know', () => {
  const text = render(<AccountView me={readMe({ name: 'ann', permissions: ['view_pii', 'fly'] })} />);
  expect(text).toContain('may say who a person is');
  expect(text).toContain('>fly<');
});

test('what is granted for single products stands under their names', () => {
  const text = render(<AccountView me={readMe({ name: 'ann', grants: { Editor: ['view_closed_products'] } })} />);
  expect(text).toMatch(/With crashes of <bdi>Editor<.*not for everybody/);
  expect(text).not.toContain('No more than everybody');
});

test('only a token in force can be revoked', () => {
  const tokens = readTokens({
    tokens: [
      { id: 1, label: 'old', revoked: '2026-01-01T00:00:00Z' },
      { id: 2, label: 'new', permissions: ['view_pii'] },
    ],
  });
  const text = render(
    <TokenTable
      tokens={tokens}
      now={new Date('2026-11-30T00:00:00Z')}
      action={{ isBusy: false }}
      onRevoke={nothing}
    />,
  );
  expect(text).toContain('Revoke new');
  expect(text).not.toContain('Revoke old');
  expect(text).toContain('revoked 2026-01-01');
});

test('signing in offers what the server does', () => {
  const shown = (me: Parameters<typeof readMe>[0]) =>
    render(<SignInView me={readMe(me)} next="/x" navigate={nothing} />);
  expect(shown({ sign_in: { password: true } })).toContain('type="password"');
  expect(shown({ sign_in: { password: false, providers: [{ label: 'ID', url: '/oidc' }] } })).not.toContain(
    'type="password"',
  );
  expect(shown({ name: 'ann' })).toContain('href="/x"');
  expect(render(<SignInView me={kNobody} next="/" navigate={nothing} />)).toContain('no accounts');
});

test('a sign-in leads back to where it began', () => {
  expect(signInPath('/report/index/x?tab=raw')).toBe(
    '/account/sign-in?next=%2Freport%2Findex%2Fx%3Ftab%3Draw',
  );
  expect(signInPath('/account/sign-in?next=%2Fx')).toBe('/account/sign-in');
});

test('a sign-in elsewhere that did not do says why', () => {
  expect(render(<ElsewhereProblem name="no-account" />)).toContain('There is no account here for you');
  expect(render(<ElsewhereProblem name="toString" />)).toContain('did not work');
  expect(render(<ElsewhereProblem name={null} />)).toBe('');
});
