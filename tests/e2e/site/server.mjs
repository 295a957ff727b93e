// A real server with a data folder of its own on a free port, and a real crash in it.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const kBuild = process.env.CAIRN_BUILD ?? fileURLToPath(new URL('../../../build/release', import.meta.url));
const kBinaries = join(kBuild, 'bin');
const kSite = fileURLToPath(new URL('../../../web/dist', import.meta.url));
const kCrashy = join(kBuild, 'examples', 'crashy');
const kStartMs = 20_000;
const kSearchableMs = 30_000;

// `permissions` are those of anonymous visitors, `more` is more of the configuration. CAIRN_URL names a server that runs already; it must give them these, and
// hold symbols of crashy or let us make do without.
export async function startServer(permissions = ['view_pings'], more = '') {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
  if (process.env.CAIRN_URL) {
    return { url: process.env.CAIRN_URL.replace(/\/$/, ''), folder, own: false, stop: () => rm(folder, { recursive: true }) };
  }
  const config = join(folder, 'cairn.toml');
  await writeFile(config, `anonymous_permissions = ${JSON.stringify(permissions)}\n${more}`);
  const child = spawn(join(kBinaries, 'cairn-server'),
    ['serve', '--config', config, '--data', join(folder, 'data'), '--listen', '127.0.0.1:0', '--web', kSite],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { url: await listeningUrl(child), folder, own: true, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listeningUrl(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`the server did not start in time: ${output}`)), kStartMs);
    const read = (text) => {
      output += text;
      const url = /listening on (http:\/\/\S+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url.replace(/\/$/, ''));
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
}

// Makes and uploads symbols of the example program and its library, so that frames have names, lines and inlines.
export async function uploadSymbols(server) {
  const cairn = join(kBinaries, 'cairn');
  const store = join(server.folder, 'symbols');
  const { stdout } = await run(cairn, ['user', 'token', '--data', join(server.folder, 'data'), '--permissions', 'upload_symbols']);
  const token = stdout.trim().split('\n').at(-1);
  await run(cairn, ['symbols', 'gen', '--store', store, kCrashy, join(kBuild, 'examples', 'libcrashy_shapes.so')]);
  await run(cairn, ['symbols', 'upload', '--url', server.url, '--token', token, store]);
}

// Gives a new user's token; with a product its permissions are for that alone.
export async function addToken(server, user, permissions, product) {
  const cairn = join(kBinaries, 'cairn');
  const rights = ['--data', join(server.folder, 'data'), '--permissions', permissions, ...(product === undefined ? [] : ['--product', product])];
  await run(cairn, ['user', 'add', user, ...rights]);
  const { stdout } = await run(cairn, ['user', 'token', '--user', user, ...rights]);
  return /cairn_[0-9a-f]{64}/.exec(stdout)[0];
}

// Sends small symbol files, each a name and a debug id, as one archive.
export async function sendSymbols(server, token, { product, files }) {
  const folder = await mkdtemp(join(server.folder, 'archive-'));
  for (const [name, id] of files) {
    const place = join(folder, name, id);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, `${name.replace(/\.pdb$/, '')}.sym`), `MODULE Linux x86_64 ${id} ${name}\nINFO GENERATOR made/for tests 1.0\nFUNC 1000 10 0 f()\n`);
  }
  await run('python3', ['-m', 'zipfile', '-c', 'symbols.zip', ...files.map(([name]) => name)], { cwd: folder });
  const form = new FormData();
  form.append('symbols.zip', new Blob([await readFile(join(folder, 'symbols.zip'))]), 'symbols.zip');
  const response = await fetch(`${server.url}/upload/?product=${product}`, { method: 'POST', headers: { 'Auth-Token': token }, body: form });
  if (response.status !== 201) throw new Error(`POST /upload/: ${response.status} ${await response.text()}`);
}

// Crashes the example program under the real handler. Gives the report and the ping once both can be searched.
// `headers` are those of somebody who may see single pings, where not everybody may.
export async function crash(server, kind, buildId, headers = {}) {
  const died = await run(kCrashy, [kind], {
    env: {
      ...process.env, CRASHY_SERVER: server.url, CRASHY_BUILD_ID: buildId,
      CRASHY_HANDLER: join(kBinaries, 'cairn-handler'), CRASHY_DATABASE: join(server.folder, 'database'),
    },
  }).then(() => undefined, (error) => error.signal);
  if (!died) throw new Error(`crashy ${kind} did not die of a signal`);
  const until = Date.now() + kSearchableMs;
  while (Date.now() < until) {
    const answer = await getJson(server, `/api/SuperSearch/?build_id=${buildId}&_columns=uuid&_columns=kind&_columns=signature&_columns=version`, headers);
    const report = answer.hits.find((hit) => hit.kind === 'report');
    const ping = answer.hits.find((hit) => hit.kind === 'ping');
    // The link between them is made when the later one is processed.
    if (report && ping && (await getJson(server, `/api/ProcessedCrash/?crash_id=${report.uuid}`, headers)).counterpart) {
      return { report: report.uuid, ping: ping.uuid, signature: report.signature, version: report.version };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the report and the ping of crashy ${kind} were not both searchable in time`);
}

// Sends a report without a dump. Gives its id once it can be searched.
export async function sendReport(server, annotations, headers = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(annotations)) form.append(name, value);
  const response = await fetch(`${server.url}/submit`, { method: 'POST', body: form });
  const id = /CrashID=bp-(\S+)/.exec(await response.text())?.[1];
  if (id === undefined) throw new Error(`POST /submit: ${response.status}`);
  const until = Date.now() + kSearchableMs;
  while (Date.now() < until) {
    if ((await getJson(server, `/api/SuperSearch/?uuid=${id}&_results_number=0`, headers)).total === 1) return id;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the report ${id} was not searchable in time`);
}

// Sends a crash ping of each of so many clients, all of one stack. Gives their ids once all can be searched.
export async function sendPings(server, { product, version, clients, headers }) {
  const ids = Array.from({ length: clients }, () => randomUUID());
  for (const [index, id] of ids.entries()) {
    const path = `/submit/telemetry/${id}/crash/${product}/${version}/beta/20261101000000?v=4`;
    const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(pingOf({ id, product, version, clientId: `0a1b2c3d-0000-4000-8000-${String(index).padStart(12, '0')}` })) });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
  }
  const until = Date.now() + kSearchableMs;
  while (Date.now() < until) {
    if ((await getJson(server, `/api/SuperSearch/?product=~${product}&_results_number=0`, headers)).total === clients) return ids;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the pings of ${product} were not searchable in time`);
}

function pingOf({ id, product, version, clientId }) {
  return {
    type: 'crash', id, clientId, creationDate: new Date().toISOString(), version: 4,
    application: { architecture: 'x86-64', buildId: '20261101000000', channel: 'beta', name: product, platformVersion: version, vendor: '', version, xpcomAbi: 'x86_64-gcc3' },
    payload: {
      crashDate: new Date().toISOString().slice(0, 10), processType: 'main', metadata: {},
      stackTraces: {
        status: 'OK', crash_info: { type: 'SIGSEGV', address: '0x8', crashing_thread: 0 }, main_module: 0,
        modules: [{ base_addr: '0x7f0010000000', end_addr: '0x7f001fffffff', code_id: '5f1a2b3c', debug_file: 'libpaint.so', debug_id: '0123456789ABCDEF0123456789ABCDEF0', filename: 'libpaint.so', version: '1.2.3' }],
        threads: [{ frames: [{ ip: '0x7f0010001234', module_index: 0, trust: 'context' }, { ip: '0x7f0010005678', module_index: 0, trust: 'cfi' }] }],
      },
    },
  };
}

async function getJson(server, path, headers) {
  const response = await fetch(server.url + path, { headers });
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
