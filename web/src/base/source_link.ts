// From what a symbol file says of a source file to its page on the web. A symbol file may hold
// "vcs:repository:path:revision" in place of a path; templates turn that into a URL. Those of the operator come first, and
// may be about paths too.
import type { SourcePlace } from './crash';

interface Template {
  readonly vcs: string;
  // Of the repository, such as "github.com/owner/name".
  readonly repository: RegExp;
  readonly url: string;
}

// The first that fits is taken. What fits none stays text: "s3" is a store of generated files that no browser
// may read.
const kTemplates: readonly Template[] = [
  { vcs: 'hg', repository: /^/, url: 'https://{repository}/file/{revision}/{path}#l{line}' },
  { vcs: 'git', repository: /^github\.com\//, url: 'https://{repository}/blob/{revision}/{path}#L{line}' },
  {
    vcs: 'git',
    repository: /^(?:gitlab\.|salsa\.debian\.org\/|invent\.kde\.org\/)/,
    url: 'https://{repository}/-/blob/{revision}/{path}#L{line}',
  },
  {
    vcs: 'git',
    repository: /^codeberg\.org\//,
    url: 'https://{repository}/src/commit/{revision}/{path}#L{line}',
  },
  {
    vcs: 'git',
    repository: /^[^/]+\.googlesource\.com\//,
    url: 'https://{repository}/+/{revision}/{path}#{line}',
  },
];

// A host with a dot, then folders; neither "." nor ".." nor a port.
const kRepository = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[\w~-][\w.~+-]*)+$/i;
const kRevision = /^[\w.-]+$/;

// Of an operator: for files that begin so. {repository}, {name} (the repository without its host), {revision}, {path} and
// {line} are replaced; of a file without a repository {path} is what follows on the prefix, and there is no more than that.
export interface SourceTemplate {
  readonly prefix: string;
  readonly url: string;
}

// undefined: there is nothing to lead to.
export function sourceUrl(
  place: SourcePlace,
  templates: readonly SourceTemplate[] = [],
): string | undefined {
  for (const { prefix, url } of templates) {
    const values = valuesOf(place, prefix);
    const names = [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    if (values !== undefined && names.every((name) => name in values)) return filled(url, values);
  }
  return builtInUrl(place);
}

type Values = Readonly<Record<string, string>>;

// An operator knows hosts without a dot too.
const kAnyRepository = /^[a-z0-9][a-z0-9.-]*(?:\/[\w~-][\w.~+-]*)*$/i;

function valuesOf({ file = '', line = 1 }: SourcePlace, prefix: string): Values | undefined {
  if (prefix === '' || !file.startsWith(prefix)) return undefined;
  const fields = file.split(':');
  const [vcs = '', repository = '', path = '', revision = ''] = fields;
  if (fields.length === 4 && vcs !== '') {
    if (!kAnyRepository.test(repository) || !kRevision.test(revision) || !isInside(path)) return undefined;
    const name = repository.slice(repository.indexOf('/') + 1);
    return { repository, name, revision, path: escapedPath(path), line: String(line) };
  }
  const rest = file.slice(prefix.length).replaceAll('\\', '/').replace(/^\/+/, '');
  return isInside(rest) ? { path: escapedPath(rest), line: String(line) } : undefined;
}

function isInside(path: string): boolean {
  return path !== '' && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(path);
}

function escapedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function filled(url: string, values: Values): string {
  return url.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

function builtInUrl({ file, line }: SourcePlace): string | undefined {
  const fields = (file ?? '').split(':');
  const [vcs, repository, path, revision] = fields;
  if (
    fields.length !== 4 ||
    vcs === undefined ||
    repository === undefined ||
    path === undefined ||
    revision === undefined
  )
    return undefined;
  if (!kRepository.test(repository) || !kRevision.test(revision) || !isInside(path)) return undefined;
  const template = kTemplates.find(
    (candidate) => candidate.vcs === vcs && candidate.repository.test(repository),
  );
  if (template === undefined) return undefined;
  return filled(template.url, { repository, revision, path: escapedPath(path), line: String(line ?? 1) });
}
