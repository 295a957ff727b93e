// What the page of a signature gives to each of its tabs.
import type { Condition } from '../../api/search_query';
import type { SignatureQuery, SignatureTab } from '../../api/signature';

export interface TabProps {
  readonly query: SignatureQuery;
  // The signature and what narrows it.
  readonly conditions: readonly Condition[];
  readonly parameters: URLSearchParams;
  readonly navigate: (path: string) => void;
  // Of the page with other conditions (that hold the signature), or with more parameters of its tab.
  readonly pathOf: (change: PathChange) => string;
}

export interface PathChange {
  readonly conditions?: readonly Condition[];
  readonly tab?: SignatureTab;
  readonly more?: readonly (readonly [string, string])[];
}
