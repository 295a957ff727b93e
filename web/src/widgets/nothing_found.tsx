// In place of an empty table: which condition emptied it. Each is left out in turn, and the server counts again.
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { askCounts } from '../api/search';
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

// The searches that have one condition less. Dates are one condition, and without them a year is searched.
export function withoutEach(conditions: readonly Condition[]): readonly Omit<LeftOut, 'total'>[] {
  const others = conditions.filter(({ field }) => field !== 'date');
  const dates = conditions.filter(({ field }) => field === 'date');
  const single = others.map((condition) => ({
    what: conditionWords(condition).join(' '),
    conditions: conditions.filter((one) => one !== condition),
  }));
  return [
    ...single,
    { what: dates.length === 0 ? 'the time of 7 days' : 'the time', conditions: [...others, kYear, kNow] },
  ];
}

export interface NothingFoundProps {
  readonly conditions: readonly Condition[];
  // Of the page with other conditions.
  readonly pathOf: (conditions: readonly Condition[]) => string;
}

export function NothingFound({ conditions, pathOf }: NothingFoundProps): VNode {
  const [counts, setCounts] = useState<readonly LeftOut[] | undefined>(undefined);
  const key = JSON.stringify(conditions);
  useEffect(() => {
    const controller = new AbortController();
    setCounts(undefined);
    const ask = async (candidate: Omit<LeftOut, 'total'>): Promise<LeftOut> => {
      const answer = await askCounts({ conditions: candidate.conditions }, controller.signal);
      return { ...candidate, total: answer.ok ? answer.value.total : undefined };
    };
    void Promise.all(withoutEach(conditions).map(ask)).then((found) => {
      if (!controller.signal.aborted) setCounts(found);
    });
    return () => controller.abort();
  }, [key]);
  const isNarrowed = conditions.length > 0;
  return (
    <EmptyList title={isNarrowed ? 'No crash matches' : 'No crash in the last 7 days'}>
      <Reasons counts={counts} pathOf={pathOf} />
      {!isNarrowed && <p>Crashes appear here within seconds of their arrival.</p>}
    </EmptyList>
  );
}

export function Reasons({
  counts,
  pathOf,
}: {
  counts: readonly LeftOut[] | undefined;
  pathOf: (conditions: readonly Condition[]) => string;
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
            : {countOf(total ?? 0, 'crash', 'crashes')}
          </li>
        ))}
      </ul>
    </div>
  );
}
