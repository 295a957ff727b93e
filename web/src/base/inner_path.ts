// Where to go on this site, from a text that anybody may have put into a link: never to another site.
export function innerPath(text: string | null, otherwise: string): string {
  if (text === null || !text.startsWith('/') || /^\/[/\\]/.test(text) || /[\u0000-\u001f]/.test(text))
    return otherwise;
  return text.startsWith('/api/') || text.startsWith('/account/sign-in') ? otherwise : text;
}
