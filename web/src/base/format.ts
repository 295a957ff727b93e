// How times, counts and paths are written on every page.

const kMinuteMs = 60_000;
const kHourMs = 60 * kMinuteMs;
const kDayMs = 24 * kHourMs;

// A time of the server. Without a zone it is UTC, as everything that the server writes.
export function parseTime(value: unknown): Date | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(value) || /^\d{4}-\d\d-\d\d$/.test(value);
  const time = new Date(zoned ? value : `${value.replace(' ', 'T')}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

// "2026-11-22 09:33:29", UTC: one form in every table, and it sorts as text.
export function formatTime(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ');
}

// "2026-11-22", UTC; of no time, nothing.
export function formatDay(time: Date | undefined): string {
  return time?.toISOString().slice(0, 10) ?? '';
}

// "3 min ago": a help for the eye; the exact time always stands with it.
export function formatAge(time: Date, now: Date): string {
  const age = now.getTime() - time.getTime();
  if (age < kMinuteMs) return 'just now';
  if (age < kHourMs) return `${Math.floor(age / kMinuteMs)} min ago`;
  if (age < kDayMs) return `${Math.floor(age / kHourMs)} h ago`;
  const days = Math.floor(age / kDayMs);
  return days === 1 ? '1 day ago' : `${days} days ago`;
}

// As Intl.NumberFormat('en') would: that takes a browser 20 ms to make, which every page would wait for.
export function formatCount(count: number): string {
  const [whole = '', fraction] = String(Math.round(count * 1000) / 1000).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

// "0 bytes", "1,023 bytes", "1.5 KiB", "12 MiB": three digits are enough to compare.
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return countOf(bytes, 'byte', 'bytes');
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  while (value >= 999.5 && units.length > 1) {
    value /= 1024;
    units.shift();
  }
  return `${value < 9.95 ? value.toFixed(1) : formatCount(Math.round(value))} ${units[0] ?? ''}`;
}

// "0 s", "59 s", "2 min 5 s", "3 h 4 min", "12 days": the two largest units, and of days no more than those.
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return Number.isInteger(seconds) ? `${whole} s` : `${Number(seconds.toFixed(seconds < 10 ? 2 : 0))} s`;
  const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
    joinPresent([`${large} ${largeUnit}`, small === 0 ? undefined : `${small} ${smallUnit}`]);
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return pair(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  const days = Math.floor(whole / 86_400);
  return days < 10 ? pair(days, days === 1 ? 'day' : 'days', Math.floor((whole % 86_400) / 3600), 'h') : `${formatCount(days)} days`;
}

// "1 crash", "1,234 crashes".
export function countOf(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function joinPresent(parts: readonly (string | undefined)[], separator = ' '): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}

// A source path cut to its last folders. Symbol files may hold "vcs:repository:path:revision"; only the path is shown.
export function shortSourcePath(path: string, keep = 3): string {
  const fields = path.split(':');
  const plain = fields.length === 4 ? (fields[2] ?? path) : path;
  const parts = plain.split(/[\\/]/).filter((part) => part !== '');
  return parts.slice(-keep).join('/');
}
