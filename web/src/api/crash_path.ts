// Where the API has a crash.
import type { CrashId } from '../base/crash_id';

export function crashApiPath(id: CrashId): string {
  return `/api/ProcessedCrash/?crash_id=${id}`;
}
