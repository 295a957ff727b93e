import { expect, test } from 'vitest';
import { conditionOf, readFlame } from './flame';

const kAnswer = {
  total: 12,
  shown: 10,
  root: {
    name: '',
    count: 10,
    cut: 1,
    children: [
      {
        name: 'main',
        module: 'app',
        count: 7,
        children: [
          { name: 'Foo*::operator*()', count: 5 },
          { name: 'libx.so+0x1f', count: 2 },
        ],
      },
      { name: 'start_thread', count: 2 },
    ],
  },
};

test('nodes know their place', () => {
  const { root, total, shown, cut } = readFlame(kAnswer);
  expect([total, shown, cut]).toEqual([12, 10, 1]);
  const [main, thread] = root.children;
  expect([main?.start, thread?.start, main?.depth]).toEqual([0, 7, 1]);
  expect(main?.children.map(({ start, count, key }) => [start, count, key])).toEqual([
    [0, 5, '/0/0'],
    [5, 2, '/0/1'],
  ]);
});

test('a node is searched with its callers', () => {
  const { root } = readFlame(kAnswer);
  const [first, second] = root.children[0]?.children ?? [];
  expect(first && conditionOf(first, 'crashing')).toMatchObject({
    field: 'stack(crashing)',
    value: '"Foo?::operator?()" > main',
  });
  expect(second && conditionOf(second, 'any')).toMatchObject({
    field: 'stack',
    value: 'at:"libx.so+0x1f" > main',
  });
});

test('an endless tree is cut and an empty one is borne', () => {
  type Node = { name: string; count: number; children: Node[] };
  let node: Node = { name: 'leaf', count: 1, children: [] };
  for (let depth = 0; depth < 400; depth += 1) node = { name: `f${depth}`, count: 1, children: [node] };
  expect(readFlame({ root: node }).cut).toBe(1);
  expect(readFlame({}).root.children).toEqual([]);
});
