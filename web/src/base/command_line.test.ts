import { expect, test } from 'vitest';
import { commandFor } from './command_line';

test('the command holds the search as people read it, and no more of the page', () => {
  expect(
    commandFor(
      'search',
      '/search?product=My+Editor&date=%3E%3D-7d&signature=%3Da%26b%2B%27c&view=flame&thread=any&_page=2&_cursor=x&_order.tree=-count&by=version&tab=graphs',
      'http://c.example',
    ),
  ).toBe("cairn search --url http://c.example 'product=My Editor&date=>=-7d&signature==a%26b%2B'\\''c'");
  expect(commandFor('search', '/search', 'http://c.example')).toBe("cairn search --url http://c.example ''");
});
