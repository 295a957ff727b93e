// A stack: one row per frame and per function inlined at it, innermost first. Pointing at the trust of a frame, or
// standing in its row, explains it.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Frame } from '../base/crash';
import { expandFrames, sourceText, type FrameRow } from '../base/frame_rows';
import { trustLevel } from '../base/trust';
import { moveByKey, rowIndexOf } from './row_keys';

export function StackTable({ caption, frames }: { caption: string; frames: readonly Frame[] }): VNode {
  const [current, setCurrent] = useState(0);
  const rows = expandFrames(frames);
  if (rows.length === 0) return <p class="quiet">This thread has no frames.</p>;
  return (
    <table class="stack" role="table">
      <caption class="hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col" class="col-number">#</th>
          <th role="columnheader" scope="col" class="col-module">Module</th>
          <th role="columnheader" scope="col" class="col-function">Function</th>
          <th role="columnheader" scope="col" class="col-source">Source</th>
          <th role="columnheader" scope="col" class="col-trust">Trust</th>
        </tr>
      </thead>
      <tbody role="rowgroup" onKeyDown={moveByKey} onFocusIn={(event) => setCurrent(rowIndexOf(event))}>
        {rows.map((row, index) => <StackRow key={row.key} row={row} tabIndex={index === current ? 0 : -1} />)}
      </tbody>
    </table>
  );
}

function StackRow({ row, tabIndex }: { row: FrameRow; tabIndex: number }): VNode {
  const { frame } = row;
  const trust = trustLevel(frame.trust);
  const classes = ['frame', row.inlined ? 'inlined' : '', trust.guessed ? 'guessed' : ''].join(' ').trim();
  return (
    <tr role="row" class={classes} tabIndex={tabIndex}>
      <td role="cell" class="col-number">{frame.index}</td>
      <td role="cell" class="col-module">
        {frame.moduleName ?? <span class="quiet">no module</span>}
        {frame.missingSymbols && !row.inlined && <SymbolsMissing />}
      </td>
      <td role="cell" class={row.named ? 'col-function' : 'col-function unnamed'} title={frame.address}>
        {row.inlined && <span class="mark inline">inline</span>}
        <CodeName name={row.name} />
      </td>
      <td role="cell" class="col-source" title={row.place.file}>{breakable(sourceText(row.place))}</td>
      <td role="cell" class="col-trust">{!row.inlined && <TrustMark name={frame.trust} />}</td>
    </tr>
  );
}

function SymbolsMissing(): VNode {
  return <span class="mark missing" title="The server has no symbols for this module.">no symbols</span>;
}

function TrustMark({ name }: { name: string | undefined }): VNode {
  const trust = trustLevel(name);
  return (
    <span class={trust.guessed ? 'trust guessed' : 'trust'}>
      {trust.label}
      <span class="tip" role="note">{trust.explanation}</span>
    </span>
  );
}

// C++ names have few spaces: allow a line break after "::", "<", "," and "(".
export function CodeName({ name }: { name: string }): VNode {
  return <span class="code">{breakable(name)}</span>;
}

function breakable(text: string): (string | VNode)[] {
  const pieces = text.split(/(?<=::|[<,(/+])(?!\))/);
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [<wbr />, piece]));
}
