// Uploads of symbols: who sent what and when.
import { parseTime } from '../base/format';
import { readCount, readList, readText, readTexts } from '../base/json_read';
import { fail, succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { asMissing, getJson, withoutCrash } from './client';
import { RecentAnswers } from './recent';
import type { components } from './schema';
import { uploadsApiPath, type UploadsQuery } from './uploads_query';

type UploadsAnswer = AnswerOf<'/api/uploads/'>;
type UploadAnswer = AnswerOf<'/api/uploads/upload/{id}'>;
type Schemas = components['schemas'];

export interface Upload {
  readonly id: number;
  readonly user: string | undefined;
  readonly product: string | undefined;
  readonly isTry: boolean;
  // Of the archive, or its URL.
  readonly fileName: string | undefined;
  readonly protocol: string | undefined;
  readonly size: number;
  readonly created: Date | undefined;
  // undefined: it broke off, or is still on its way.
  readonly completed: Date | undefined;
  // That it brought and that are still there.
  readonly files: number;
  // That were there already.
  readonly skipped: number;
  // The first of them.
  readonly skippedKeys: readonly string[];
}

export interface SymbolFile {
  readonly id: number;
  // The three parts of its name.
  readonly name: string;
  readonly debugId: string;
  readonly file: string;
  readonly isTry: boolean;
  readonly isSymbolText: boolean;
  readonly size: number;
  readonly storedSize: number;
  readonly generator: string | undefined;
  readonly codeFile: string | undefined;
  readonly codeId: string | undefined;
}

export interface UploadsPage {
  readonly uploads: readonly Upload[];
  readonly total: number;
  readonly pageSize: number;
  // Else they are the caller's own.
  readonly canViewAll: boolean;
}

export interface UploadWithFiles {
  readonly upload: Upload;
  readonly files: readonly SymbolFile[];
}

const recentPages = new RecentAnswers<UploadsPage>();
const recentUploads = new RecentAnswers<UploadWithFiles>();

export function recentUploadsPage(query: UploadsQuery): UploadsPage | undefined {
  return recentPages.find(uploadsApiPath(query));
}

export async function askUploads(query: UploadsQuery, signal: AbortSignal): Promise<Result<UploadsPage>> {
  const path = uploadsApiPath(query);
  const answer = await getJson<UploadsAnswer>(path, signal);
  if (!answer.ok) return fail(withoutCrash(answer.problem));
  const page = readUploadsPage(answer.value);
  recentPages.keep(path, page);
  return succeed(page);
}

export function uploadApiPath(id: number): string {
  return `/api/uploads/upload/${id}`;
}

export function recentUpload(id: number): UploadWithFiles | undefined {
  return recentUploads.find(uploadApiPath(id));
}

export async function askUpload(id: number, signal: AbortSignal): Promise<Result<UploadWithFiles>> {
  const answer = await getJson<UploadAnswer>(uploadApiPath(id), signal);
  if (!answer.ok) return fail(asMissing(answer.problem));
  const found = readUploadWithFiles(answer.value);
  if (found === undefined) return fail({ kind: 'bad-answer', detail: '' });
  recentUploads.keep(uploadApiPath(id), found);
  return succeed(found);
}

export function readUploadsPage(answer: UploadsAnswer): UploadsPage {
  const uploads = readList(answer.uploads).map(readUpload).filter((upload) => upload !== undefined);
  return {
    uploads,
    total: readCount(answer.total) ?? uploads.length,
    pageSize: Math.max(1, readCount(answer.batch_size) ?? uploads.length),
    canViewAll: answer.can_view_all === true,
  };
}

export function readUploadWithFiles(answer: UploadAnswer): UploadWithFiles | undefined {
  const upload = answer.upload === undefined ? undefined : readUpload(answer.upload);
  if (upload === undefined) return undefined;
  return { upload, files: readList(answer.upload?.file_uploads).map(readFile).filter((file) => file !== undefined) };
}

function readUpload(upload: Schemas['SymbolUpload']): Upload | undefined {
  const id = readCount(upload.id);
  if (id === undefined) return undefined;
  return {
    id,
    user: readText(upload.user),
    product: readText(upload.product),
    isTry: upload.try_symbols === true,
    fileName: readText(upload.filename),
    protocol: readText(upload.protocol),
    size: readCount(upload.size) ?? 0,
    created: parseTime(upload.created_at),
    completed: parseTime(upload.completed_at),
    files: readCount(upload.files) ?? 0,
    skipped: readCount(upload.skipped) ?? 0,
    skippedKeys: readTexts(upload.skipped_keys),
  };
}

function readFile(file: Schemas['SymbolFile']): SymbolFile | undefined {
  const id = readCount(file.id);
  const [name, debugId, fileName] = (readText(file.key) ?? '').split('/');
  if (id === undefined || name === undefined || debugId === undefined || fileName === undefined) return undefined;
  return {
    id,
    name,
    debugId,
    file: fileName,
    isTry: file.try_symbols === true,
    isSymbolText: file.compressed === true,
    size: readCount(file.size) ?? 0,
    storedSize: readCount(file.stored_size) ?? 0,
    generator: readText(file.generator),
    codeFile: readText(file.code_file),
    codeId: readText(file.code_id),
  };
}

// Where every client of the symbol server fetches it.
export function downloadPath({ name, debugId, file, isTry }: SymbolFile): string {
  return `${isTry ? '/try' : ''}/${[name, debugId, file].map(encodeURIComponent).join('/')}`;
}

export function uploadPath(id: number): string {
  return `/symbols/uploads/${id}`;
}
