// useMe: who the visitor is, asked for once for all of the page. undefined while that is not known.
import { useEffect, useState } from 'preact/hooks';
import { askMe, kNobody, type Me } from '../api/me';

let known: Me | undefined;
let asked: Promise<void> | undefined;
const listeners = new Set<(me: Me) => void>();

// Somebody signed in or out: all that shows it draws itself anew.
export function setMe(me: Me): void {
  known = me;
  for (const listener of listeners) listener(me);
}

// A server that does not answer is asked again by the next page that wants to know.
async function ask(): Promise<void> {
  const answer = await askMe(new AbortController().signal);
  if (answer.ok) setMe(answer.value);
  else asked = undefined;
}

export function useMe(): Me | undefined {
  const [me, setOwn] = useState(known);
  useEffect(() => {
    listeners.add(setOwn);
    if (known !== undefined) setOwn(known);
    else asked ??= ask();
    return () => {
      listeners.delete(setOwn);
    };
  }, []);
  return me;
}

// Whether to offer something. A server without accounts does not say who may what: it is asked, and answers
// for itself.
export function mayTry(me: Me | undefined, permission: string): boolean {
  const visitor = me ?? kNobody;
  return !visitor.hasAccounts || visitor.permissions.has(permission);
}

// Whether counts leave pings out for this visitor.
export function hidesPings(me: Me | undefined): boolean {
  return me?.hasAccounts === true && !me.permissions.has('view_pings');
}
