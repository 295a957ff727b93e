import { describe, expect, test } from 'vitest';
import { signaturePieces } from './signature_pieces';

// Scopes in brackets, what is cut in braces.
function drawn(signature: string, lengthMax = 1000): string {
  const marks = { scope: ['[', ']'], name: ['', ''], cut: ['{', '}'] } as const;
  return signaturePieces(signature, lengthMax).map(({ kind, text }) => marks[kind].join(text)).join('');
}

describe('the scope is set apart from the function', () => {
  test.each([
    ['main', 'main'],
    ['crashy::(anonymous namespace)::Ledger::balance', '[crashy::(anonymous namespace)::Ledger::]balance'],
    ['a::Cell<b::T>::Store', '[a::Cell<b::T>::]Store'],
    ['abort | std::terminate | a::Parse', 'abort[ | std::]terminate[ | a::]Parse'],
    ['a::f(b::c, d::e)', '[a::]f(b::c, d::e)'],
    ['a::operator<', '[a::]operator<'],
    ['a::B::operator()', '[a::B::]operator()'],
    ['a::operators::run', '[a::operators::]run'],
    ['<T as core::fmt::Display>::fmt', '[<T as core::fmt::Display>::]fmt'],
    ['libfoo.so@0x1f20', 'libfoo.so@0x1f20'],
    ['a::', 'a::'],
    ['x > y::z', '[x > y::]z'],
    ['', ''],
  ])('%s', (signature, expected) => {
    expect(drawn(signature)).toBe(expected);
  });
});

describe('a long signature loses its middle', () => {
  const long = `std::_Map_base<${'std::basic_string<char>, '.repeat(80)}int>::operator[]`;

  test('its beginning and its end stay, and nothing is lost', () => {
    const pieces = signaturePieces(long, 120);
    expect(pieces.map((piece) => piece.text).join('')).toBe(long);
    const shown = pieces.filter((piece) => piece.kind !== 'cut').map((piece) => piece.text).join('');
    expect(shown.length).toBeLessThanOrEqual(120);
    expect(shown.startsWith('std::_Map_base<')).toBe(true);
    expect(shown.endsWith('::operator[]')).toBe(true);
    expect(pieces.filter((piece) => piece.kind === 'cut')).toHaveLength(1);
  });

  test('at any length, also through frames and with words of any length', () => {
    for (const signature of [long, 'a | b::c | '.repeat(40), 'x'.repeat(500), '😀'.repeat(200)]) {
      for (let lengthMax = 4; lengthMax < 130; lengthMax += 7) {
        const pieces = signaturePieces(signature, lengthMax);
        expect(pieces.map((piece) => piece.text).join('')).toBe(signature);
        expect(pieces.filter((piece) => piece.kind === 'cut')).toHaveLength(1);
        // It refuses half a letter.
        expect(() => pieces.map((piece) => encodeURIComponent(piece.text))).not.toThrow();
      }
    }
  });
});
