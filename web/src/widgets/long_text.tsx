// A text of any length; of a long one the beginning, and the rest on demand.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { formatCount } from '../base/format';

const kShown = 400;
// A button for less than this is not worth it.
const kSlack = 100;

export function LongText({ text }: { text: string }): VNode {
  const [whole, setWhole] = useState(false);
  if (text.length <= kShown + kSlack) return <>{text}</>;
  return (
    <>
      {whole ? text : `${text.slice(0, kShown)}…`}{' '}
      <button type="button" class="more" aria-expanded={whole} onClick={() => setWhole(!whole)}>
        {whole ? 'Shorten' : `All ${formatCount(text.length)} letters`}
      </button>
    </>
  );
}
