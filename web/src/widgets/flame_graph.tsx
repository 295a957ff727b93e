// A tree of stacks as boxes: callers above, and a box as wide as its share of crashes. A click (or Enter) searches for the
// frame with its callers; the space bar makes a frame as wide as the whole, Escape takes that back. The arrows move.
import { useMemo, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Flame, FlameNode } from '../api/flame';
import { countOf, formatCount } from '../base/format';
import { shareText } from './facet_table';
import { TreeTable } from './flame_table';
import './flame_graph.css';

export interface FlameGraphProps {
  readonly flame: Flame;
  readonly hrefOf: (node: FlameNode) => string;
  readonly excludeHrefOf: (node: FlameNode) => string;
  readonly navigate: (path: string) => void;
}

// In shares of the whole width: smaller boxes could be neither read nor hit.
const kMinShare = 0.002;
const kRowRem = 1.5;

export function FlameGraph(props: FlameGraphProps): VNode {
  const { flame, hrefOf, navigate } = props;
  const [zoomed, setZoomed] = useState<FlameNode>(flame.root);
  // What was enlarged in an earlier answer is in this one no more.
  const zoom = rootOf(zoomed) === flame.root ? zoomed : flame.root;
  const [current, setCurrent] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const boxes = useMemo(() => visibleNodes(zoom), [zoom]);
  const depthMax = Math.max(...boxes.map(({ depth }) => depth));
  const focused = boxes.find(({ key }) => key === current) ?? boxes[0];

  const onKeyDown = (event: KeyboardEvent): void => {
    if (focused === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const goal = neighbour(focused, event.key, boxes);
    if (goal !== undefined) {
      setCurrent(goal.key);
      box.current?.querySelector<HTMLElement>(`[data-node="${goal.key}"]`)?.focus();
    } else if (event.key === ' ') setZoomed(focused);
    else if (event.key === 'Escape') setZoomed(flame.root);
    else if (focused.depth > 0 && (event.key === 'Enter' || event.key === 'f')) navigate(hrefOf(focused));
    else if (focused.depth > 0 && event.key === 'e') navigate(props.excludeHrefOf(focused));
    else return;
    event.preventDefault();
  };

  return (
    <div class="flame">
      <Lead flame={flame} onAll={zoom === flame.root ? undefined : () => setZoomed(flame.root)} />
      <div
        ref={box}
        class="flame-boxes"
        role="tree"
        aria-label="Stacks of the crashes"
        onKeyDown={onKeyDown}
        style={{ height: `${(depthMax + 1) * kRowRem}rem` }}
      >
        {boxes.map((node) => (
          <FlameBox
            key={node.key}
            node={node}
            zoom={zoom}
            total={flame.root.count}
            isFocusable={node === focused}
            onFocus={() => setCurrent(node.key)}
            onClick={(event) => {
              if (event.shiftKey || node.depth === 0) setZoomed(node);
              else navigate(hrefOf(node));
            }}
          />
        ))}
      </div>
      <details class="block">
        <summary>As a table</summary>
        <TreeTable root={flame.root} hrefOf={hrefOf} />
      </details>
    </div>
  );
}

function Lead({ flame, onAll }: { flame: Flame; onAll: (() => void) | undefined }): VNode {
  return (
    <p class="quiet">
      {countOf(flame.shown, 'stack', 'stacks')} of {countOf(flame.total, 'crash', 'crashes')}
      {flame.cut > 0 && `; small branches of ${formatCount(flame.cut)} are left out`}. Callers stand above.
      Click a frame to search for it with its callers; <kbd>Space</kbd> enlarges it, <kbd>Esc</kbd> takes that
      back.{' '}
      {onAll !== undefined && (
        <button type="button" onClick={onAll}>
          Show all
        </button>
      )}
    </p>
  );
}

// Where an arrow key leads, if it is one and there is something to see.
function neighbour(from: FlameNode, key: string, boxes: readonly FlameNode[]): FlameNode | undefined {
  const row = boxes.filter(({ depth }) => depth === from.depth);
  const goals: Readonly<Record<string, FlameNode | undefined>> = {
    ArrowDown: from.children[0],
    j: from.children[0],
    ArrowUp: from.parent,
    k: from.parent,
    ArrowRight: row[row.indexOf(from) + 1],
    ArrowLeft: row[row.indexOf(from) - 1],
    Home: boxes[0],
  };
  const goal = goals[key];
  return goal !== undefined && boxes.includes(goal) ? goal : undefined;
}

function rootOf(node: FlameNode): FlameNode {
  let at = node;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

// Those above the enlarged one, it, and what is below it and wide enough; each row from left to right.
function visibleNodes(zoom: FlameNode): readonly FlameNode[] {
  const nodes: FlameNode[] = [];
  for (let at = zoom.parent; at !== undefined; at = at.parent) nodes.unshift(at);
  const visit = (node: FlameNode): void => {
    if (node.count < zoom.count * kMinShare) return;
    nodes.push(node);
    for (const child of node.children) visit(child);
  };
  visit(zoom);
  return nodes;
}

interface FlameBoxProps {
  readonly node: FlameNode;
  readonly zoom: FlameNode;
  readonly total: number;
  readonly isFocusable: boolean;
  readonly onFocus: () => void;
  readonly onClick: (event: MouseEvent) => void;
}

function FlameBox({ node, zoom, total, isFocusable, onFocus, onClick }: FlameBoxProps): VNode {
  const isAbove = node.depth < zoom.depth;
  const left = isAbove ? 0 : (node.start - zoom.start) / Math.max(1, zoom.count);
  const width = isAbove ? 1 : node.count / Math.max(1, zoom.count);
  const name = node.depth === 0 ? 'All stacks' : node.name === '' ? '(no name)' : node.name;
  const words = `${name} ${shareText(node.count, total)}${node.module === undefined ? '' : `, in ${node.module}`}: ${countOf(node.count, 'stack', 'stacks')}`;
  return (
    <div
      role="treeitem"
      class={isAbove ? 'above' : node.depth === 0 ? 'root' : undefined}
      data-node={node.key}
      tabIndex={isFocusable ? 0 : -1}
      aria-level={node.depth + 1}
      aria-label={words}
      title={words}
      aria-selected={isFocusable}
      onFocus={onFocus}
      onClick={onClick}
      style={{
        left: `${100 * left}%`,
        width: `${100 * width}%`,
        top: `${node.depth * kRowRem}rem`,
        '--hue': String(hueOf(node.module ?? '')),
      }}
    >
      {width > 0.015 && (
        <span>
          <bdi>{name}</bdi> <small>{shareText(node.count, total)}</small>
        </span>
      )}
    </div>
  );
}

// One colour for a module, in every chart.
function hueOf(text: string): number {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return hash;
}
