// The conditions of the search in words; each can be taken away.
import type { VNode } from 'preact';
import { conditionWords, searchPath, type Condition } from '../../api/search_query';

export function Conditions({ conditions }: { conditions: readonly Condition[] }): VNode | null {
  if (conditions.length === 0) return null;
  return (
    <ul class="conditions" aria-label="Conditions of this search">
      {conditions.map((condition, index) => {
        const [words, value] = conditionWords(condition);
        const rest = conditions.filter((_, other) => other !== index);
        return (
          <li key={`${index} ${words} ${value}`}>
            <span>{words} <b class="mono"><bdi>{value}</bdi></b></span>
            <a href={searchPath(rest)} aria-label={`Take away: ${words} ${value}`} title="Take this condition away">×</a>
          </li>
        );
      })}
      {conditions.length > 1 && <li class="all"><a href="/">Clear all</a></li>}
    </ul>
  );
}
