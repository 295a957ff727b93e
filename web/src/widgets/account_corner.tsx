// Who is signed in, in the corner of the header.
import type { VNode } from 'preact';
import './account_corner.css';
import { isAllowed, useMe } from './use_me';

export interface AccountCornerProps {
  // Path and query of the page that is shown: where a sign-in leads back to.
  readonly place: string;
}

// Nothing until it is known, and where the server has no accounts.
export function AccountCorner({ place }: AccountCornerProps): VNode | null {
  const me = useMe();
  if (me === undefined || !me.hasAccounts) return null;
  const sql = isAllowed(me, 'run_custom_queries') && <a href="/sql">SQL</a>;
  if (me.name === undefined) {
    return (
      <nav class="account" aria-label="Account">
        {sql}
        <a href={signInPath(place)}>Sign in</a>
      </nav>
    );
  }
  return (
    <nav class="account" aria-label="Account">
      {sql}
      {isAllowed(me, 'administer') && <a href="/admin/users">Administer</a>}
      <a class="who" href="/account" title={me.name}>
        <bdi>{me.name}</bdi>
      </a>
    </nav>
  );
}

export function signInPath(place: string): string {
  return place === '/' || place.startsWith('/account/sign-in')
    ? '/account/sign-in'
    : `/account/sign-in?${new URLSearchParams({ next: place })}`;
}
