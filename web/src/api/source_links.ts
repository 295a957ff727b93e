// Where the operator says that source files can be looked at.
import { readList, readText } from '../base/json_read';
import type { SourceTemplate } from '../base/source_link';
import { getJson } from './client';

// A part of the answer of /api/Products/; a server that is older than this page has none.
interface Answer {
  readonly source_links?: readonly { readonly prefix?: unknown; readonly url_template?: unknown }[];
}

export function readSourceLinks(answer: Answer): readonly SourceTemplate[] {
  return readList(answer.source_links).flatMap((link) => {
    const [prefix, url] = [readText(link.prefix), readText(link.url_template)];
    return prefix === undefined || url === undefined || !/^https?:\/\/[^{}]+\//.test(url) ? [] : [{ prefix, url }];
  });
}

let asked: Promise<readonly SourceTemplate[]> | undefined;
let known: readonly SourceTemplate[] = [];

export function knownSourceLinks(): readonly SourceTemplate[] {
  return known;
}

// Asks once per page load. Without an answer there are those alone that the site knows.
export function askSourceLinks(): Promise<readonly SourceTemplate[]> {
  asked ??= getJson<Answer>('/api/Products/', new AbortController().signal).then((answer) => {
    if (answer.ok) known = readSourceLinks(answer.value);
    else asked = undefined;
    return known;
  });
  return asked;
}
