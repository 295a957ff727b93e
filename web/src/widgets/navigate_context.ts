// The way to another page of this site, for widgets that follow a link by key.
import { createContext } from 'preact';

export const NavigateContext = createContext<(path: string) => void>(() => undefined);
