import { expect, test } from 'vitest';
import { readDictionary, termPath } from './dictionary';

test('terms are found by field and by annotation', () => {
  const dictionary = readDictionary({
    annotations: [
      {
        name: 'URL',
        field: 'url',
        type: 'string',
        permission: 'protected',
        search: 'none',
        description: 'd',
      },
      { name: 'Email', permission: 'protected' },
    ],
    fields: [{ field: 'uptime', type: 'u64', permission: 'public', search: 'number', description: 'u' }],
  });
  expect(dictionary.byField.get('url')).toMatchObject({ name: 'URL', isPublic: false, search: undefined });
  expect(dictionary.byAnnotation.get('Email')).toMatchObject({ field: undefined });
  expect(dictionary.byField.get('uptime')).toMatchObject({
    set: 'field',
    name: 'uptime',
    isPublic: true,
    search: 'number',
  });
  expect(termPath({ set: 'field', name: 'uptime' })).toBe(
    '/documentation/datadictionary/dataset/processed/field/uptime',
  );
});

test('a row that says little is not public', () => {
  expect(readDictionary({ annotations: [{ name: 'X' }, {}] }).annotations).toMatchObject([
    { name: 'X', isPublic: false, type: 'string' },
  ]);
  expect(readDictionary({}).fields).toEqual([]);
});
