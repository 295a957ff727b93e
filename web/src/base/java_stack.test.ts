import { expect, test } from 'vitest';
import { readJavaExceptions } from './java_stack';

test("Sentry's form, as text and parsed", () => {
  const value = {
    exception: {
      values: [
        {
          type: 'Oops',
          module: 'org.x',
          value: 'm',
          stacktrace: { frames: [{ module: 'org.x.A', function: 'f', filename: 'A.java', lineno: 7 }] },
        },
      ],
    },
  };
  const read = [
    { type: 'org.x.Oops', message: 'm', frames: [{ method: 'org.x.A.f', file: 'A.java', line: 7 }] },
  ];
  expect(readJavaExceptions(value)).toEqual(read);
  expect(readJavaExceptions(JSON.stringify(value))).toEqual(read);
});

test.each([
  ['type_name', 'class_name', 'method_name'],
  ['typeName', 'className', 'methodName'],
])("Glean's form with %s", (type, owner, method) => {
  const value = {
    throwables: [
      { [type]: 'org.x.Oops', stack: [{ [owner]: 'A', [method]: 'f', file: 'A.java', line: 7 }] },
      {},
    ],
  };
  expect(readJavaExceptions(value)).toEqual([
    { type: 'org.x.Oops', message: undefined, frames: [{ method: 'A.f', file: 'A.java', line: 7 }] },
    { type: 'an exception', message: undefined, frames: [] },
  ]);
});

test.each([undefined, null, '', '{', 7, [], { exception: { values: 3 } }])('%j is none', (value) => {
  expect(readJavaExceptions(value)).toEqual([]);
});
