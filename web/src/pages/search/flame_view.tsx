// The stacks of what was found, as one tree.
import type { VNode } from 'preact';
import {
  askFlame,
  conditionOf,
  flameApiPath,
  recentFlame,
  type Flame,
  type FlameNode,
  type FlameThread,
} from '../../api/flame';
import { askCounts } from '../../api/search';
import { kAbsent, queryPath, withCondition, type Condition, type SearchQuery } from '../../api/search_query';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { Choices } from '../../widgets/choices';
import { FlameGraph } from '../../widgets/flame_graph';
import { NothingFound, type Wanted } from '../../widgets/nothing_found';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';

const kOlder: ProblemWords = {
  title: 'No view of stacks here',
  advice: 'This server does not fold stacks into one view: it is older than this page.',
};
const kOwnWords: Partial<Record<ProblemKind, ProblemWords>> = { 'bad-answer': kOlder, 'no-service': kOlder };

// What has a stack has this text of its frames.
const kHasStack: Condition = { field: 'proto_signature', operator: '', negated: true, value: kAbsent };

const kStacks: Wanted = {
  title: 'No stacks',
  words: 'None of the crashes that were found has a stack.',
  unit: ['crash with a stack', 'crashes with stacks'],
  count: async (conditions, signal) => {
    const answer = await askCounts({ conditions: [...conditions, kHasStack] }, signal);
    return answer.ok ? answer.value.total : undefined;
  },
};

export interface FlameViewProps {
  readonly query: SearchQuery;
  readonly thread: FlameThread;
  readonly pathOf: (change: Partial<SearchQuery>, thread: FlameThread) => string;
  readonly navigate: (path: string) => void;
}

export function FlameView({ query, thread, pathOf, navigate }: FlameViewProps): VNode {
  const path = flameApiPath(query.conditions, thread);
  const { value, valueKey, problem } = useRemote<Flame>({
    key: path,
    ask: (signal) => askFlame(path, signal),
    recent: recentFlame(path),
  });
  const hrefOf = (node: FlameNode, negated: boolean): string =>
    queryPath(query, {
      conditions: withCondition(query.conditions, { ...conditionOf(node, thread), negated }),
      view: 'flame',
    });
  return (
    <div class={valueKey === path ? 'flame-view' : 'flame-view late'} aria-busy={valueKey !== path}>
      <Choices
        label="Threads"
        choices={[
          { text: 'Crashing thread', href: pathOf({}, 'crashing'), chosen: thread === 'crashing' },
          { text: 'Any thread', href: pathOf({}, 'any'), chosen: thread === 'any' },
        ]}
      />
      {problem !== undefined && <ProblemView problem={problem} words={kOwnWords} />}
      {value === undefined && problem === undefined && <Loading />}
      {value !== undefined &&
        problem === undefined &&
        (value.root.children.length === 0 ? (
          <NothingFound
            conditions={query.conditions}
            pathOf={(conditions) => pathOf({ conditions }, thread)}
            wanted={kStacks}
          />
        ) : (
          <FlameGraph
            flame={value}
            navigate={navigate}
            hrefOf={(node) => hrefOf(node, false)}
            excludeHrefOf={(node) => hrefOf(node, true)}
          />
        ))}
    </div>
  );
}
