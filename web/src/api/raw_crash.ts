// The documents of a crash as they lie in the store, by permission.
import type { Crash } from '../base/crash';
import type { CrashId } from '../base/crash_id';
import { readTexts } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { crashApiPath } from './crash_path';
import { getJson } from './client';

// The dump's name in a submission.
const kMainDump = 'upload_file_minidump';

export function rawMetaPath(id: CrashId): string {
  return `/api/RawCrash/?crash_id=${id}&format=meta`;
}

export function dumpPath(id: CrashId, name: string): string {
  return `/api/RawCrash/?crash_id=${id}&format=raw&name=${encodeURIComponent(name)}`;
}

// What came with a report besides its annotations. A ping has none, a report of Java alone neither.
export function dumpNames({ kind, document }: Crash): readonly string[] {
  if (kind === 'ping') return [];
  const main =
    document['minidump_sha256_hash'] === undefined && document['json_dump'] === undefined ? [] : [kMainDump];
  const report =
    document['memory_report'] !== undefined || document['memory_report_error'] !== undefined
      ? ['memory_report']
      : [];
  return [...new Set([...main, ...readTexts(document['additional_minidumps']), ...report])];
}

// One of the documents, as text that people can read.
export async function askDocument(path: string, signal: AbortSignal): Promise<Result<string>> {
  const answer = await getJson<object>(path, signal);
  return answer.ok ? succeed(JSON.stringify(answer.value, undefined, 2)) : answer;
}

export function processedPath(id: CrashId): string {
  return crashApiPath(id);
}
