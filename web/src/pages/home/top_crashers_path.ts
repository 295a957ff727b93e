// The page of top crashers, as Crash Stats addresses it. Without a version it is of the product's featured one, if it has one;
// "any" is all of them.
export function topCrashersPath({
  product,
  version,
  process,
}: {
  product: string;
  version?: string;
  process?: string;
}): string {
  const parameters = new URLSearchParams({ product });
  if (version !== undefined) parameters.set('version', version);
  if (process !== undefined) parameters.set('process_type', process);
  return `/topcrashers/?${parameters.toString()}`;
}
