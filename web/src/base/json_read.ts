// Reading of JSON in which anything may be absent, null or of another type than promised.

export function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

export function readCount(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

export function readList<T>(value: readonly T[] | null | undefined): readonly T[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

export function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(readText).filter((text) => text !== undefined) : [];
}

// The text members of an object, in its order.
export function readEntries(value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const entries: [string, string][] = [];
  for (const [name, member] of Object.entries(value)) {
    const text = typeof member === 'object' && member !== null ? JSON.stringify(member) : readText(member);
    if (text !== undefined) entries.push([name, text]);
  }
  return entries;
}

// As short as a line: it is read as it came.
const kShortJson = 100;

// JSON in lines, for reading; any other text as it is.
export function readableJson(text: string): string {
  if (text.length <= kShortJson || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
