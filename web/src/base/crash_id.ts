// CrashId: the name of one crash, a UUID in lower case. Clients print it as "bp-<uuid>"; both forms are understood.

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
