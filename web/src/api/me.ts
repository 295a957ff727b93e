// Who the visitor is and what they may do.
import { parseTime } from '../base/format';
import { readList, readText, readTexts } from '../base/json_read';
import { fail, succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, postJson, waitForLongQueries } from './client';
import type { components } from './schema';

export interface Provider {
  readonly label: string;
  readonly url: string;
}

export interface Me {
  // undefined: nobody has signed in.
  readonly name: string | undefined;
  // With all products. Also those that everybody has here.
  readonly permissions: ReadonlySet<string>;
  // What else is allowed with single products, by their exact names.
  readonly grants: ReadonlyMap<string, ReadonlySet<string>>;
  readonly sessionExpires: Date | undefined;
  readonly passwordSignIn: boolean;
  readonly providers: readonly Provider[];
  // false: the server is older than accounts, and says nothing about permissions.
  readonly hasAccounts: boolean;
}

export type MeAnswer = AnswerOf<'/api/Me/'>;

export const kNobody: Me = {
  name: undefined, permissions: new Set(), grants: new Map(), sessionExpires: undefined, passwordSignIn: false, providers: [], hasAccounts: false,
};

export function readMe(answer: MeAnswer): Me {
  return {
    name: readText(answer.name),
    permissions: new Set(readTexts(answer.permissions)),
    grants: readGrants(answer.grants),
    sessionExpires: parseTime(answer.session_expires),
    passwordSignIn: answer.sign_in?.password === true,
    providers: readList(answer.sign_in?.providers).flatMap(readProvider),
    hasAccounts: true,
  };
}

function readGrants(grants: unknown): Me['grants'] {
  if (typeof grants !== 'object' || grants === null) return new Map();
  return new Map(Object.entries(grants).map(([product, names]) => [product, new Set(readTexts(names))]));
}

// A provider's page is one of this site, or of another over https.
function readProvider(provider: components['schemas']['PageLink']): readonly Provider[] {
  const url = readText(provider.url);
  if (url === undefined || !/^(?:\/(?!\/)|https:\/\/)/.test(url)) return [];
  return [{ label: readText(provider.label) ?? 'another account', url }];
}

export async function askMe(signal: AbortSignal): Promise<Result<Me>> {
  const answer = await getJson<MeAnswer>('/api/Me/', signal);
  if (answer.ok) return succeed(known(readMe(answer.value)));
  if (answer.problem.kind === 'no-service') return succeed(kNobody);
  // Where visitors without an account see nothing, this is how the server says that somebody is one.
  return answer.problem.kind === 'signed-out' ? succeed({ ...kNobody, hasAccounts: true, passwordSignIn: true }) : fail(answer.problem);
}

export async function signIn(name: string, password: string, signal: AbortSignal): Promise<Result<Me>> {
  const answer = await postJson<MeAnswer>('/api/SignIn/', { name, password }, signal);
  return answer.ok ? succeed(known(readMe(answer.value))) : answer;
}

function known(me: Me): Me {
  waitForLongQueries(me.permissions.has('run_long_queries'));
  return me;
}

export function signOut(signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/SignOut/', {}, signal);
}

export function changePassword(old: string, next: string, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/Password/', { old, new: next }, signal);
}
