// A tree of stacks as a table whose rows open and close. What was called by one function is sorted among itself; copies
// hold the whole tree.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { FlameNode } from '../api/flame';
import { formatCount } from '../base/format';
import { breakable } from './code_name';
import { ColumnHeading } from './column_heading';
import type { Column } from './data_table';
import { shareText } from './facet_table';
import { moveByKey } from './row_keys';
import { orderOf, sortRows, useOrder } from './table_order';
import { chosenColumns, TableTools } from './table_tools';

const kTable = 'tree';
const kMaxRows = 500;
const kIndentMax = 24;

// Open at first: the way down to where the stacks part, and one further.
function openAtFirst(root: FlameNode): ReadonlySet<string> {
  const open = new Set<string>();
  let at: FlameNode | undefined = root;
  while (at !== undefined && at.children.length > 0 && open.size < 30) {
    open.add(at.key);
    at = at.children.length === 1 ? at.children[0] : at.depth === 0 ? at.children[0] : undefined;
  }
  return open;
}

type Sorted = (nodes: readonly FlameNode[]) => readonly FlameNode[];

function openRows(root: FlameNode, open: ReadonlySet<string>, sorted: Sorted): readonly FlameNode[] {
  const rows: FlameNode[] = [];
  const visit = (node: FlameNode): void => {
    if (rows.length >= kMaxRows) return;
    if (node.depth > 0) rows.push(node);
    if (node.depth === 0 || open.has(node.key)) sorted(node.children).forEach(visit);
  };
  visit(root);
  return rows;
}

export function allRows(root: FlameNode, sorted: Sorted): readonly FlameNode[] {
  return sorted(root.children).flatMap((node) => [node, ...allRows(node, sorted)]);
}

const nameOf = ({ name }: FlameNode): string => (name === '' ? '(no name)' : name);

// Tells in a copy what the table shows by indents.
const kDepth: Column<FlameNode> = {
  name: 'depth',
  title: 'Depth',
  value: ({ depth }) => depth,
  cell: ({ depth }) => depth,
};

export function TreeTable({ root, hrefOf }: { root: FlameNode; hrefOf: (node: FlameNode) => string }): VNode {
  const [open, setOpen] = useState(() => openAtFirst(root));
  const { value: orderText, hrefOf: orderHref } = useOrder(kTable);
  const [chosen, setChosen] = useState(() => chosenColumns(kTable));
  const toggle = (node: FlameNode): void =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(node.key)) next.add(node.key);
      return next;
    });
  const columns: readonly Column<FlameNode>[] = [
    {
      name: 'function',
      title: 'Function',
      value: nameOf,
      cell: (node) => (
        <>
          <Twist node={node} isOpen={open.has(node.key)} onToggle={() => toggle(node)} />
          <a href={hrefOf(node)} class="code" title="Search for this frame with its callers">
            {breakable(nameOf(node))}
          </a>
        </>
      ),
    },
    { name: 'module', title: 'Module', value: ({ module }) => module, cell: ({ module }) => module },
    {
      name: 'count',
      title: 'Stacks',
      isNumeric: true,
      value: ({ count }) => count,
      cell: ({ count }) => formatCount(count),
    },
    {
      name: 'share',
      title: 'Share',
      isNumeric: true,
      unit: '%',
      value: ({ count }) => Number(((100 * count) / Math.max(1, root.count)).toFixed(2)),
      cell: ({ count }) => shareText(count, root.count),
    },
  ];
  const shown = columns.filter(({ name }) => chosen?.includes(name) ?? true);
  const order = orderOf(orderText);
  const sorted: Sorted = (nodes) =>
    sortRows(nodes, columns.find(({ name }) => name === order?.name)?.value, order);
  return (
    <>
      <TableTools
        name={kTable}
        columns={columns}
        shown={shown}
        copied={() => ({ columns: [kDepth, ...shown], rows: allRows(root, sorted) })}
        onChoose={setChosen}
      />
      <table class="data tree" role="table">
        <caption class="hidden">Stacks of the crashes, callers first</caption>
        <thead role="rowgroup">
          <tr role="row">
            {shown.map((column) => (
              <ColumnHeading key={column.name} column={column} order={order} hrefOf={orderHref} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" onKeyDown={moveByKey}>
          {openRows(root, open, sorted).map((node, index) => (
            <tr key={node.key} role="row" data-key={node.key} tabIndex={index === 0 ? 0 : -1}>
              {shown.map(({ name, isNumeric, cell }) => (
                <td
                  key={name}
                  role="cell"
                  class={`col-${name}${isNumeric === true ? ' number' : ''}`}
                  style={{ '--indent': String(Math.min(kIndentMax, node.depth - 1)) }}
                >
                  {cell(node)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

interface TwistProps {
  readonly node: FlameNode;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Twist({ node, isOpen, onToggle }: TwistProps): VNode {
  if (node.children.length === 0) return <span class="leaf" />;
  return (
    <button
      type="button"
      class="twist"
      aria-expanded={isOpen}
      aria-label={`What ${node.name} called`}
      onClick={onToggle}
    >
      {isOpen ? '▾' : '▸'}
    </button>
  );
}
