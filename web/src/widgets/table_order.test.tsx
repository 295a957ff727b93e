import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readFlame } from '../api/flame';
import { allRows, TreeTable } from './flame_table';
import { kNoFacets } from '../api/search_facets';
import { DataTable } from './data_table';
import { FacetTable } from './facet_table';
import { PlaceContext } from './navigate_context';
import { sortRows } from './table_order';

const kColumns = [
  { name: 'name', title: 'Name', value: (row: string) => row, cell: (row: string) => row },
  { name: 'size', title: 'Size', isNumeric: true, value: (row: string) => row.length, cell: (row: string) => row.length },
];

function at(search: string, page: preact.VNode): string {
  const text = render(<PlaceContext.Provider value={{ path: '/p', search }}>{page}</PlaceContext.Provider>);
  return text.replaceAll('&amp;', '&');
}

test('the address holds the order of a table, beside what else it holds', () => {
  const table = <DataTable caption="x" name="sizes" columns={kColumns} rows={['b', 'aaa', 'cc']} rowKey={(row) => row} />;
  expect(at('?product=A', table)).toContain('<a href="/p?product=A&_order.sizes=-size">Size</a>');
  const sorted = at('?product=A&_order.sizes=-size', table);
  expect(sorted).toContain('aria-sort="descending"><a href="/p?product=A&_order.sizes=size">Size</a>');
  expect(sorted.match(/data-key="\w+"/g)).toEqual(['data-key="aaa"', 'data-key="cc"', 'data-key="b"']);
  expect(at('?_order.others=-size', table).match(/data-key="\w+"/g)?.[0]).toBe('data-key="b"');
});

test('what has no value is last in either order', () => {
  const rows = [3, undefined, 1];
  expect(sortRows(rows, (row) => row, { name: 'x', isDescending: false })).toEqual([1, 3, undefined]);
  expect(sortRows(rows, (row) => row, { name: 'x', isDescending: true })).toEqual([3, 1, undefined]);
});

test('values of a facet are sorted by name, and keep their rank', () => {
  const terms = ['b', 'a'].map((term, index) => ({ term, count: 9 - index, weighted: undefined, facets: kNoFacets }));
  const text = at('?_order.facet-os-name=value', <FacetTable title="OS name" terms={terms} total={20} />);
  expect(text.match(/data-key="[^"]*"/g)).toEqual(['data-key="OS name a"', 'data-key="OS name b"']);
  expect(text.match(/class="rank">\d/g)).toEqual(['class="rank">2', 'class="rank">1']);
});

test('a tree is sorted among the calls of one function, and copied whole', () => {
  const { root } = readFlame({
    total: 3,
    root: {
      count: 3,
      children: [
        { name: 'main', count: 2, children: [{ name: 'z', count: 1 }, { name: 'a', count: 1 }] },
        { name: 'begin', count: 1 },
      ],
    },
  });
  const table = <TreeTable root={root} hrefOf={() => '/'} />;
  const names = (text: string): readonly string[] => [...text.matchAll(/callers">(.*?)<\/a>/g)].map(([, name]) => name ?? '');
  expect(names(at('', table))).toEqual(['main', 'z', 'a', 'begin']);
  expect(names(at('?_order.tree=function', table))).toEqual(['begin', 'main', 'a', 'z']);
  expect(allRows(root, (nodes) => nodes).map(({ name, depth }) => [depth, name])).toEqual([
    [1, 'main'],
    [2, 'z'],
    [2, 'a'],
    [1, 'begin'],
  ]);
  expect(at('', table)).toContain('title="Copy this table as Markdown"');
});
