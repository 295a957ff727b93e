// The bugs of the signatures that a page shows. A server without bugs, or one that shows them to others alone, has none.
import { askBugsOf, kNoBugs, type BugsBySignature } from '../api/bugs_of_signatures';
import { useRemote } from './use_remote';

export function useBugsOf(signatures: readonly string[]): BugsBySignature {
  const { value } = useRemote<BugsBySignature>({
    key: JSON.stringify(signatures),
    ask: (signal) => askBugsOf(signatures, signal),
    recent: undefined,
  });
  return value ?? kNoBugs;
}
