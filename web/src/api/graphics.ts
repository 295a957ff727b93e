// The names of graphics adapters, which crashes have as PCI ids: "0x10de" and "0x1c03".
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson } from './client';

// A vendor, and one of its adapters; without one, the vendor is meant.
export interface AdapterIds {
  readonly vendor: string;
  readonly adapter: string | undefined;
}

export interface AdapterNames {
  readonly vendor: string;
  readonly adapter: string | undefined;
}

type Answer = AnswerOf<'/api/GraphicsDevices/'>;

// By keyOf().
export type NamesByIds = ReadonlyMap<string, AdapterNames>;

export function keyOf({ vendor, adapter }: AdapterIds): string {
  return `${vendor} ${adapter ?? ''}`;
}

const kIdsMax = 100;

export function graphicsPath(ids: readonly AdapterIds[]): string {
  const parameters = new URLSearchParams();
  for (const { vendor, adapter } of ids.slice(0, kIdsMax)) {
    parameters.append('vendor_hex', vendor);
    parameters.append('adapter_hex', adapter ?? '');
  }
  return `/api/GraphicsDevices/?${parameters}`;
}

const known = new Map<string, AdapterNames>();
const asked = new Set<string>();

// What earlier answers said.
export function knownNames(): NamesByIds {
  return known;
}

// Asks for those that nobody has asked for yet.
export async function askNames(ids: readonly AdapterIds[], signal: AbortSignal): Promise<Result<NamesByIds>> {
  const unknown = ids.filter((one) => /^(0x)?[0-9a-f]{1,4}$/i.test(one.vendor) && !asked.has(keyOf(one)));
  if (unknown.length === 0) return succeed(known);
  const answer = await getJson<Answer>(graphicsPath(unknown), signal);
  if (!answer.ok) return answer;
  for (const one of unknown) asked.add(keyOf(one));
  for (const [key, names] of readNames(answer.value)) known.set(key, names);
  return succeed(known);
}

export function readNames(answer: Answer): NamesByIds {
  return new Map(
    readList(answer.hits).flatMap((hit) => {
      const [vendor, name] = [readText(hit.vendor_hex), readText(hit.vendor_name)];
      if (vendor === undefined || name === undefined) return [];
      const ids = { vendor, adapter: readText(hit.adapter_hex) };
      return [[keyOf(ids), { vendor: name, adapter: readText(hit.adapter_name) }] as const];
    }),
  );
}

// "NVIDIA Corporation (0x10de)", "NVIDIA Corporation GP106 (0x10de / 0x1c03)"; the ids alone where they have no name.
export function adapterText(ids: AdapterIds, names: NamesByIds): string {
  const written = ids.adapter === undefined ? ids.vendor : `${ids.vendor} / ${ids.adapter}`;
  const found = names.get(keyOf(ids)) ?? names.get(keyOf({ ...ids, adapter: undefined }));
  if (found === undefined) return written;
  return `${found.vendor}${found.adapter === undefined ? '' : ` ${found.adapter}`} (${written})`;
}
