// Where the keyboard is in a chart: a bucket, and with Shift all from another one to it.
import { formatCount } from '../base/format';

export interface ChartCursor {
  readonly at: number;
  // Where a range began; the same where there is none.
  readonly from: number;
}

const kSteps = new Map([
  ['ArrowRight', 1],
  ['ArrowLeft', -1],
  ['ArrowUp', 1],
  ['ArrowDown', -1],
  ['PageUp', 10],
  ['PageDown', -10],
  ['Home', -Infinity],
  ['End', Infinity],
]);

// The cursor after a key; undefined: the key is none of a chart.
export function moveCursor(
  cursor: ChartCursor,
  key: string,
  { count, isRange }: { readonly count: number; readonly isRange: boolean },
): ChartCursor | undefined {
  const step = kSteps.get(key);
  if (step === undefined || count === 0) return undefined;
  const at = Math.max(0, Math.min(count - 1, cursor.at + step));
  return { at, from: isRange ? cursor.from : at };
}

// "2026-11-22: 12", "2026-11-22 10:00 to 2026-11-22 12:00: Pings 3, Reports 40", sums of the range.
export function cursorWords(
  cursor: ChartCursor,
  textOf: (index: number) => string,
  series: readonly { readonly label: string; readonly values: readonly (number | undefined)[] }[],
): string {
  const [first, last] = [Math.min(cursor.at, cursor.from), Math.max(cursor.at, cursor.from)];
  const sums = series.map(({ label, values }) => {
    const known = values.slice(first, last + 1).filter((value) => value !== undefined);
    const sum = known.length === 0 ? 'unknown' : formatCount(Math.round(known.reduce((a, b) => a + b, 0)));
    return series.length === 1 ? sum : `${label} ${sum}`;
  });
  const when = first === last ? textOf(first) : `${textOf(first)} to ${textOf(last)}`;
  return `${when}: ${sums.join(', ')}`;
}
