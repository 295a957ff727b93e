// useMe: who the visitor is, asked for once for all of the page, when its first content is in sight. undefined while
// that is not known.
import { useEffect, useState } from 'preact/hooks';
import { askMe, kNobody, type Me } from '../api/me';
import type { Condition } from '../api/search_query';
import { afterPaint } from './use_painted';

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
    else asked ??= new Promise<void>(afterPaint).then(ask);
    return () => {
      listeners.delete(setOwn);
    };
  }, []);
  return me;
}

// Whether the visitor has a permission: for all products, or by a grant for this one.
export function isAllowed(me: Me | undefined, permission: string, product?: string): boolean {
  if (me === undefined) return false;
  return me.permissions.has(permission) || (product !== undefined && me.grants.get(product)?.has(permission) === true);
}

// The products for which a grant gives the permission that the visitor has not for all.
export function productsWith(me: Me | undefined, permission: string): readonly string[] {
  if (me === undefined || me.permissions.has(permission)) return [];
  return [...me.grants].filter(([, granted]) => granted.has(permission)).map(([product]) => product);
}

// Whether to offer something. A server without accounts does not say who may what: it is asked, and answers
// for itself.
export function mayTry(me: Me | undefined, permission: string, product?: string): boolean {
  const visitor = me ?? kNobody;
  return !visitor.hasAccounts || isAllowed(visitor, permission, product);
}

// Whether counts of a search leave pings out for this visitor. As the server does: a grant of single products shows their pings
// in searches that name no other products.
export function hidesPings(me: Me | undefined, conditions: readonly Condition[]): boolean {
  if (me?.hasAccounts !== true || me.permissions.has('view_pings')) return false;
  const named = conditions.filter(({ field, negated }) => field === 'product' && !negated);
  const isGranted = ({ operator, value }: Condition): boolean =>
    (operator === '' || operator === '=') && isAllowed(me, 'view_pings', value);
  return named.length === 0 || !named.every(isGranted);
}
