// The conditions of the search in words; each can be taken away.
import type { VNode } from 'preact';
import { conditionWords, type Condition } from '../api/search_query';

export interface ConditionsProps {
  readonly conditions: readonly Condition[];
  // Of the page with other conditions.
  readonly pathOf: (conditions: readonly Condition[]) => string;
}

export function Conditions({ conditions, pathOf }: ConditionsProps): VNode | null {
  if (conditions.length === 0) return null;
  return (
    <ul class="conditions" aria-label="Conditions of this search">
      {conditions.map((condition, index) => {
        const [words, value] = conditionWords(condition);
        const rest = conditions.filter((_, other) => other !== index);
        return (
          <li key={`${index} ${words} ${value}`}>
            <span>
              {words}{' '}
              <b class="mono">
                <bdi>{value}</bdi>
              </b>
            </span>
            <a
              href={pathOf(rest)}
              aria-label={`Take away: ${words} ${value}`}
              title="Take this condition away"
            >
              ×
            </a>
          </li>
        );
      })}
      {conditions.length > 1 && (
        <li class="all">
          <a href={pathOf([])}>Clear all</a>
        </li>
      )}
    </ul>
  );
}
