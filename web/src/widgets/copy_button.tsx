// A button that puts text on the clipboard and says whether it did.
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';

const kSayingMs = 2000;

// The clipboard API exists only on https and localhost; an intranet server on http needs the old way.
async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

export interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string;
  readonly title?: string;
}

export function CopyButton({ label, text, title }: CopyButtonProps): VNode {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), kSayingMs);
    return () => clearTimeout(timer);
  }, [said]);
  const onClick = (): void => {
    void copyText(text()).then((copied) => setSaid(copied ? 'Copied' : 'Not copied: the browser refused'));
  };
  return (
    <span class="copy">
      <button type="button" title={title} onClick={onClick}>{label}</button>
      <span class="said" role="status">{said}</span>
    </span>
  );
}
