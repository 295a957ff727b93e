// A stack: one row per frame and per function inlined at it, innermost first. Pointing at the trust of a
// frame, or standing in its row, explains it.
import { useMemo, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Frame, SourcePlace } from '../base/crash';
import { formatCount } from '../base/format';
import { expandFrames, sourceText, type FrameRow } from '../base/frame_rows';
import { sourceUrl } from '../base/source_link';
import { trustLevel } from '../base/trust';
import { breakable, ExpandableName } from './code_name';
import { moveByKey, rowIndexOf } from './row_keys';

// Longer names lose their middle: a stack of such is not read but searched for the ends.
const kMaxName = 300;
// Of a deep recursion the rest is drawn on demand, so that the page answers at once.
const kRowsAtOnce = 200;
// More than a screen shows.
const kRowsAtFirst = 40;

export interface StackTableProps {
  readonly caption: string;
  readonly frames: readonly Frame[];
  // false: only what is in sight, because the rest follows at once.
  readonly isWhole: boolean;
}

export function StackTable({ caption, frames, isWhole }: StackTableProps): VNode {
  const [current, setCurrent] = useState(0);
  const [all, setAll] = useState(false);
  const rows = useMemo(() => expandFrames(frames), [frames]);
  const shown = all ? rows : rows.slice(0, isWhole ? kRowsAtOnce : kRowsAtFirst);
  if (rows.length === 0) return <p class="quiet">This thread has no frames.</p>;
  const table = (
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
        {shown.map((row, index) => <StackRow key={row.key} row={row} tabIndex={index === current ? 0 : -1} />)}
      </tbody>
    </table>
  );
  return (
    <>
      {table}
      {isWhole && shown.length < rows.length && (
        <p class="rest"><button type="button" onClick={() => setAll(true)}>{`Show ${formatCount(rows.length - shown.length)} more rows`}</button></p>
      )}
    </>
  );
}

function StackRow({ row, tabIndex }: { row: FrameRow; tabIndex: number }): VNode {
  // A thousand rows are drawn again only where something changed.
  return useMemo(() => drawRow(row, tabIndex), [row, tabIndex]);
}

function drawRow(row: FrameRow, tabIndex: number): VNode {
  const { frame } = row;
  const trust = trustLevel(frame.trust);
  const classes = ['frame', row.inlined ? 'inlined' : '', row.inlined && row.library ? 'library' : '', trust.guessed ? 'guessed' : ''];
  return (
    <tr role="row" class={classes.filter((name) => name !== '').join(' ')} tabIndex={tabIndex}>
      <td role="cell" class="col-number">{frame.index}</td>
      <td role="cell" class="col-module">
        {frame.moduleName ?? <span class="quiet">no module</span>}
        {frame.missingSymbols && !row.inlined && <SymbolsMissing />}
      </td>
      <td role="cell" class={row.named ? 'col-function' : 'col-function unnamed'} title={frame.address}>
        {row.inlined && <span class="mark inline">inline</span>}
        <ExpandableName name={row.name} lengthMax={kMaxName} />
      </td>
      <td role="cell" class="col-source" title={row.place.file}><Source place={row.place} /></td>
      <td role="cell" class="col-trust">{!row.inlined && <TrustMark name={frame.trust} />}</td>
    </tr>
  );
}

function Source({ place }: { place: SourcePlace }): VNode {
  const url = sourceUrl(place);
  const text = breakable(sourceText(place));
  return url === undefined ? <>{text}</> : <a href={url} target="_blank" rel="noreferrer">{text}</a>;
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
