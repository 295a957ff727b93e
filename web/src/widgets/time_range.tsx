// Quick choices of how far back a search goes. Each is a link: the URL holds the bounds, so that a search that is sent
// to somebody shows the same crashes.
import type { VNode } from 'preact';
import { sameCondition, type Condition } from '../api/search_query';
import { Choices } from './choices';

const kHourMs = 3_600_000;
const kDayMs = 24 * kHourMs;

interface Range {
  readonly text: string;
  readonly conditions: readonly Condition[];
}

export interface TimeRangeProps {
  readonly conditions: readonly Condition[];
  // Of the page with other conditions.
  readonly pathOf: (conditions: readonly Condition[]) => string;
  readonly now: Date;
}

export function TimeRange({ conditions, pathOf, now }: TimeRangeProps): VNode {
  const others = conditions.filter((condition) => condition.field !== 'date');
  const dates = conditions.filter((condition) => condition.field === 'date');
  const choices = rangesAt(now).map(({ text, conditions: bounds }) => ({
    text,
    href: pathOf([...others, ...bounds]),
    chosen:
      bounds.length === dates.length &&
      bounds.every((bound, index) => sameCondition(bound, dates[index] ?? bound)),
  }));
  const isOther = !choices.some(({ chosen }) => chosen);
  return (
    <Choices label="Time searched" choices={choices} other={isOther ? datesInWords(dates) : undefined} />
  );
}

// ">=-7d" and "2026-11-01T00:00:00": "-7d –", "2026-11-01 00:00 –".
export function datesInWords(dates: readonly Condition[]): string {
  const shown = ({ value }: Condition): string =>
    value
      .replace('T', ' ')
      .replace(/(?<=^.{16}):00(\.0+)?(Z|\+00:00)?$/, '')
      .replace(/ 00:00$/, '');
  const from = dates.find(({ operator }) => operator.startsWith('>'));
  const to = dates.find(({ operator }) => operator.startsWith('<'));
  return `${from === undefined ? '…' : shown(from)} – ${to === undefined ? '…' : shown(to)}`;
}

// The bounds fall on whole hours and days, so that a chosen range is known again for as long.
export function rangesAt(now: Date): readonly Range[] {
  const hour = Math.floor(now.getTime() / kHourMs) * kHourMs;
  const today = Math.floor(now.getTime() / kDayMs) * kDayMs;
  return [
    { text: '24 h', conditions: [bound('>=', new Date(hour - kDayMs).toISOString().slice(0, 19))] },
    // What the server searches when it is told no date.
    { text: '7 days', conditions: [] },
    // One bound alone would mean the 7 days from it.
    ...[30, 90].map((days) => ({
      text: `${days} days`,
      conditions: [bound('>=', dayOf(today - days * kDayMs)), bound('<', dayOf(today + kDayMs))],
    })),
  ];
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function bound(operator: '>=' | '<', value: string): Condition {
  return { field: 'date', operator, negated: false, value };
}
