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
import { queryPath, withCondition, type SearchQuery } from '../../api/search_query';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { Choices } from '../../widgets/choices';
import { FlameGraph } from '../../widgets/flame_graph';
import { EmptyList } from '../../widgets/empty_list';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';

const kOlder: ProblemWords = {
  title: 'No view of stacks here',
  advice: 'This server does not fold stacks into one view: it is older than this page.',
};
const kOwnWords: Partial<Record<ProblemKind, ProblemWords>> = { 'bad-answer': kOlder, 'no-service': kOlder };

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
          <EmptyList title="No stacks">
            <p>None of the crashes that were found has a stack.</p>
          </EmptyList>
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
