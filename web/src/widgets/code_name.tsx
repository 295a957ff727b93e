// A signature or function name: scopes set back, line breaks where C++ has joints. What there is no room for is drawn
// as "…" but stays in the text, so that copying, searching in the page and reading aloud give the whole name.
import { Fragment, type VNode } from 'preact';
import { useState } from 'preact/hooks';
import { signaturePieces, type Piece } from '../base/signature_pieces';

export interface CodeNameProps {
  readonly name: string;
  // Of what is drawn, in letters.
  readonly lengthMax?: number;
}

export function CodeName({ name, lengthMax = Infinity }: CodeNameProps): VNode {
  return <bdi class="code">{signaturePieces(name, lengthMax).map(drawPiece)}</bdi>;
}

// With a button that shows the rest.
export function ExpandableName({ name, lengthMax }: { name: string; lengthMax: number }): VNode {
  const [whole, setWhole] = useState(false);
  if (name.length <= lengthMax) return <CodeName name={name} />;
  return (
    <>
      <CodeName name={name} lengthMax={whole ? Infinity : lengthMax} />{' '}
      <button type="button" class="more" aria-expanded={whole} onClick={() => setWhole(!whole)}>
        {whole ? 'Shorten' : 'Whole name'}
      </button>
    </>
  );
}

function drawPiece({ kind, text }: Piece, index: number): VNode {
  const drawn = kind === 'cut' ? text : breakable(text);
  return <Fragment key={index}>{index > 0 && <wbr />}{kind === 'name' ? drawn : <span class={kind}>{drawn}</span>}</Fragment>;
}

// C++ names have few spaces: allow a line break after "::", "<", "," and "("; and in constants after "_".
export function breakable(text: string): (string | VNode)[] {
  const pieces = text.split(/(?<=::|[<,(/+]|[A-Z]_)(?!\))/);
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [<wbr />, piece]));
}
