// Where the page is, and the way to another page of this site, for widgets that make and follow links.
import { createContext } from 'preact';

export const NavigateContext = createContext<(path: string) => void>(() => undefined);

// Path and query of what is drawn.
export const PlaceContext = createContext({ path: '', search: '' });
