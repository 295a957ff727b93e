// The same question on the command line: cairn takes the parameters of a page's address.

import { withoutOrders } from './table_orders';

// Quoted for a shell; nothing in the text is left to it.
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

// What a page's address holds of the page alone.
const kOfThePage = ['view', 'tab', 'thread', 'by', 'page', '_page', '_cursor'];

// `path` is of a page: "/search?product=Editor". `options` follow the search as they are.
export function commandFor(command: string, path: string, origin: string, options = ''): string {
  const query = path.includes('?') ? path.slice(path.indexOf('?') + 1) : '';
  const parameters = new URLSearchParams(withoutOrders(query));
  for (const name of kOfThePage) parameters.delete(name);
  const readable = [...parameters]
    .map(([name, value]) => `${name}=${value.replace(/[%&+#]/g, encodeURIComponent)}`)
    .join('&');
  return `cairn ${command} --url ${origin} ${shellQuoted(readable)}${options === '' ? '' : ` ${options}`}`;
}
