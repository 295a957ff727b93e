// The stacks of a search folded into one tree: the outermost frames at its root, and each frame below the one that
// called it.
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { getJson, withoutCrash } from './client';
import { RecentAnswers } from './recent';
import type { components } from './schema';
import { readNumber } from './search_facets';
import { appendConditions, type Condition } from './search_query';
import { stackText, type FrameWord } from './stack_query';

type FlameAnswer = components['schemas']['Flame'];
type NodeAnswer = components['schemas']['FlameNode'];

export interface FlameNode {
  // Tells the nodes of a tree apart: the way from the root in numbers of children.
  readonly key: string;
  readonly name: string;
  readonly module: string | undefined;
  readonly count: number;
  readonly depth: number;
  // Crashes to the left of it in the row of its depth: where it is drawn.
  readonly start: number;
  readonly parent: FlameNode | undefined;
  readonly children: readonly FlameNode[];
}

export interface Flame {
  // Crashes that match, and the stacks that are in the tree: of any thread, a crash has several.
  readonly total: number;
  readonly shown: number;
  // Stacks of branches that are left out for being small.
  readonly cut: number;
  readonly root: FlameNode;
}

export type FlameThread = 'crashing' | 'any';

const kMaxStacks = 5000;
// Beyond this, a drawing has more boxes than a browser draws smoothly, and than a person reads.
const kMaxNodes = 4000;
const kMaxDepth = 200;

export function flameApiPath(conditions: readonly Condition[], thread: FlameThread): string {
  const parameters = new URLSearchParams();
  appendConditions(parameters, conditions);
  parameters.set('thread', thread);
  parameters.set('stacks_max', String(kMaxStacks));
  return `/api/Flame/?${parameters.toString()}`;
}

const recent = new RecentAnswers<Flame>();

export function recentFlame(path: string): Flame | undefined {
  return recent.find(path);
}

export async function askFlame(path: string, signal: AbortSignal): Promise<Result<Flame>> {
  const answer = await getJson<FlameAnswer>(path, signal);
  if (!answer.ok) return { ok: false, problem: withoutCrash(answer.problem) };
  const flame = readFlame(answer.value);
  recent.keep(path, flame);
  return succeed(flame);
}

interface Budget {
  nodes: number;
  cut: number;
}

export function readFlame(answer: FlameAnswer): Flame {
  const budget: Budget = { nodes: kMaxNodes, cut: 0 };
  const root = readNode(answer.root ?? {}, { key: '', depth: 0, start: 0, parent: undefined }, budget);
  return {
    total: readNumber(answer.total) ?? 0,
    shown: readNumber(answer.shown) ?? root.count,
    cut: budget.cut,
    root,
  };
}

function readNode(
  answer: NodeAnswer,
  place: Pick<FlameNode, 'key' | 'depth' | 'start' | 'parent'>,
  budget: Budget,
): FlameNode {
  const children: FlameNode[] = [];
  const node: FlameNode = {
    ...place,
    name: readText(answer.name) ?? '',
    module: readText(answer.module),
    count: readNumber(answer.count) ?? 0,
    children,
  };
  budget.cut += readNumber(answer.cut) ?? 0;
  let { start } = place;
  for (const [index, child] of readList(answer.children).entries()) {
    if (budget.nodes <= 0 || place.depth >= kMaxDepth) {
      budget.cut += readNumber(child.count) ?? 0;
      continue;
    }
    budget.nodes -= 1;
    const read = readNode(
      child,
      { key: `${place.key}/${index}`, depth: place.depth + 1, start, parent: node },
      budget,
    );
    children.push(read);
    start += read.count;
  }
  return node;
}

// Deeper than this, a search would hold more frames than anybody reads.
const kMaxFramesOfSearch = 6;

// The search for crashes with this frame, called by those above it in the tree.
export function conditionOf(node: FlameNode, thread: FlameThread): Condition {
  const frames = [];
  for (
    let at: FlameNode | undefined = node;
    at !== undefined && at.depth > 0 && frames.length < kMaxFramesOfSearch;
    at = at.parent
  ) {
    frames.push({ words: [wordOf(at)], gapMax: 0 });
  }
  return {
    field: thread === 'any' ? 'stack' : 'stack(crashing)',
    operator: '',
    negated: false,
    value: stackText(frames),
  };
}

// A frame without symbols is a place in a module.
function wordOf({ name }: FlameNode): FrameWord {
  const place = /^(.+?)\s?[+@]\s?(0x[0-9a-f]+)$/i.exec(name);
  if (place !== null) return { kind: 'at', match: 'is', text: `${place[1]}+${place[2]}` };
  // Signs that would be wildcards stand for any one letter, themselves among them.
  return { kind: 'name', match: 'is', text: name.replaceAll('*', '?') };
}
