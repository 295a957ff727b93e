// Result: a value, or the reason why there is none. Nothing in the site throws on what a server or a person sends.
import type { Problem } from './problem';

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T>(problem: Problem): Result<T> {
  return { ok: false, problem };
}
