// The columns of the table of crashes.
import type { VNode } from 'preact';
import type { Hit } from '../../api/search';
import { exactSignature, searchPath } from '../../api/search_query';
import { reportPath } from '../../base/crash_id';
import { formatAge, formatTime } from '../../base/format';
import { CodeName } from '../../widgets/code_name';
import type { Column } from '../../widgets/data_table';
import { KindBadge } from '../../widgets/kind_badge';

// Three lines of the column.
const kMaxSignature = 120;

export const kCrashColumns: readonly Column<Hit>[] = [
  { name: 'time', title: 'Time (UTC)', cell: timeCell },
  { name: 'kind', title: 'Kind', cell: (hit) => <KindBadge kind={hit.kind} /> },
  { name: 'signature', title: 'Signature', cell: signatureCell },
  { name: 'product', title: 'Product', cell: productCell },
  { name: 'reason', title: 'Reason', cell: (hit) => <span title={hit.reason}>{hit.reason}</span> },
  { name: 'platform', title: 'Platform', cell: (hit) => hit.platform },
];

// The way to the report for those who click links; the whole row leads there too.
function timeCell(hit: Hit): VNode {
  if (hit.time === undefined) return <a href={reportPath(hit.id)}>unknown</a>;
  return (
    <a href={reportPath(hit.id)} title={`${formatAge(hit.time, new Date())}: crash ${hit.id}`}>
      <time dateTime={hit.time.toISOString()}>{formatTime(hit.time)}</time>
    </a>
  );
}

function signatureCell(hit: Hit): VNode {
  if (hit.signature === undefined) return <span class="quiet">no signature</span>;
  return <a href={searchPath([exactSignature(hit.signature)])} title={hit.signature}><CodeName name={hit.signature} lengthMax={kMaxSignature} /></a>;
}

function productCell(hit: Hit): VNode {
  return (
    <>
      <bdi>{hit.product}</bdi> <bdi class="version">{hit.version}</bdi>
      {hit.channel !== undefined && <bdi class="channel"> {hit.channel}</bdi>}
    </>
  );
}
