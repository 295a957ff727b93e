// useCounts: counts of a search, asked once and kept for going back.
import { askCounts, countsApiPath, recentCountsOf, type Counted, type CountQuestion } from '../api/search';
import { useRemote, type Remote } from './use_remote';

export function useCounts(question: CountQuestion): Remote<Counted> & { readonly isLate: boolean } {
  const key = countsApiPath(question);
  const remote = useRemote<Counted>({
    key,
    ask: (signal) => askCounts(question, signal),
    recent: recentCountsOf(question),
  });
  return { ...remote, isLate: remote.valueKey !== key };
}
