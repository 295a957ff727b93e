// The same question on the command line: cairn takes the parameters of a page's address.

// Quoted for a shell; nothing in the text is left to it.
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

// `path` is of a page: "/search?product=Editor".
export function commandFor(command: string, path: string, origin: string): string {
  const query = path.includes('?') ? path.slice(path.indexOf('?') + 1) : '';
  const parameters = new URLSearchParams(query);
  for (const name of ['view', 'tab', '_page', '_cursor']) parameters.delete(name);
  const readable = [...parameters]
    .map(([name, value]) => `${name}=${value.replace(/[%&+#]/g, encodeURIComponent)}`)
    .join('&');
  return `cairn ${command} --url ${origin} ${shellQuoted(readable)}`;
}
