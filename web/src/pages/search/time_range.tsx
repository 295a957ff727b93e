// Quick choices of how far back a search goes. Each is a link: the URL holds the bounds, so that a search that is sent
// to somebody shows the same crashes.
import type { VNode } from 'preact';
import { sameCondition, searchPath, type Condition } from '../../api/search_query';
import { Choices } from '../../widgets/choices';

const kHourMs = 3_600_000;
const kDayMs = 24 * kHourMs;

interface Range {
  readonly text: string;
  readonly conditions: readonly Condition[];
}

export function TimeRange({ conditions, now }: { conditions: readonly Condition[]; now: Date }): VNode {
  const others = conditions.filter((condition) => condition.field !== 'date');
  const dates = conditions.filter((condition) => condition.field === 'date');
  return (
    <Choices
      label="Time searched"
      choices={rangesAt(now).map(({ text, conditions: bounds }) => ({
        text,
        href: searchPath([...others, ...bounds]),
        chosen: bounds.length === dates.length && bounds.every((bound, index) => sameCondition(bound, dates[index] ?? bound)),
      }))}
    />
  );
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
    { text: '30 days', conditions: [bound('>=', dayOf(today - 30 * kDayMs)), bound('<', dayOf(today + kDayMs))] },
  ];
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function bound(operator: '>=' | '<', value: string): Condition {
  return { field: 'date', operator, negated: false, value };
}
