// Light, dark, or what the browser says: a choice that this browser keeps.
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';

export const kSchemes = ['auto', 'light', 'dark'] as const;
export type Scheme = (typeof kSchemes)[number];

const kStorageKey = 'cairn.scheme';

export function parseScheme(text: string | null | undefined): Scheme {
  return kSchemes.find((scheme) => scheme === text) ?? 'auto';
}

// Storage may be forbidden; then the choice lasts as long as the page.
function storedScheme(): Scheme {
  try {
    return parseScheme(localStorage.getItem(kStorageKey));
  } catch {
    return 'auto';
  }
}

function applyScheme(scheme: Scheme): void {
  if (scheme === 'auto') delete document.documentElement.dataset['scheme'];
  else document.documentElement.dataset['scheme'] = scheme;
}

export function applyStoredScheme(): void {
  applyScheme(storedScheme());
}

const kWords: Record<Scheme, string> = { auto: 'as the system', light: 'light', dark: 'dark' };
const kSigns: Record<Scheme, string> = { auto: '◐', light: '☀', dark: '☾' };

export function SchemeButton(): VNode {
  const [scheme, setScheme] = useState(storedScheme);
  const next = kSchemes[(kSchemes.indexOf(scheme) + 1) % kSchemes.length] ?? 'auto';
  const onClick = (): void => {
    setScheme(next);
    applyScheme(next);
    try {
      localStorage.setItem(kStorageKey, next);
    } catch {
      // It lasts as long as the page.
    }
    document.dispatchEvent(new CustomEvent('cairn-scheme'));
  };
  const words = `Colours: ${kWords[scheme]}. Change to ${kWords[next]}`;
  return (
    <button type="button" class="round" aria-label={words} title={words} onClick={onClick}>
      {kSigns[scheme]}
    </button>
  );
}
