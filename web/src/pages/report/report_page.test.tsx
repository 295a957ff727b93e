import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readCrash } from '../../api/crash';
import { parseCrashId } from '../../base/crash_id';
import { CrashView } from './report_page';

const kId = parseCrashId('0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122')!;
const kOther = '1b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122';
const kOrigin = 'http://crash.example';

function html(answer: Parameters<typeof readCrash>[0]): string {
  return render(<CrashView crash={readCrash(answer, kId)} origin={kOrigin} />);
}

test('a crash of which nothing is known is still a page', () => {
  const text = html({});
  expect(text).toContain('No signature');
  expect(text).toContain('does not say which thread crashed');
  expect(text).toContain('No crash ping of this crash has arrived');
  expect(text).not.toContain('undefined');
  expect(text).not.toContain('Modules');
});

test('the counterpart is linked in both directions', () => {
  expect(html({ kind: 'report', counterpart: { uuid: kOther, kind: 'ping' } })).toContain(`href="/report/index/${kOther}"`);
  expect(html({ kind: 'ping', counterpart: { uuid: kOther, kind: 'report' } })).toContain('See the crash report of this crash');
});

test('facts lead to the crashes that share them', () => {
  expect(html({ product: 'A&B', reason: 'SIGSEGV / SEGV_MAPERR' })).toContain('href="/search?product=A%26B"');
  expect(html({ reason: 'SIGSEGV / SEGV_MAPERR' })).toContain('href="/search?reason=%3DSIGSEGV+%2F+SEGV_MAPERR"');
});

test('losses are counted beyond those that are listed', () => {
  const text = html({ json_dump: { diagnostics: [{ stage: 'unwind', what: 'stack', problem: 'too long' }], diagnostics_dropped: 3 } });
  expect(text).toContain('unwind: stack: too long');
  expect(text).toContain('and 3 more losses');
});

test('names that came after processing are told apart', () => {
  const frames = (named_later: boolean) => html({ crashing_thread: 0, json_dump: { threads: [{ frames: [{ function: 'f' }, { function: 'late', named_later }] }] } });
  expect(frames(true)).toContain('1 frame was named after processing');
  expect(frames(false)).not.toContain('named after processing');
});
