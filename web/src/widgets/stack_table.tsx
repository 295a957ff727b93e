// A stack: one row per frame and per function inlined at it, innermost first. Pointing at the trust of a
// frame, or standing in its row, explains it. As every table it sorts, its columns can be chosen, and it can be copied.
import { useContext, useMemo, useState } from 'preact/hooks';
import { createContext, type VNode } from 'preact';
import type { Frame, SourcePlace } from '../base/crash';
import { formatCount } from '../base/format';
import { expandFrames, sourceText, type FrameRow } from '../base/frame_rows';
import { sourceUrl, type SourceTemplate } from '../base/source_link';
import { trustLevel } from '../base/trust';
import { breakable, ExpandableName } from './code_name';
import { ColumnHeading } from './column_heading';
import type { Column } from './data_table';
import { moveByKey, rowIndexOf } from './row_keys';
import { orderOf, sortRows, useOrder } from './table_order';
import { chosenColumns, TableTools } from './table_tools';
import { useSourceLinks } from './use_source_links';

// For the cells of a table, which draw themselves.
const SourceLinks = createContext<readonly SourceTemplate[]>([]);

const kTable = 'stack';
// Longer names lose their middle: a stack of such is not read but searched for the ends.
const kMaxName = 300;
// Of a deep recursion the rest is drawn on demand, so that the page answers at once.
const kRowsAtOnce = 200;
// More than a screen shows.
const kRowsAtFirst = 40;

const kColumns: readonly Column<FrameRow>[] = [
  { name: 'number', title: '#', isNumeric: true, value: ({ frame }) => frame.index, cell: ({ frame }) => frame.index },
  { name: 'module', title: 'Module', value: ({ frame }) => frame.moduleName, cell: moduleCell },
  { name: 'function', title: 'Function', value: ({ name }) => name, cell: functionCell },
  { name: 'source', title: 'Source', value: ({ place }) => sourceText(place), cell: ({ place }) => <Source place={place} /> },
  {
    name: 'trust',
    title: 'Trust',
    value: ({ frame, inlined }) => (inlined ? 'inline' : trustLevel(frame.trust).label),
    cell: ({ frame, inlined }) => !inlined && <TrustMark name={frame.trust} />,
  },
];

export interface StackTableProps {
  readonly caption: string;
  readonly frames: readonly Frame[];
  // false: only what is in sight, because the rest follows at once.
  readonly isWhole: boolean;
}

export function StackTable({ caption, frames, isWhole }: StackTableProps): VNode {
  const [current, setCurrent] = useState(0);
  const [all, setAll] = useState(false);
  const { value: orderText, hrefOf } = useOrder(kTable);
  const [chosen, setChosen] = useState(() => chosenColumns(kTable));
  const order = orderOf(orderText);
  const columns = kColumns.filter(({ name }) => chosen?.includes(name) ?? true);
  const rows = useMemo(
    () => sortRows(expandFrames(frames), kColumns.find(({ name }) => name === order?.name)?.value, order),
    [frames, orderText],
  );
  const shown = all ? rows : rows.slice(0, isWhole ? kRowsAtOnce : kRowsAtFirst);
  const links = useSourceLinks(rows);
  if (rows.length === 0) return <p class="quiet">This thread has no frames.</p>;
  const table = (
    <table class="stack" role="table">
      <caption class="hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => <ColumnHeading key={column.name} column={column} order={order} hrefOf={hrefOf} />)}
        </tr>
      </thead>
      <tbody role="rowgroup" onKeyDown={moveByKey} onFocusIn={(event) => setCurrent(rowIndexOf(event))}>
        {shown.map((row, index) => <StackRow key={row.key} row={row} columns={chosen} tabIndex={index === current ? 0 : -1} />)}
      </tbody>
    </table>
  );
  return (
    <>
      <TableTools name={kTable} columns={kColumns} shown={columns} copied={() => ({ columns, rows })} onChoose={setChosen} />
      <SourceLinks.Provider value={links}>{table}</SourceLinks.Provider>
      {isWhole && shown.length < rows.length && (
        <p class="rest"><button type="button" onClick={() => setAll(true)}>{`Show ${formatCount(rows.length - shown.length)} more rows`}</button></p>
      )}
    </>
  );
}

interface StackRowProps {
  readonly row: FrameRow;
  // undefined: all of them.
  readonly columns: readonly string[] | undefined;
  readonly tabIndex: number;
}

function StackRow({ row, columns, tabIndex }: StackRowProps): VNode {
  // A thousand rows are drawn again only where something changed.
  return useMemo(() => drawRow({ row, columns, tabIndex }), [row, columns, tabIndex]);
}

function drawRow({ row, columns, tabIndex }: StackRowProps): VNode {
  const guessed = trustLevel(row.frame.trust).guessed;
  const classes = ['frame', row.inlined ? 'inlined' : '', row.inlined && row.library ? 'library' : '', guessed ? 'guessed' : ''];
  const tips: Readonly<Record<string, string | undefined>> = { function: row.frame.address, source: row.place.file };
  return (
    <tr role="row" class={classes.filter((name) => name !== '').join(' ')} tabIndex={tabIndex}>
      {kColumns.filter(({ name }) => columns?.includes(name) ?? true).map(({ name, cell }) => (
        <td key={name} role="cell" class={`col-${name}${name === 'function' && !row.named ? ' unnamed' : ''}`} title={tips[name]}>{cell(row)}</td>
      ))}
    </tr>
  );
}

function moduleCell({ frame, inlined }: FrameRow): VNode {
  return (
    <>
      {frame.moduleName ?? <span class="quiet">no module</span>}
      {frame.missingSymbols && !inlined && <SymbolsMissing />}
    </>
  );
}

function functionCell({ inlined, name }: FrameRow): VNode {
  return (
    <>
      {inlined && <span class="mark inline">inline</span>}
      <ExpandableName name={name} lengthMax={kMaxName} />
    </>
  );
}

function Source({ place }: { place: SourcePlace }): VNode {
  const url = sourceUrl(place, useContext(SourceLinks));
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
