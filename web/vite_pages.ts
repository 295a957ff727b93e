// Into which files the site is cut, and what a browser is told to fetch with a page's HTML.
//
// Each file costs a round to the server, and each line of code that a page does not need is read nevertheless. So there are
// three files for most pages: the shell, what several pages share, and the page's own.
import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

// The page that people open by links, from bug trackers and mails: what it shares with others comes with the shell.
const kLinkedPage = '/src/pages/report/report_page.tsx';

// The first part of a page's path, and its module. The server sends pages/<first part>.html where that is there, and
// index.html elsewhere: see StaticSite.
const kPages: Readonly<Record<string, string>> = {
  report: kLinkedPage,
  search: '/src/pages/search/search_page.tsx',
  signature: '/src/pages/signature/signature_page.tsx',
  topcrashers: '/src/pages/topcrashers/top_crashers_page.tsx',
};

// What a first visit may load of code, as it is sent.
const kMaxCodeBytes = 60 * 1024;

// Chromium then compiles the whole file while it arrives, on another thread, instead of each function when it is first called:
// nearly all of these two files' are called before the page is seen.
const kCompileAtOnce = '//# allFunctionsCalledOnLoad\n';

export function chunkOf(id: string, { getModuleIds, getModuleInfo }: Rollup.ManualChunkMeta): string | undefined {
  const users = [...getModuleIds()].filter((root) => {
    const info = getModuleInfo(root);
    const isRoot = info?.isEntry === true || (info?.dynamicImporters.length ?? 0) > 0;
    return isRoot && reachedFrom(root, getModuleInfo).has(id);
  });
  if (users.some((root) => getModuleInfo(root)?.isEntry)) return 'shell';
  if (users.length < 2) return undefined;
  return users.some((root) => root.endsWith(kLinkedPage)) ? 'shell' : 'shared';
}

// Without what is loaded later.
function reachedFrom(root: string, getModuleInfo: Rollup.GetModuleInfo): ReadonlySet<string> {
  const reached = new Set([root]);
  for (const id of reached) getModuleInfo(id)?.importedIds.forEach((next) => reached.add(next));
  return reached;
}

// Makes pages/<first part>.html: index.html that names the page's files too, so that they come with the shell's instead
// of behind them.
export function pagesByPath(): Plugin {
  return {
    name: 'pages-by-path',
    apply: 'build',
    generateBundle: { order: 'post', handler: writePages },
  };
}

function writePages(this: Rollup.PluginContext, _: unknown, bundle: Rollup.OutputBundle): void {
  const index = bundle['index.html'];
  if (index?.type !== 'asset') throw new Error('index.html was not built');
  const shell = String(index.source);
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  for (const chunk of chunks) {
    if (chunk.isEntry || chunk.facadeModuleId?.endsWith(kLinkedPage)) chunk.code = kCompileAtOnce + chunk.code;
  }
  for (const [name, module] of Object.entries(kPages)) {
    const needed = chunksOf(module, chunks);
    checkSize(name, needed);
    const lines = needed.flatMap(headLines).filter(({ file }) => !shell.includes(file)).map(({ line }) => `    ${line}\n`);
    this.emitFile({ type: 'asset', fileName: `pages/${name}.html`, source: shell.replace('  </head>', `${lines.join('')}  </head>`) });
  }
}

// All that must be there before the module runs.
function chunksOf(module: string, chunks: readonly Rollup.OutputChunk[]): readonly Rollup.OutputChunk[] {
  const page = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
  if (page === undefined) throw new Error(`${module} has no file of its own`);
  const names = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName)).add(page.fileName);
  for (const name of names) chunks.find(({ fileName }) => fileName === name)?.imports.forEach((next) => names.add(next));
  return chunks.filter(({ fileName }) => names.has(fileName));
}

function checkSize(page: string, chunks: readonly Rollup.OutputChunk[]): void {
  const bytes = chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  if (bytes > kMaxCodeBytes) throw new Error(`the code of the page "${page}" has ${bytes} bytes, of ${kMaxCodeBytes}`);
}

interface HeadLine {
  readonly file: string;
  readonly line: string;
}

function headLines({ fileName, viteMetadata }: Rollup.OutputChunk): readonly HeadLine[] {
  return [
    { file: fileName, line: `<link rel="modulepreload" crossorigin href="/${fileName}">` },
    ...[...(viteMetadata?.importedCss ?? [])].map((file) => ({ file, line: `<link rel="stylesheet" crossorigin href="/${file}">` })),
  ];
}
