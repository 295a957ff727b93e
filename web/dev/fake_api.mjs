// A made-up API for working on the pages without a server: `node dev/fake_api.mjs [PORT]`, then `npm run dev` or the
// same port, which also serves dist/. It proves nothing about the real server; tests/e2e runs that one.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSearchApi } from './fake_search.mjs';

const kDist = fileURLToPath(new URL('../dist', import.meta.url));
const kTypes = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const kSignatures = [
  'crashy::Widget::Paint(crashy::Canvas&, std::vector<crashy::Rectangle, std::allocator<crashy::Rectangle> > const&)',
  'abort | __gnu_cxx::__verbose_terminate_handler | crashy::ParseConfiguration',
  'std::__detail::_Map_base<std::basic_string<char>, std::pair<std::basic_string<char> const, int>, std::allocator<std::pair<std::basic_string<char> const, int> >, std::__detail::_Select1st>::operator[]',
  'crashy::Divide',
  'EMPTY: no frame data available',
];
const kReasons = ['SIGSEGV / SEGV_MAPERR', 'SIGABRT / SI_TKILL', 'SIGFPE / FPE_INTDIV', 'SIGILL / ILL_ILLOPN'];

const hex = (value) => `0x${value.toString(16).padStart(16, '0')}`;
const idOf = (number) => `0b5e2a10-7c3d-4e5f-8a9b-${number.toString(16).padStart(12, '0')}`;
const started = Date.now();
const searchApi = makeSearchApi(started);
const arrived = () => 137 + Math.floor((Date.now() - started) / 7000);

function hitOf(number) {
  return {
    uuid: idOf(number),
    kind: number % 2 === 0 ? 'report' : 'ping',
    date: new Date(started + (number - 137) * 97_000).toISOString(),
    signature: kSignatures[(number >> 1) % 7] ?? kSignatures[0],
    product: number % 10 === 0 ? 'CrashyStudio' : 'Crashy',
    version: number % 3 === 0 ? '2.0.1' : '2.1.0b3',
    release_channel: number % 3 === 0 ? 'release' : 'beta',
    reason: number % 11 === 0 ? null : kReasons[(number >> 1) % 4],
    platform: 'Linux',
  };
}

function frameOf(frame, members) {
  return { frame, module: 'crashy', offset: hex(0x55d0c0401a20 + frame * 64), module_offset: hex(0x1a20 + frame * 64), trust: 'cfi', missing_symbols: false, ...members };
}

function stack() {
  return [
    frameOf(0, {
      trust: 'context', function: kSignatures[0], file: '/build/examples/crashy/widget.cc', line: 48,
      inlines: [
        { function: 'std::vector<crashy::Rectangle, std::allocator<crashy::Rectangle> >::operator[](unsigned long) const', file: '/usr/include/c++/12/bits/stl_vector.h', line: 1143 },
        { function: 'crashy::(anonymous namespace)::FirstOf<crashy::Rectangle>(std::vector<crashy::Rectangle> const&)', file: '/build/examples/crashy/widget.cc', line: 21 },
      ],
    }),
    frameOf(1, { function: 'crashy::Window::Repaint()', file: '/build/examples/crashy/window.cc', line: 133 }),
    frameOf(2, { module: 'libcrashy_draw.so', function: 'draw::Dispatcher::Run(std::function<void (draw::Event const&)> const&)', trust: 'frame_pointer', file: '/build/examples/crashy/draw/dispatcher.cc', line: 77 }),
    frameOf(3, { module: 'libglib-2.0.so.0', trust: 'cfi_scan', missing_symbols: true }),
    frameOf(4, { module: null, module_offset: null, trust: 'scan' }),
    frameOf(5, { function: 'main', file: '/build/examples/crashy/main.cc', line: 210, trust: 'cfi' }),
    frameOf(6, { module: 'libc.so.6', function: '__libc_start_call_main', file: 'git:github.com/example/libc:csu/libc-start.c:1a2b3c', line: 58 }),
  ];
}

function crashAnswer(number) {
  const hit = hitOf(number);
  const threads = [
    { thread_id: 4711, thread_name: 'crashy', frames: stack() },
    ...Array.from({ length: 5 }, (_, index) => ({
      thread_id: 4712 + index, thread_name: index === 3 ? null : `worker ${index}`, frames: stack().slice(index + 1), truncated: index === 1,
    })),
  ];
  const first = { ...threads[0].frames[0], registers: Object.fromEntries(
    ['rip', 'rsp', 'rbp', 'rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'eflags']
      .map((name, index) => [name, hex(index % 3 === 0 ? 0x7ffc9a10 * 4096 + index : index)])) };
  return {
    ...hit, date_processed: hit.date, submitted_timestamp: hit.date, build: '20261120104455', process_type: 'main',
    os_name: 'Linux', os_version: '6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)', cpu_arch: 'amd64',
    address: hex(0x18), crashing_thread: 0, proto_signature: kSignatures.join(' | '),
    processor_notes: ['signature: 1 inline frame and 2 prefix frames were used'],
    minidump_sha256_hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    counterpart: number % 6 < 4 ? { uuid: idOf(number ^ 1), kind: number % 2 === 0 ? 'ping' : 'report' } : undefined,
    annotations: { ProductName: 'Crashy', StartupTime: '1763800000', UserAction: 'paint', ModuleLoadOrder: 'crashy libcrashy_draw.so libc.so.6 '.repeat(6) },
    json_dump: {
      status: 'OK', crash_info: { type: hit.reason, address: hex(0x18), crashing_thread: 0 },
      system_info: { os: 'Linux', cpu_arch: 'amd64', cpu_info: 'family 6 model 85 stepping 7', cpu_count: 8 },
      crashing_thread: { ...threads[0], threads_index: 0, frames: [first, ...threads[0].frames.slice(1)] },
      threads,
      modules: ['crashy', 'libcrashy_draw.so', 'libglib-2.0.so.0', 'libstdc++.so.6', 'libc.so.6', 'ld-linux-x86-64.so.2'].map((name, index) => ({
        filename: name, debug_file: name, debug_id: `${(0x5ab3cd * (index + 7)).toString(16).toUpperCase().padStart(32, '0')}0`, code_id: 'b5381a457906d279073822a5ceb24c4bfef94ddb',
        base_addr: hex(0x7f0000000000 + index * 0x400000), end_addr: hex(0x7f0000200000 + index * 0x400000),
        version: index === 4 ? '6.0.0' : null, missing_symbols: index === 2, loaded_symbols: index < 2,
      })),
      diagnostics: [{ stage: 'minidump', what: 'MINIDUMP_HANDLE_DATA_STREAM', problem: 'the data ends too early', offset: 88112 }],
    },
  };
}

function apiAnswer(url) {
  const found = searchApi(url);
  if (found !== undefined) return found;
  if (url.pathname !== '/api/ProcessedCrash/') return [404, { error: 'no such path' }];
  const id = (url.searchParams.get('crash_id') ?? '').replace(/^bp-/, '');
  if (id.startsWith('00000000')) return [404, { error: 'not processed yet', status: 'pending' }];
  if (id.startsWith('11111111')) return [403, { error: 'needs the permission view_pings' }];
  const number = Number.parseInt(id.slice(-6), 16);
  return id === idOf(number) && number <= arrived() ? [200, crashAnswer(number)] : [404, { error: 'unknown crash id' }];
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.startsWith('/api/')) {
    const [status, body] = apiAnswer(url);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
    return;
  }
  const path = join(kDist, normalize(url.pathname));
  const file = extname(path) === '' ? join(kDist, 'index.html') : path;
  const content = await readFile(file).catch(() => undefined);
  response.writeHead(content === undefined ? 404 : 200, {
    'Content-Type': kTypes[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'",
  });
  response.end(content);
}

const port = Number(process.argv[2] ?? 8000);
createServer((request, response) => void answer(request, response)).listen(port, '127.0.0.1', () => {
  console.log(`made-up data on http://127.0.0.1:${port}`);
});
