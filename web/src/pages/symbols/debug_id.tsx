import type { VNode } from 'preact';
import { CopyButton } from '../../widgets/copy_button';

// Enough of a debug id to tell builds apart by eye.
const kLetters = 12;

// A debug id, short to look at and whole for those who copy it.
export function DebugId({ id }: { id: string | undefined }): VNode {
  if (id === undefined) return <span class="quiet">none</span>;
  const short = id.length > kLetters + 1 ? `${id.slice(0, kLetters)}…` : id;
  return <CopyButton label={short} title={`Copy ${id}`} text={() => id} />;
}
