// Problems of the pages about uploads in words.
import type { ProblemKind, ProblemWords } from '../../base/problem';

export const kUploadWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: {
    title: 'You may not see uploads of symbols',
    advice: 'They are shown to people with the permission view_all_uploads. Those who upload see their own through the API, with their token.',
  },
  'bad-request': {
    title: 'The server does not understand this filter',
    advice: 'Correct it above: at most ten words.',
  },
  'not-found': {
    title: 'No upload has this number',
    advice: 'Check the address. Others than your own are shown to people with the permission view_all_uploads.',
  },
};
