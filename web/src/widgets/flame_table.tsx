// A tree of stacks as a table whose rows open and close.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { FlameNode } from '../api/flame';
import { formatCount } from '../base/format';
import { breakable } from './code_name';
import { shareText } from './facet_table';
import { moveByKey } from './row_keys';

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

function openRows(root: FlameNode, open: ReadonlySet<string>): readonly FlameNode[] {
  const rows: FlameNode[] = [];
  const visit = (node: FlameNode): void => {
    if (rows.length >= kMaxRows) return;
    if (node.depth > 0) rows.push(node);
    if (node.depth === 0 || open.has(node.key)) node.children.forEach(visit);
  };
  visit(root);
  return rows;
}

export function TreeTable({ root, hrefOf }: { root: FlameNode; hrefOf: (node: FlameNode) => string }): VNode {
  const [open, setOpen] = useState(() => openAtFirst(root));
  const rows = openRows(root, open);
  const toggle = (node: FlameNode): void =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(node.key)) next.add(node.key);
      return next;
    });
  return (
    <table class="data tree" role="table">
      <caption class="hidden">Stacks of the crashes, callers first</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col" class="col-function">
            Function
          </th>
          <th role="columnheader" scope="col" class="col-module">
            Module
          </th>
          <th role="columnheader" scope="col" class="col-count number">
            Stacks
          </th>
          <th role="columnheader" scope="col" class="col-share number">
            Share
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup" onKeyDown={moveByKey}>
        {rows.map((node, index) => (
          <tr key={node.key} role="row" data-key={node.key} tabIndex={index === 0 ? 0 : -1}>
            <td
              role="cell"
              class="col-function"
              style={{ '--indent': String(Math.min(kIndentMax, node.depth - 1)) }}
            >
              {node.children.length === 0 ? (
                <span class="leaf" />
              ) : (
                <button
                  type="button"
                  class="twist"
                  aria-expanded={open.has(node.key)}
                  aria-label={`What ${node.name} called`}
                  onClick={() => toggle(node)}
                >
                  {open.has(node.key) ? '▾' : '▸'}
                </button>
              )}
              <a href={hrefOf(node)} class="code" title="Search for this frame with its callers">
                {breakable(node.name === '' ? '(no name)' : node.name)}
              </a>
            </td>
            <td role="cell" class="col-module">
              {node.module}
            </td>
            <td role="cell" class="col-count number">
              {formatCount(node.count)}
            </td>
            <td role="cell" class="col-share number">
              {shareText(node.count, root.count)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
