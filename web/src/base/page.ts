// What the shell gives to a page.

export interface PageProps {
  // The parts of the path that the route names, decoded.
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  // Goes to a path of this site ("/report/index/…"), with an entry in the history.
  readonly navigate: (path: string) => void;
  // The same, but in place of this page, so that Back does not lead here.
  readonly redirect: (path: string) => void;
}
