// From what a symbol file says of a source file to its page on the web. A symbol file may hold
// "vcs:repository:path:revision" in place of a path; templates turn that into a URL.
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

// undefined: there is nothing to lead to.
export function sourceUrl({ file, line }: SourcePlace): string | undefined {
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
  if (
    !kRepository.test(repository) ||
    !kRevision.test(revision) ||
    path === '' ||
    /(?:^|\/)\.{0,2}(?:\/|$)/.test(path)
  )
    return undefined;
  const template = kTemplates.find(
    (candidate) => candidate.vcs === vcs && candidate.repository.test(repository),
  );
  if (template === undefined) return undefined;
  const values: Readonly<Record<string, string>> = {
    repository,
    revision,
    path: path.split('/').map(encodeURIComponent).join('/'),
    line: String(line ?? 1),
  };
  return template.url.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
