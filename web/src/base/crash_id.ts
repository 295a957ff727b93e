// CrashId: the name of one crash, a UUID in lower case. Clients print it as "bp-<uuid>"; both forms are
// understood.

declare const kCrashIdBrand: unique symbol;
export type CrashId = string & { readonly [kCrashIdBrand]: true };

const kUuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const kWholeId = new RegExp(`^(?:bp-)?(${kUuid})$`, 'i');
const kReportUrl = new RegExp(`/report/index/(?:bp-)?(${kUuid})(?:[/?#]|$)`, 'i');

// Understands an id, an id with "bp-", and the URL of a report page. undefined: the text is none of them.
export function parseCrashId(value: unknown): CrashId | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const id = (kWholeId.exec(text) ?? kReportUrl.exec(text))?.[1];
  return id === undefined ? undefined : (id.toLowerCase() as CrashId);
}

export function reportPath(id: CrashId): string {
  return `/report/index/${id}`;
}

// The day on which a collector received it, "2026-11-22": the last six digits of the ids that collectors
// make. undefined where they are no day, as in most ids of pings.
export function dayOfCrashId(id: CrashId): string | undefined {
  const [, year, month, day] = /(\d\d)(\d\d)(\d\d)$/.exec(id) ?? [];
  const text = `20${year}-${month}-${day}`;
  const time = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== text ? undefined : text;
}
