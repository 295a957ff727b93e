// A short address of a search: leads there at once.
import { useEffect } from 'preact/hooks';
import type { VNode } from 'preact';
import { askShortLink } from '../../api/saved_searches';
import type { PageProps } from '../../base/page';
import type { ProblemKind, ProblemWords } from '../../base/problem';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import { useTitle } from '../../widgets/use_title';

const kOwnWords: Partial<Record<ProblemKind, ProblemWords>> = {
  'not-found': {
    title: 'No search has this short address',
    advice: 'Check it letter by letter, or ask whoever sent it for the long one.',
  },
  'no-service': {
    title: 'This server keeps no short links',
    advice: 'Ask whoever sent it for the long address.',
  },
};

export function ShortLinkPage({ parameters, redirect }: PageProps): VNode {
  const id = parameters['id'] ?? '';
  const { value, problem } = useRemote<string>({
    key: id,
    ask: (signal) => askShortLink(id, signal),
    recent: undefined,
  });
  useTitle('Short link');
  useEffect(() => {
    if (value !== undefined) redirect(value);
  }, [value, redirect]);
  return problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kOwnWords} />;
}
