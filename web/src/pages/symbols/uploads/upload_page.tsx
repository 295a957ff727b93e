// One upload: what is known of it, and its files with their downloads.
import { useCallback } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { askUpload, downloadPath, recentUpload, uploadApiPath, type SymbolFile, type Upload, type UploadWithFiles } from '../../../api/uploads';
import { kAllUploads, uploadsPath } from '../../../api/uploads_query';
import { countOf, formatAge, formatBytes, formatCount, formatTime } from '../../../base/format';
import type { PageProps } from '../../../base/page';
import { isPassing } from '../../../base/problem';
import { breakable } from '../../../widgets/code_name';
import { CopyButton } from '../../../widgets/copy_button';
import { DataTable, type Column } from '../../../widgets/data_table';
import { Loading, ProblemView } from '../../../widgets/problem_view';
import { useRemote } from '../../../widgets/use_remote';
import { useTimer } from '../../../widgets/use_timer';
import { useTitle } from '../../../widgets/use_title';
import { ClassMark } from '../class_mark';
import { DebugId } from '../debug_id';
import { SymbolsFrame } from '../symbols_frame';
import { Unit } from '../unit';
import { kUploadWords } from '../words';
import { UploadStatus } from './columns';

const kRetryMs = 4000;

export function UploadPage({ parameters }: PageProps): VNode {
  const text = parameters['id'] ?? '';
  useTitle(`Upload ${text}`);
  const isNumber = /^[1-9]\d{0,14}$/.test(text);
  return isNumber ? <KnownId id={Number(text)} /> : (
    <SymbolsFrame tab="/symbols/uploads" isWithin title="Upload" onMoved={nothing}>
      <ProblemView problem={{ kind: 'not-found', detail: `“${text}” is not a number.` }} words={kUploadWords} />
    </SymbolsFrame>
  );
}

function nothing(): void {}

function KnownId({ id }: { id: number }): VNode {
  const key = uploadApiPath(id);
  const remote = useRemote<UploadWithFiles>({ key, ask: (signal) => askUpload(id, signal), recent: recentUpload(id) });
  const { problem, askAgain } = remote;
  const found = remote.valueKey === key ? remote.value : undefined;
  useTimer(problem !== undefined && isPassing(problem.kind) ? kRetryMs : null, askAgain);
  return (
    <SymbolsFrame tab="/symbols/uploads" isWithin title={`Upload ${id}`} onMoved={askAgain}>
      {found !== undefined ? <UploadView found={found} />
        : problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kUploadWords} />}
    </SymbolsFrame>
  );
}

export function UploadView({ found: { upload, files } }: { found: UploadWithFiles }): VNode {
  return (
    <>
      <UploadFacts upload={upload} />
      <h2>Files <span class="thread-name">{formatCount(upload.files)}</span></h2>
      {files.length === 0 && <p class="quiet">{noFilesWords(upload)}</p>}
      {files.length > 0 && (
        <DataTable caption="Files of this upload" name="symbol-files" columns={kFileColumns} rows={files} rowKey={(file) => String(file.id)} />
      )}
      {files.length < upload.files && files.length > 0 && <p class="quiet rest">These are the newest {formatCount(files.length)} of {formatCount(upload.files)}.</p>}
      <Skipped upload={upload} />
      <p class="paging"><a class="api" href={uploadApiPath(upload.id)} target="_blank" rel="noreferrer">Same data as JSON</a></p>
    </>
  );
}

function noFilesWords({ skipped, completed }: Upload): string {
  if (skipped > 0) return 'It brought nothing that was not there already.';
  return completed === undefined ? 'None has come whole.' : 'None is there any more: they were replaced, or removed at the end of their retention.';
}

function UploadFacts({ upload }: { upload: Upload }): VNode {
  const { created, user, product, fileName, protocol, size, isTry, completed } = upload;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Time', created === undefined ? undefined : <time dateTime={created.toISOString()}>{formatTime(created)} UTC <span class="quiet">({formatAge(created, new Date())})</span></time>],
    ['Status', <UploadStatus completed={completed} />],
    ['Uploader', user === undefined ? undefined : <a href={uploadsPath(kAllUploads, { user })} title="Uploads of this uploader"><bdi>{user}</bdi></a>],
    ['Product', product === undefined ? undefined : <a href={uploadsPath(kAllUploads, { product })} title="Uploads of this product"><bdi>{product}</bdi></a>],
    ['Class', isTry ? <ClassMark isTry /> : 'regular'],
    ['Size', size === 0 ? undefined : <span title={countOf(size, 'byte', 'bytes')}>{formatBytes(size)}</span>],
    ['Sent', fileName === undefined ? undefined : <bdi class="code">{breakable(fileName)}</bdi>],
    ['Protocol', protocol],
  ];
  return (
    <dl class="facts">
      {facts.filter(([, value]) => value !== undefined).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}

const kFileColumns: readonly Column<SymbolFile>[] = [
  { name: 'file', title: 'File', value: ({ name }) => name, cell: fileCell },
  { name: 'id', title: 'Debug id', value: ({ debugId }) => debugId, cell: ({ debugId }) => <DebugId id={debugId} /> },
  { name: 'generator', title: 'Made by', hint: 'What wrote the symbol file, as it says', value: ({ generator }) => generator, cell: ({ generator }) => <span class="quiet">{generator}</span> },
  { name: 'size', title: 'Size', hint: 'Unpacked', unit: 'bytes', value: ({ size }) => size, cell: ({ size }) => <span title={countOf(size, 'byte', 'bytes')}>{formatBytes(size)}<Unit text="unpacked" /></span> },
  { name: 'stored', title: 'On disk', unit: 'bytes', value: ({ storedSize }) => storedSize, cell: ({ storedSize }) => <span title={countOf(storedSize, 'byte', 'bytes')}>{formatBytes(storedSize)}<Unit text="on disk" /></span> },
  { name: 'download', title: 'Download', cell: downloadCell },
];

function fileCell({ name, file, isTry, codeFile, codeId }: SymbolFile): VNode {
  const code = codeFile === undefined ? undefined : `${codeFile}${codeId === undefined ? '' : `, code id ${codeId}`}`;
  return (
    <>
      <bdi class="code" title={code}>{breakable(name)}</bdi>
      {file !== name && <> <bdi class="code quiet">{breakable(file)}</bdi></>} <ClassMark isTry={isTry} />
    </>
  );
}

function downloadCell(file: SymbolFile): VNode {
  return <a href={downloadPath(file)} download={file.file} aria-label={`Download ${file.file} of ${file.name}`}>Download</a>;
}

function Skipped({ upload: { skipped, skippedKeys } }: { upload: Upload }): VNode | null {
  const text = useCallback(() => skippedKeys.join('\n'), [skippedKeys]);
  if (skipped === 0) return null;
  return (
    <details class="block">
      <summary><h2>{countOf(skipped, 'file was', 'files were')} there already</h2></summary>
      <p><CopyButton label="Copy the list" text={text} /></p>
      <ul class="skipped">
        {skippedKeys.map((key) => <li key={key}><a href={uploadsPath(kAllUploads, { key: key.split('/').slice(0, 2).join('/') })} title="Uploads that brought it" class="mono">{breakable(key)}</a></li>)}
      </ul>
      {skippedKeys.length < skipped && <p class="quiet">Only the first {formatCount(skippedKeys.length)} are kept by name.</p>}
    </details>
  );
}
