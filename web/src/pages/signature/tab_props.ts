// What the page of a signature gives to each of its tabs.
import { exactSignature, type Condition } from '../../api/search_query';
import type { SignatureQuery, SignatureTab } from '../../api/signature';
import type { NothingFoundProps } from '../../widgets/nothing_found';

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

// For what stands in place of an empty tab: all conditions but the signature may have emptied it.
export function emptied(
  query: SignatureQuery,
  pathOf: TabProps['pathOf'],
): Omit<NothingFoundProps, 'wanted'> {
  const always = [exactSignature(query.signature)];
  return {
    always,
    conditions: query.conditions,
    pathOf: (others) => pathOf({ conditions: [...always, ...others] }),
  };
}
