import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import type { Frame } from '../base/crash';
import { StackTable } from './stack_table';

const kFrame: Frame = {
  index: 0, trust: 'context', address: undefined, moduleName: 'crashy', moduleOffset: undefined,
  place: { functionName: 'crashy::Paint<int>', file: '/src/paint.cc', line: 9 }, inlines: [], missingSymbols: false, namedLater: false,
};

function html(frame: Partial<Frame>): string {
  return render(<StackTable caption="Stack" frames={[{ ...kFrame, ...frame }]} isWhole />);
}

test('an inlined function is a row of its own and says so', () => {
  const text = html({ inlines: [{ functionName: 'At', file: undefined, line: undefined }] });
  expect(text.match(/<tr role="row" class="frame/g)).toHaveLength(2);
  expect(text.indexOf('inline</span>')).toBeLessThan(text.indexOf('Paint'));
});

test('a guessed frame is marked by more than colour', () => {
  expect(html({ trust: 'scan' })).toContain('class="trust guessed"');
  expect(html({ trust: 'scan' })).toContain('A guess');
  expect(html({ trust: 'cfi' })).not.toContain('guessed');
});

test('missing symbols are marked', () => {
  expect(html({ missingSymbols: true })).toContain('no symbols');
  expect(html({})).not.toContain('no symbols');
});

test('names may break where C++ allows', () => {
  expect(html({})).toContain('crashy::</span><wbr/>Paint&lt;<wbr/>int>');
});

test('an inlined function of the standard library is set back, one of the program is not', () => {
  const inlined = (functionName: string) => html({ inlines: [{ functionName, file: undefined, line: undefined }] });
  expect(inlined('std::get')).toContain('class="frame inlined library"');
  expect(inlined('crashy::Get')).toContain('class="frame inlined"');
});

test('a very long name is whole for those who ask, and its text is never lost', () => {
  const name = `a<${'int, '.repeat(400)}int>::Last`;
  const text = html({ place: { functionName: name, file: undefined, line: undefined } });
  expect(text).toContain('Whole name');
  expect(text).toContain('class="cut"');
  expect(text.replace(/<[^>]*>/g, '').replaceAll('&lt;', '<')).toContain(name);
});

test('names are text, never markup', () => {
  expect(html({ place: { functionName: '<script>x</script>', file: undefined, line: undefined } })).not.toContain('<script>');
});

test('a thread without frames says so', () => {
  expect(render(<StackTable caption="Stack" frames={[]} isWhole />)).toContain('no frames');
});

test('of a very deep stack the first rows are drawn, and the rest is counted', () => {
  const text = render(<StackTable caption="Stack" frames={Array.from({ length: 1024 }, (_, index) => ({ ...kFrame, index }))} isWhole />);
  expect(text.match(/<tr role="row" class="frame/g)).toHaveLength(200);
  expect(text).toContain('Show 824 more rows');
});
