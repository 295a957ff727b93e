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

export function FlameGraph({ flame, hrefOf, excludeHrefOf, navigate }: FlameGraphProps): VNode {
  const [zoomed, setZoomed] = useState<FlameNode>(flame.root);
  const zoom = zoomed.key === '' || flame.root === rootOf(zoomed) ? (zoomed.key === '' ? flame.root : zoomed) : flame.root;
  const [current, setCurrent] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const boxes = useMemo(() => visibleNodes(zoom), [zoom]);
  const depthMax = Math.max(...boxes.map(({ depth }) => depth));
  const focused = boxes.find(({ key }) => key === current) ?? boxes[0];

  const focusOn = (node: FlameNode | undefined): void => {
    if (node === undefined || !boxes.includes(node)) return;
    setCurrent(node.key);
    box.current?.querySelector<HTMLElement>(`[data-node="${node.key}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (focused === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const siblings = boxes.filter(({ depth }) => depth === focused.depth);
    const beside = (step: number): FlameNode | undefined => siblings[siblings.indexOf(focused) + step];
    const acts: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focusOn(focused.children[0]), j: () => focusOn(focused.children[0]),
      ArrowUp: () => focusOn(focused.parent), k: () => focusOn(focused.parent),
      ArrowRight: () => focusOn(beside(1)), ArrowLeft: () => focusOn(beside(-1)),
      Home: () => focusOn(boxes[0]),
      ' ': () => setZoomed(focused),
      Escape: () => setZoomed(flame.root),
      Enter: () => focused.depth > 0 && navigate(hrefOf(focused)), f: () => focused.depth > 0 && navigate(hrefOf(focused)),
      e: () => focused.depth > 0 && navigate(excludeHrefOf(focused)),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  return (
    <div class="flame">
      <p class="quiet">
        {countOf(flame.shown, 'stack', 'stacks')} of {countOf(flame.total, 'crash', 'crashes')}{flame.cut > 0 && `; small branches of ${formatCount(flame.cut)} are left out`}.
        {' '}Callers stand above. Click a frame to search for it with its callers; <kbd>Space</kbd> enlarges it, <kbd>Esc</kbd> takes that back.
        {zoom !== flame.root && <> <button type="button" onClick={() => setZoomed(flame.root)}>Show all</button></>}
      </p>
      <div ref={box} class="flame-boxes" role="tree" aria-label="Stacks of the crashes" onKeyDown={onKeyDown} style={{ height: `${(depthMax + 1) * kRowRem}rem` }}>
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
  const words = `${name}${node.module === undefined ? '' : ` in ${node.module}`}: ${countOf(node.count, 'stack', 'stacks')}, ${shareText(node.count, total)}`;
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
      style={{ left: `${100 * left}%`, width: `${100 * width}%`, top: `${node.depth * kRowRem}rem`, '--hue': String(hueOf(node.module ?? '')) }}
    >
      {width > 0.015 && <span><bdi>{name}</bdi> <small>{shareText(node.count, total)}</small></span>}
    </div>
  );
}

// One colour for a module, in every chart.
function hueOf(text: string): number {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return hash;
}
