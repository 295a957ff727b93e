import { expect, test } from 'vitest';
import { countsOf, pingAggregatesPath, readPingAggregates } from './ping_aggregates';

test('of a group of few clients nothing is known but that it is one', () => {
  expect(readPingAggregates({ days: 90, clients_min: 10 })).toEqual({
    days: 90,
    clientsMin: 10,
    group: undefined,
  });
  expect(readPingAggregates({}).group).toBeUndefined();
});

test('pings and clients are counted by value', () => {
  const { group } = readPingAggregates({
    signature: 'a::b',
    pings: 42,
    facets: {
      cardinality_client: { value: 12 },
      version: [{ term: '1.0', count: 40, facets: { cardinality_client: { value: 11 } } }],
    },
  });
  expect(group).toMatchObject({ signature: 'a::b', product: '', pings: 42, clients: 12 });
  expect(countsOf(group!, 'version')).toEqual([{ term: '1.0', pings: 40, clients: 11 }]);
  expect(countsOf(group!, 'platform')).toEqual([]);
});

test('a group is asked for by a ping, or by its name', () => {
  expect(pingAggregatesPath({ signature: 'a | b', product: 'P&Q' })).toBe('/api/PingAggregates/?signature=a+%7C+b&product=P%26Q');
});
