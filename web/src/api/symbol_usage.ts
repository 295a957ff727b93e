// What symbol files take: by product and class, and the same bytes under several names.
import { readCount, readList, readText } from '../base/json_read';
import { fail, succeed, type Result } from '../base/result';
import { getJson, withoutCrash } from './client';
import { RecentAnswers } from './recent';
import type { paths } from './schema';

type UsageAnswer = paths['/api/uploads/usage/']['get']['responses'][200]['content']['application/json'];
type DuplicatesAnswer = paths['/api/uploads/duplicates/']['get']['responses'][200]['content']['application/json'];

export const kUsageApiPath = '/api/uploads/usage/';
export const kDuplicatesApiPath = '/api/uploads/duplicates/';

export interface UsageRow {
  // undefined: of nobody in particular.
  readonly product: string | undefined;
  readonly isTry: boolean;
  readonly files: number;
  // In bytes, unpacked.
  readonly size: number;
  // In bytes, on the disk.
  readonly storedSize: number;
  // Files that came once more and were not stored again.
  readonly skipped: number;
  // 0: for ever. undefined: the server does not say.
  readonly daysKept: number | undefined;
}

export interface DuplicateGroup {
  readonly hash: string;
  readonly files: number;
  // Of all of them together.
  readonly storedSize: number;
}

export interface SymbolUsage {
  readonly rows: readonly UsageRow[];
  readonly duplicates: readonly DuplicateGroup[];
}

const recent = new RecentAnswers<SymbolUsage>();

export function recentUsage(): SymbolUsage | undefined {
  return recent.find(kUsageApiPath);
}

export async function askUsage(signal: AbortSignal): Promise<Result<SymbolUsage>> {
  const [usage, duplicates] = await Promise.all([
    getJson<UsageAnswer>(kUsageApiPath, signal), getJson<DuplicatesAnswer>(kDuplicatesApiPath, signal)]);
  if (!usage.ok) return fail(withoutCrash(usage.problem));
  if (!duplicates.ok) return fail(withoutCrash(duplicates.problem));
  const found = readUsage(usage.value, duplicates.value);
  recent.keep(kUsageApiPath, found);
  return succeed(found);
}

export function readUsage(usage: UsageAnswer, duplicates: DuplicatesAnswer): SymbolUsage {
  return {
    rows: readList(usage.usage).map((row) => ({
      product: readText(row.product),
      isTry: row.try_symbols === true,
      files: readCount(row.files) ?? 0,
      size: readCount(row.size) ?? 0,
      storedSize: readCount(row.stored_size) ?? 0,
      skipped: readCount(row.skipped) ?? 0,
      daysKept: readCount(row.days_kept),
    })),
    duplicates: readList(duplicates.duplicates).map((group) => ({
      hash: readText(group.sha256_hash) ?? '',
      files: readCount(group.files) ?? 0,
      storedSize: readCount(group.stored_size) ?? 0,
    })),
  };
}
