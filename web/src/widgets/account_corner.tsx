// Who is signed in, in the corner of the header.

export interface AccountCornerProps {
  // Path and query of the page that is shown: where a sign-in leads back to.
  readonly place: string;
}

export function AccountCorner(_props: AccountCornerProps): null {
  return null;
}
