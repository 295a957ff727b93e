import { render } from 'preact-render-to-string';
import { beforeAll, expect, test } from 'vitest';
import { readCrash } from '../../api/crash';
import { readDictionary } from '../../api/dictionary';
import { readMe, type Me } from '../../api/me';
import { parseCrashId } from '../../base/crash_id';
import type { Problem } from '../../base/problem';
import { kLateViews } from './late_views';
import { NotShown } from './not_shown';
import { CrashView } from './report_page';

const kId = parseCrashId('0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122')!;
const kOther = '1b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122';
const kOrigin = 'http://crash.example';

beforeAll(() => kLateViews.fetch());

function html(
  answer: Parameters<typeof readCrash>[0],
  search = '',
  more: Partial<Parameters<typeof CrashView>[0]> = {},
): string {
  const props = {
    me: undefined,
    dictionary: undefined,
    isPainted: true,
    navigate: () => undefined,
    onLook: () => undefined,
    ...more,
  };
  return render(
    <CrashView
      crash={readCrash(answer, kId)}
      origin={kOrigin}
      query={new URLSearchParams(search)}
      {...props}
    />,
  );
}

test('a crash of which nothing is known is still a page', () => {
  const text = html({});
  expect(text).toContain('No signature');
  expect(text).toContain('does not say which thread crashed');
  expect(text).toContain('No crash ping of this crash has arrived');
  expect(text).not.toContain('undefined');
  expect(html({}, 'tab=modules')).toContain('names no modules');
});

test('what is in sight comes first: facts and the top of the crashing stack', () => {
  const frames = Array.from({ length: 60 }, (_, frame) => ({ frame, function: `f${frame}` }));
  const answer = { product: 'Crashy', json_dump: { crashing_thread: { frames }, threads: [{}, { frames }] }, uptime: 7 };
  const first = html(answer, '', { isPainted: false });
  expect(first).toContain('href="/search?product=Crashy"');
  expect(first.match(/<tr role="row" class="frame/g)).toHaveLength(40);
  expect(first).not.toMatch(/Other threads|Uptime|more rows/);
  const whole = html(answer);
  expect(whole.match(/<tr role="row" class="frame/g)).toHaveLength(60);
  for (const words of ['Other threads', 'Uptime']) expect(whole).toContain(words);
});

test('the counterpart is linked in both directions', () => {
  expect(html({ kind: 'report', counterpart: { uuid: kOther, kind: 'ping' } })).toContain(
    `href="/report/index/${kOther}"`,
  );
  expect(html({ kind: 'ping', counterpart: { uuid: kOther, kind: 'report' } })).toContain(
    'See the crash report of this crash',
  );
});

test('who may not see pings is not told that there is none', () => {
  expect(html({ kind: 'report' }, '', { me: readMe({ name: null }) })).toContain('view_pings see it here');
});

test('facts lead to the crashes that share them', () => {
  expect(html({ product: 'A&B', reason: 'SIGSEGV / SEGV_MAPERR' })).toContain('href="/search?product=A%26B"');
  expect(html({ reason: 'SIGSEGV / SEGV_MAPERR' })).toContain(
    'href="/search?reason=%3DSIGSEGV+%2F+SEGV_MAPERR"',
  );
});

test('losses are counted beyond those that are listed', () => {
  const text = html(
    {
      json_dump: {
        diagnostics: [{ stage: 'unwind', what: 'stack', problem: 'too long' }],
        diagnostics_dropped: 3,
      },
    },
    'tab=debug',
  );
  expect(text).toContain('unwind: stack: too long');
  expect(text).toContain('and 3 more losses');
});

test('names that came after processing are told apart', () => {
  const frames = (named_later: boolean) =>
    html({
      crashing_thread: 0,
      json_dump: { threads: [{ frames: [{ function: 'f' }, { function: 'late', named_later }] }] },
    });
  expect(frames(true)).toContain('1 frame was named after processing');
  expect(frames(false)).not.toContain('named after processing');
});

const kWait = { frames: [{ function: 'wait', module: 'libc', module_offset: '0x10', offset: '0x7f0010' }] };

test('threads with equal stacks are one row', () => {
  const threads = [
    { frames: [{ function: 'boom' }] },
    { ...kWait, thread_name: 'worker' },
    { ...kWait, thread_name: 'worker' },
    { ...kWait, thread_name: 'timer' },
  ];
  const text = html({ crashing_thread: 0, json_dump: { threads } });
  expect(text).toContain('3 threads alike: worker × 2, timer');
  expect(text.match(/<details class="thread"/g)).toHaveLength(1);
});

test('a source file that a template knows is a link', () => {
  const stackOf = (file: string) =>
    html({ crashing_thread: 0, json_dump: { threads: [{ frames: [{ function: 'f', file, line: 7 }] }] } });
  expect(stackOf('git:github.com/o/n:src/a.cc:ff')).toContain(
    '<a href="https://github.com/o/n/blob/ff/src/a.cc#L7"',
  );
  expect(stackOf('s3:bucket:ff/a.cc:')).not.toContain('ff/a.cc#');
});

test('the URL names the tab', () => {
  expect(html({}, 'tab=debug')).toContain('aria-current="page">Debug');
  expect(html({}, 'tab=nonsense')).toContain('aria-current="page">Details');
  for (const tab of ['details', 'annotations', 'modules', 'raw', 'bugs', 'reprocess', 'debug'])
    expect(html({}, `tab=${tab}`)).not.toContain('undefined');
});

test('what is protected is told apart, by the dictionary', () => {
  const dictionary = readDictionary({
    annotations: [
      { name: 'Version', field: 'version', permission: 'public', description: 'Which one.' },
      { name: 'URL', field: 'url', permission: 'protected' },
    ],
  });
  const text = html({ annotations: { Version: '1', URL: 'u', Odd: 'o' } }, 'tab=annotations', { dictionary });
  expect(text.indexOf('Odd')).toBeGreaterThan(text.indexOf('>Protected'));
  expect(text.indexOf('>Version<')).toBeLessThan(text.indexOf('>Protected'));
  expect(html({ version: '1' }, '', { dictionary })).toContain('Which one.');
  expect(html({ url: 'u' }, '', { dictionary })).toContain('protected</span>');
});

function person(...permissions: readonly string[]): Me {
  return readMe({ name: 'ann', permissions: [...permissions] });
}

test('a dump is for those who may see dumps', () => {
  const dump = {
    kind: 'report' as const,
    minidump_sha256_hash: 'ff',
    additional_minidumps: ['upload_file_minidump_browser'],
  };
  expect(html(dump, 'tab=raw', { me: person() })).not.toContain('format=raw');
  expect(html(dump, 'tab=raw', { me: person() })).toContain('view_rawdump');
  const text = html(dump, 'tab=raw', { me: person('view_rawdump') });
  expect(text).toContain('format=raw&amp;name=upload_file_minidump"');
  expect(text).toContain('name=upload_file_minidump_browser"');
  expect(
    html({ kind: 'ping', minidump_sha256_hash: 'ff' }, 'tab=raw', { me: person('view_rawdump') }),
  ).not.toContain('format=raw');
});

test('reprocessing is for those who may', () => {
  expect(html({}, 'tab=reprocess', { me: person() })).not.toContain('Process again</button>');
  expect(html({}, 'tab=reprocess', { me: person('reprocess_crashes') })).toContain('Process again</button>');
});

test('what is granted for the product of the crash is offered there, and nowhere else', () => {
  const me = readMe({ name: 'ann', grants: { Editor: ['view_pii', 'view_pings', 'view_rawdump', 'reprocess_crashes'] } });
  const dump = { kind: 'report' as const, minidump_sha256_hash: 'ff' };
  const of = (product: string, search: string): string => html({ ...dump, product }, search, { me });
  const kOffers = [
    ['', 'with protected data'],
    ['', 'No crash ping of this crash has arrived'],
    ['tab=annotations', 'No protected annotation came with it'],
    ['tab=raw', 'format=raw'],
    ['tab=raw', 'With what is protected'],
    ['tab=reprocess', 'Process again</button>'],
  ] as const;
  for (const [search, words] of kOffers) {
    expect(of('Editor', search)).toContain(words);
    expect(of('Viewer', search)).not.toContain(words);
  }
});

test('extensions and the telemetry environment have tabs where the report has them', () => {
  const telemetry_environment = {
    build: { version: '7.5' },
    addons: { activeAddons: { 'paint@x': { name: 'Paint', signedState: 2 } } },
  };
  expect(html({})).not.toMatch(/tab=(extensions|environment)/);
  expect(html({ addons: ['paint@x:1'] })).toMatch(/tab=extensions/);
  expect(html({ addons: ['paint@x:1'] })).not.toMatch(/tab=environment/);
  expect(html({ telemetry_environment })).toMatch(/tab=environment/);
  expect(html({ telemetry_environment }, 'tab=environment')).toContain('7.5');
  expect(html({ telemetry_environment }, 'tab=extensions')).toContain('the store');
  expect(html({}, 'tab=environment')).toContain('permission view_pii');
});

test('a crash that is not there says what to do', () => {
  const shown = (problem: Problem) => render(<NotShown id={kId} problem={problem} me={undefined} />);
  expect(shown({ kind: 'not-found', detail: 'There is no crash' })).toContain('received on 2026-11-22');
  expect(shown({ kind: 'not-found', detail: 'could not be processed and was set aside' })).toContain(
    'reprocess_crashes',
  );
  expect(shown({ kind: 'pending', detail: '' })).toContain('<progress');
  expect(shown({ kind: 'forbidden', detail: 'Single pings need the permission view_pings' })).toContain(
    'not shown alone',
  );
  expect(shown({ kind: 'forbidden', detail: 'Sign in first' })).toContain('Sign in first');
});

test('a Java stack is read from its annotation', () => {
  const java_exception = {
    exception: {
      values: [
        {
          type: 'Oops',
          module: 'org.x',
          stacktrace: { frames: [{ module: 'org.x.A', function: 'f', filename: 'A.java', lineno: 7 }] },
        },
      ],
    },
  };
  expect(html({ java_exception })).toContain('org.x.A.f');
  expect(html({ java_stack_trace: 'org.x.Oops:\n\tat A.f' })).toContain('at A.f');
});
