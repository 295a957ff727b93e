import { describe, expect, test } from 'vitest';
import {
  appendConditions, conditionWords, exactBucket, exactSignature, exactTerm, parseSearchParameters, parseSearchText, plainQuery, queryPath, searchPath,
  searchText, withCondition,
  type Condition, type Operator,
} from './search_query';
import { learnFields } from './search_fields';

function condition(field: string, operator: Operator, value: string, negated = false): Condition {
  return { field, operator, negated, value };
}

describe('text of the search box', () => {
  test.each<[string, Condition[]]>([
    ['', []],
    ['Widget', [condition('signature', '~', 'Widget')]],
    ['operator new  failed', [condition('signature', '~', 'operator new failed')]],
    ['std::vector<int>', [condition('signature', '~', 'std::vector<int>')]],
    ['version::parse', [condition('signature', '~', 'version::parse')]],
    ['product:Crashy version:1.0', [condition('product', '', 'Crashy'), condition('version', '', '1.0')]],
    ['signature:="a | b" -kind:ping', [condition('signature', '=', 'a | b'), condition('kind', '', 'ping', true)]],
    ['reason:SEGV', [condition('reason', '~', 'SEGV')]],
    ['version:!^2.', [condition('version', '^', '2.', true)]],
    ['date:>=2026-11-01 date:<2026-11-08', [condition('date', '>=', '2026-11-01'), condition('date', '<', '2026-11-08')]],
    ['date:2026-11-01', [condition('date', '>=', '2026-11-01')]],
    ['channel:beta', [condition('release_channel', '', 'beta')]],
    ['signature:__null__', [condition('signature', '', '__null__')]],
    ['signature:"operator\\"\\" _x"', [condition('signature', '~', 'operator"" _x')]],
    ['"product:Crashy"', [condition('signature', '~', 'product:Crashy')]],
    ['product:"open end', [condition('product', '', 'open end')]],
    ['Paint product:Crashy Widget', [condition('product', '', 'Crashy'), condition('signature', '~', 'Paint Widget')]],
  ])('%s', (text, conditions) => {
    expect(parseSearchText(text).conditions).toEqual(conditions);
  });

  test('a pair of no known field is searched as text, and said', () => {
    expect(parseSearchText('prodct:Crashy')).toEqual({
      conditions: [condition('signature', '~', 'prodct:Crashy')], unknownFields: ['prodct'],
    });
  });
});

const kConditions: Condition[][] = [
  [condition('signature', '~', 'Widget')],
  [condition('signature', '~', 'one two')],
  [condition('signature', '~', 'product:Crashy')],
  [condition('signature', '~', '-x')],
  [condition('signature', '~', 'a'), condition('signature', '~', 'b')],
  [exactSignature('a::b<c, d>(e) | operator"" \\x')],
  [exactSignature('=odd'), condition('product', '', 'My Product', true)],
  [condition('version', '', '1.0'), condition('signature', '^', '~A::~A')],
  [condition('signature', '', '__null__', true)],
  [condition('date', '>=', '2026-11-01'), condition('date', '<', '2026-11-08')],
  [condition('proto_signature', '@', '.*malloc.*')],
  [condition('reason', '', 'overflow')],
  [condition('reason', '', 'stack overflow', true)],
  [condition('date', '', '2026-11-01')],
  [condition('reason', '~', '&x'), condition('product', '', '&y')],
];

describe('a query keeps its meaning', () => {
  test.each(kConditions.map((conditions) => [conditions]))('as text: %j', (conditions) => {
    const read = parseSearchText(searchText(conditions)).conditions;
    expect(new Set(read.map((one) => JSON.stringify(one)))).toEqual(new Set(conditions.map((one) => JSON.stringify(one))));
  });
  test.each(kConditions.map((conditions) => [conditions]))('as URL: %j', (conditions) => {
    const url = new URL(queryPath(plainQuery(conditions), { page: 2, cursor: 'c' }), 'http://x');
    expect(parseSearchParameters(url.searchParams)).toEqual({ ...plainQuery(conditions), page: 2, cursor: 'c' });
  });
});

test('the URL holds SuperSearch parameters', () => {
  expect(searchPath([exactSignature('a b'), condition('kind', '', 'ping', true)])).toBe('/search?signature=%3Da+b&kind=%21ping');
  expect(searchPath([])).toBe('/search');
});

test('a bare value that looks like an operator is sent as meant', () => {
  const parameters = new URLSearchParams();
  appendConditions(parameters, [condition('version', '', '~odd')]);
  expect(parameters.get('version')).toBe('=~odd');
});

test('odd offsets are passed over; a field that the page does not know is left to the server', () => {
  const parameters = new URLSearchParams('foo=1&product=&_columns=uuid&_results_offset=-3&_facets_size=99999999&Odd Name=2&__proto__=3');
  expect(parseSearchParameters(parameters)).toEqual({ ...plainQuery([condition('foo', '', '1')]), columns: ['uuid'], facetsSize: 1000 });
});

test('an address of Crash Stats is understood', () => {
  const parameters = new URLSearchParams('product=Editor&signature=%3Da%20b&date=%3E%3D2026-11-01T00%3A00%3A00.000Z&_facets=version&_facets=platform&_sort=-date&page=2&_columns=date&_columns=signature');
  expect(parseSearchParameters(parameters)).toMatchObject({
    conditions: [condition('product', '', 'Editor'), exactSignature('a b'), condition('date', '>=', '2026-11-01T00:00:00.000Z')],
    facets: ['version', 'platform'], columns: ['date', 'signature'], page: 1,
  });
});

test('settings stand in the address where they are not the usual ones', () => {
  const query = { ...plainQuery([]), columns: ['date', 'uptime'], facets: ['reason'], sort: ['-uptime'], hasWeights: true, view: 'flame' as const };
  expect(parseSearchParameters(new URL(queryPath(query), 'http://x').searchParams)).toEqual(query);
});

test('a name in angle brackets is no range', () => {
  expect(parseSearchParameters(new URLSearchParams('signature=<name omitted>')).conditions).toEqual([condition('signature', '', '<name omitted>')]);
  expect(searchPath([condition('signature', '', '<x')])).toBe('/search?signature=%3Cx');
  expect(searchPath([condition('build_id', '', '<x')])).toBe('/search?build_id=%3D%3Cx');
});

test('an address means the same before and after its fields are known', () => {
  const search = 'late_text=foo&late_text=%3Cfoo%3E&late_text=%21bar&reason=foo&date=2026-11-01';
  const before = searchPath(parseSearchParameters(new URLSearchParams(search)).conditions);
  const asText = searchText(parseSearchParameters(new URLSearchParams('late_text=foo')).conditions);
  expect(parseSearchText('late_text:foo').unknownFields).toEqual(['late_text']);
  learnFields([{ name: 'late_text', title: 'Late text', aliases: [], type: 'text' }]);
  expect(before).toBe(`/search?${search}`);
  expect(searchPath(parseSearchParameters(new URLSearchParams(search)).conditions)).toBe(before);
  expect(parseSearchText(asText).conditions).toEqual([condition('late_text', '', 'foo')]);
  expect(parseSearchText('late_text:foo').conditions).toEqual([condition('late_text', '~', 'foo')]);
});

test('a stack is kept as it was written', () => {
  const stack = condition('stack(crashing)', '', '~"a" > ... > @"b|c" > module:"x y"', true);
  expect(parseSearchText(searchText([stack])).conditions).toEqual([stack]);
  expect(parseSearchParameters(new URL(searchPath([stack]), 'http://x').searchParams).conditions).toEqual([stack]);
  expect(conditionWords(stack)[0]).toBe('Stack of the crashing thread has not');
});

test('a condition is added once, and its opposite goes', () => {
  const one = condition('product', '', 'A');
  expect(withCondition([one], one)).toEqual([one]);
  expect(withCondition([one], { ...one, negated: true })).toEqual([{ ...one, negated: true }]);
  expect(exactTerm('startup_crash', '')).toEqual(condition('startup_crash', '', '__null__'));
  expect(exactTerm('signature', 'a')).toEqual(exactSignature('a'));
});

test('conditions are told in words', () => {
  expect(conditionWords(condition('signature', '~', 'x'))).toEqual(['Signature contains', 'x']);
  expect(conditionWords(condition('kind', '', 'ping', true))).toEqual(['Kind is not', 'ping']);
  expect(conditionWords(condition('reason', '', 'overflow', true))).toEqual(['Reason has no word of', 'overflow']);
  expect(conditionWords(condition('reason', '', '__null__'))).toEqual(['Reason is', 'absent']);
});

test('a row of a ranking is a signature, or a group of one', () => {
  expect(exactBucket('a::b[c]')).toEqual(exactSignature('a::b[c]'));
  expect(exactBucket('libx.so [libx.so!A0+0x100]')).toEqual(condition('bucket', '=', 'libx.so [libx.so!A0+0x100]'));
});
