// What telemetry knew of the machine and the program's settings when a report was made, and which extensions were on.
// Both come from the client: any part may be missing or of another shape.
import type { Crash } from './crash';
import { readText } from './json_read';

// What of a crash may hold them.
type Source = Pick<Crash, 'document' | 'annotations'>;

export type Environment = Readonly<Record<string, unknown>>;

// The parts of it, by name; undefined: the report has none, or it is not for who looks.
export function environmentOf(crash: Source): Environment | undefined {
  const field = crash.document['telemetry_environment'];
  if (isObject(field)) return field;
  const text =
    readText(field) ?? crash.annotations.find(([name]) => name === 'TelemetryEnvironment')?.[1];
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Environment {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// "gfx.adapters[0].driver" and its value, of everything within a part.
export type EnvironmentRow = readonly [path: string, value: string];

const kMaxRows = 5000;
const kMaxDepth = 12;

export function environmentRows(part: unknown): readonly EnvironmentRow[] {
  const rows: EnvironmentRow[] = [];
  addRows(part, '', 0, rows);
  return rows;
}

function addRows(value: unknown, path: string, depth: number, rows: EnvironmentRow[]): void {
  if (rows.length >= kMaxRows) return;
  if (depth < kMaxDepth && typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value);
    for (const [name, member] of Object.entries(value)) {
      const step = isList ? `[${name}]` : path === '' ? name : `.${name}`;
      addRows(member, path + step, depth + 1, rows);
    }
    return;
  }
  if (value !== undefined && value !== null) {
    rows.push([path, typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  }
}

export interface Extension {
  readonly id: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  // Part of the program.
  readonly isSystem: boolean | undefined;
  // Who signed it, in words.
  readonly signedBy: string | undefined;
}

// As Firefox numbers them.
const kSignedBy = new Map([
  [-2, 'broken'],
  [-1, 'unknown'],
  [0, 'nobody'],
  [1, 'a preliminary review'],
  [2, 'the store'],
  [3, 'the system'],
  [4, 'the maker'],
]);

// Those of the environment, which says most of them; else those of the annotation, by id and version.
export function extensionsOf(crash: Source): readonly Extension[] {
  const addons = environmentOf(crash)?.['addons'];
  const active = isObject(addons) ? addons['activeAddons'] : undefined;
  if (isObject(active)) {
    return Object.entries(active).map(([id, addon]) => readExtension(id, isObject(addon) ? addon : {}));
  }
  const list = crash.document['addons'];
  return Array.isArray(list) ? list.map(readText).filter((text) => text !== undefined).map(readListed) : [];
}

function readExtension(id: string, addon: Environment): Extension {
  const signed = addon['signedState'];
  return {
    id,
    name: readText(addon['name']),
    version: readText(addon['version']),
    isSystem: typeof addon['isSystem'] === 'boolean' ? addon['isSystem'] : undefined,
    signedBy: typeof signed === 'number' ? (kSignedBy.get(signed) ?? `state ${signed}`) : undefined,
  };
}

// "id:version"; an id may have a colon, a version has none.
function readListed(text: string): Extension {
  const colon = text.lastIndexOf(':');
  const version = colon < 0 || text.endsWith(':NO_VERSION') ? undefined : text.slice(colon + 1);
  return {
    id: colon < 0 ? text : text.slice(0, colon),
    name: undefined,
    version,
    isSystem: undefined,
    signedBy: undefined,
  };
}
