// In place of an empty table: which condition emptied it. Each is left out in turn, and the server counts again.
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askCounts } from '../api/search';
import { fieldTitle } from '../api/search_fields';
import { conditionWords, type Condition } from '../api/search_query';
import { countOf } from '../base/format';
import { EmptyList } from './empty_list';

export interface LeftOut {
  readonly what: string;
  readonly conditions: readonly Condition[];
  // undefined: the server did not say.
  readonly total: number | undefined;
}

const kYear: Condition = { field: 'date', operator: '>=', negated: false, value: '-364d' };
const kNow: Condition = { field: 'date', operator: '<', negated: false, value: 'now' };

// The searches that have one condition less. Dates are one condition, and without them a year is searched; values of a
// field that it may not have are one too.
export function withoutEach(conditions: readonly Condition[]): readonly Omit<LeftOut, 'total'>[] {
  const others = conditions.filter(({ field }) => field !== 'date');
  const dates = conditions.filter(({ field }) => field === 'date');
  const groups = new Map<string, Condition[]>();
  for (const [index, condition] of others.entries()) {
    const isOneOfSeveral = condition.negated && /^=?$/.test(condition.operator);
    const key = isOneOfSeveral ? condition.field : String(index);
    groups.set(key, [...(groups.get(key) ?? []), condition]);
  }
  const single = [...groups.values()].map((group) => ({
    what: groupWords(group),
    conditions: conditions.filter((one) => !group.includes(one)),
  }));
  return [
    ...single,
    { what: dates.length === 0 ? 'the time of 7 days' : 'the time', conditions: [...others, kYear, kNow] },
  ];
}

function groupWords(group: readonly Condition[]): string {
  const [first] = group;
  if (first === undefined) return '';
  return group.length === 1
    ? conditionWords(first).join(' ')
    : `${fieldTitle(first.field)} is none of ${group.map(({ value }) => value).join(', ')}`;
}

export interface NothingFoundProps {
  readonly conditions: readonly Condition[];
  // What the page is of, such as its signature: never left out.
  readonly always?: readonly Condition[];
  // Of the page with other conditions, which are without those of `always`.
  readonly pathOf: (conditions: readonly Condition[]) => string;
  // What is not there, if not crashes.
  readonly wanted?: Wanted;
}

export interface Wanted {
  readonly title: string;
  readonly words: string;
  // One, and several of them.
  readonly unit: readonly [string, string];
  // How many there are; undefined: the server did not say.
  readonly count: (conditions: readonly Condition[], signal: AbortSignal) => Promise<number | undefined>;
}

const kCrashes: Pick<Wanted, 'unit' | 'count'> = {
  unit: ['crash', 'crashes'],
  count: async (conditions, signal) => {
    const answer = await askCounts({ conditions }, signal);
    return answer.ok ? answer.value.total : undefined;
  },
};

export function NothingFound({ conditions, always = [], pathOf, wanted }: NothingFoundProps): VNode {
  const [counts, setCounts] = useState<readonly LeftOut[] | undefined>(undefined);
  const key = JSON.stringify([always, conditions, wanted?.title]);
  const { count, unit } = wanted ?? kCrashes;
  useEffect(() => {
    const controller = new AbortController();
    setCounts(undefined);
    const ask = async (candidate: Omit<LeftOut, 'total'>): Promise<LeftOut> => {
      const total = await count([...always, ...candidate.conditions], controller.signal);
      return { ...candidate, total };
    };
    void Promise.all(withoutEach(conditions).map(ask)).then((found) => {
      if (!controller.signal.aborted) setCounts(found);
    });
    return () => controller.abort();
  }, [key]);
  const isNarrowed = conditions.length > 0;
  return (
    <EmptyList title={wanted?.title ?? (isNarrowed ? 'No crash matches' : 'No crash in the last 7 days')}>
      {wanted !== undefined && <p>{wanted.words}</p>}
      <Reasons counts={counts} pathOf={pathOf} unit={unit} />
      {!isNarrowed && wanted === undefined && <p>Crashes appear here within seconds of their arrival.</p>}
    </EmptyList>
  );
}

export function Reasons({
  counts,
  pathOf,
  unit = kCrashes.unit,
}: {
  counts: readonly LeftOut[] | undefined;
  pathOf: (conditions: readonly Condition[]) => string;
  unit?: readonly [string, string];
}): VNode {
  if (counts === undefined) return <p role="status">Looking for the condition that emptied it …</p>;
  const guilty = counts.filter(({ total }) => total !== undefined && total > 0);
  if (guilty.length === 0)
    return (
      <p role="status">No single condition emptied it: leaving out any one of them finds nothing either.</p>
    );
  return (
    <div role="status">
      <p>
        {guilty.length === 1
          ? 'One condition emptied it. Without it there is something:'
          : 'Each of these conditions would be enough to empty it:'}
      </p>
      <ul class="reasons">
        {guilty.map(({ what, conditions, total }) => (
          <li key={what}>
            <a href={pathOf(conditions)}>
              Leave out <b>{what}</b>
            </a>
            : {countOf(total ?? 0, ...unit)}
          </li>
        ))}
      </ul>
    </div>
  );
}
