// The columns of the table of uploads.
import type { VNode } from 'preact';
import { uploadPath, type Upload } from '../../../api/uploads';
import { uploadsPath, type UploadsQuery } from '../../../api/uploads_query';
import { formatAge, formatBytes, formatCount, formatTime } from '../../../base/format';
import { breakable } from '../../../widgets/code_name';
import type { Column, ColumnSorting } from '../../../widgets/data_table';
import { ClassMark } from '../class_mark';
import { Unit } from '../unit';

export function uploadColumns(query: UploadsQuery): readonly Column<Upload>[] {
  const descending = (isSorted: boolean, bySize: boolean): ColumnSorting =>
    ({ order: isSorted ? 'descending' : undefined, href: uploadsPath(query, { bySize }) });
  return [
    { name: 'time', title: 'Time (UTC)', value: ({ created }) => (created === undefined ? undefined : formatTime(created)), cell: timeCell, sorting: descending(!query.bySize, false) },
    { name: 'archive', title: 'Sent', hint: 'The archive, or its URL', value: ({ fileName }) => fileName, cell: archiveCell },
    { name: 'user', title: 'Uploader', value: ({ user }) => user, cell: (upload) => narrowing(upload.user, uploadsPath(query, { user: upload.user ?? '' })) },
    { name: 'product', title: 'Product', value: ({ product }) => product, cell: (upload) => narrowing(upload.product, uploadsPath(query, { product: upload.product ?? '' })) },
    { name: 'files', title: 'Files', hint: 'Files that it brought and that are still there', value: ({ files }) => files, cell: filesCell },
    { name: 'size', title: 'Size', unit: 'bytes', value: ({ size }) => size, cell: (upload) => formatBytes(upload.size), sorting: descending(query.bySize, true) },
    { name: 'status', title: 'Status', value: ({ completed }) => (completed === undefined ? 'not complete' : 'complete'), cell: statusCell },
  ];
}

// The way to the upload for those who click links; the whole row leads there too.
function timeCell({ id, created }: Upload): VNode {
  return (
    <a href={uploadPath(id)} title={created === undefined ? undefined : `Upload ${id}, ${formatAge(created, new Date())}`}>
      {created === undefined ? `Upload ${id}` : <time dateTime={created.toISOString()}>{formatTime(created)}</time>}
    </a>
  );
}

function archiveCell({ fileName, protocol, isTry }: Upload): VNode {
  return (
    <>
      {fileName !== undefined && <bdi class="code">{breakable(fileName)}</bdi>} <span class="quiet">{protocol}</span>{' '}
      <ClassMark isTry={isTry} />
    </>
  );
}

function narrowing(text: string | undefined, href: string): VNode {
  return text === undefined ? <span class="quiet none">none</span> : <a href={href} title="Show these alone"><bdi>{text}</bdi></a>;
}

function filesCell({ files, skipped }: Upload): VNode {
  return (
    <>
      {formatCount(files)}<Unit text="files" />
      {skipped > 0 && <span class="quiet" title="Files that were there already"> +{formatCount(skipped)} again</span>}
    </>
  );
}

function statusCell(upload: Upload): VNode {
  return <UploadStatus completed={upload.completed} />;
}

export function UploadStatus({ completed }: { completed: Date | undefined }): VNode {
  if (completed !== undefined) return <span title={`${formatTime(completed)} UTC`}>complete</span>;
  return <span class="trouble" title="It broke off, or is still on its way. Files that came whole are there.">not complete</span>;
}
