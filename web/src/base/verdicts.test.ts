import { expect, test } from 'vitest';
import { verdictsOf } from './verdicts';

const textsOf = (answer: Readonly<Record<string, unknown>>): readonly string[] =>
  verdictsOf(answer).map(({ text, code }) => (code === undefined ? text : `${text} ${code}`));

test('a crash of which nothing is known has none', () => {
  expect(textsOf({})).toEqual([]);
  expect(
    textsOf({
      uptime: null,
      json_dump: { crash_info: { possible_bit_flips: null, adjusted_address: null, memory_accesses: null } },
    }),
  ).toEqual([]);
});

test('a null pointer, and what the instruction did with it', () => {
  expect(
    textsOf({
      json_dump: {
        crash_info: {
          adjusted_address: { kind: 'null-pointer', offset: '0x0000000000000008' },
          instruction: 'mov rax, qword ptr [rax + 8]',
          memory_accesses: [{ address: '0x0000000000000008', size: 8, access_type: 'read' }],
        },
      },
    }),
  ).toEqual([
    'A null pointer was used, with the offset 0x8.',
    'The instruction that failed reads 8 bytes at 0x8: mov rax, qword ptr [rax + 8]',
  ]);
});

test('what speaks against believing the rest is told apart', () => {
  const verdicts = verdictsOf({
    possible_bit_flips_max_confidence: 25,
    crash_inconsistencies: ['int_div_by_zero_not_possible'],
  });
  expect(verdicts.map(({ tone }) => tone)).toEqual(['doubt', 'doubt']);
});

test('soon after its start, or while starting', () => {
  expect(textsOf({ uptime: 3 })).toEqual(['It crashed 3 s after its start.']);
  expect(textsOf({ uptime: 3, startup_crash: true })).toEqual(['It crashed while starting up.']);
  expect(textsOf({ uptime: 0 })).toEqual(['It crashed within a second of its start.']);
  expect(textsOf({ uptime: 600 })).toEqual([]);
});
