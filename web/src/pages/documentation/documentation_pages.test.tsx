import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readDictionary } from '../../api/dictionary';
import { kAllTerms } from '../../api/dictionary_query';
import { DictionaryView } from './dictionary_page';
import { findTerm, KnownTerm } from './term_page';

const nothing = (): void => undefined;
const kDictionary = readDictionary({
  annotations: [
    {
      name: 'BuildID',
      field: 'build',
      permission: 'public',
      search: 'keyword',
      scope: 'ping',
      source: 'application',
      description: 'Which one.',
    },
    {
      name: 'RemoteType',
      field: 'remote_type',
      permission: 'public',
      public_form: 'before_equals',
      search: 'none',
    },
  ],
  fields: [{ field: 'uptime', permission: 'protected', type: 'u64', description: 'Seconds.' }],
});

test('terms lead to their pages, and nothing found leads back', () => {
  expect(render(<DictionaryView dictionary={kDictionary} query={kAllTerms} navigate={nothing} />)).toContain(
    '/documentation/datadictionary/dataset/annotation/field/BuildID',
  );
  const none = render(
    <DictionaryView dictionary={kDictionary} query={{ ...kAllTerms, text: 'zzz' }} navigate={nothing} />,
  );
  expect(none).toContain('“zzz”');
  expect(none).toContain('href="/documentation/datadictionary"');
});

test('a term says who sees it and how it is searched', () => {
  const shown = (name: string) =>
    render(<KnownTerm name={name} term={findTerm(kDictionary, 'annotation', name)} />);
  expect(shown('BuildID')).toContain('everybody');
  expect(shown('BuildID')).toContain('reports and pings');
  expect(shown('RemoteType')).toContain('before the first “=”');
  expect(shown('uptime')).toContain('view_pii');
  expect(shown('Odd')).toContain('protected, and are not searched');
});
