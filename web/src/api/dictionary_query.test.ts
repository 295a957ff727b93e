import { expect, test } from 'vitest';
import { readDictionary } from './dictionary';
import { dictionaryPath, findTerms, kAllTerms, parseDictionaryQuery } from './dictionary_query';

const kDictionary = readDictionary({
  annotations: [
    {
      name: 'URL',
      field: 'url',
      permission: 'protected',
      search: 'text',
      description: 'The address of what was open.',
    },
    {
      name: 'Version',
      field: 'version',
      permission: 'public',
      search: 'keyword',
      description: 'The version.',
    },
  ],
  fields: [{ field: 'uptime', permission: 'public', search: 'none', description: 'Seconds.' }],
});
const namesOf = (address: string): readonly string[] =>
  findTerms(kDictionary, parseDictionaryQuery(new URLSearchParams(address))).map(({ name }) => name);

test('all words must be there, in name or description', () => {
  expect(namesOf('')).toEqual(['URL', 'Version', 'uptime']);
  expect(namesOf('q=the+open')).toEqual(['URL']);
  expect(namesOf('set=field')).toEqual(['uptime']);
  expect(namesOf('access=protected')).toEqual(['URL']);
  expect(namesOf('search=1')).toEqual(['Version']);
  expect(namesOf('set=nonsense&access=x')).toHaveLength(3);
});

test('an address is read back as it was written', () => {
  const query = { text: 'a b', set: 'field', isPublic: false, isSearchable: true } as const;
  expect(parseDictionaryQuery(new URLSearchParams(dictionaryPath(query).split('?')[1]))).toEqual(query);
  expect(dictionaryPath(kAllTerms)).toBe('/documentation/datadictionary');
});
