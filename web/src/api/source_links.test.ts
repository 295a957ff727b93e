import { expect, test } from 'vitest';
import { readSourceLinks } from './source_links';

test('templates lead to the web, and their host is the operator’s', () => {
  const link = (url_template: unknown) => readSourceLinks({ source_links: [{ prefix: 'git:git/', url_template }] });
  expect(link('https://git.example/{path}')).toEqual([{ prefix: 'git:git/', url: 'https://git.example/{path}' }]);
  for (const url of ['javascript:alert(1)//{path}', 'https://{repository}/{path}', '/{path}', undefined])
    expect(link(url)).toEqual([]);
  expect(readSourceLinks({})).toEqual([]);
});
