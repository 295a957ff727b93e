// What each permission lets people do, in words. The names are the server's.

const kWords = new Map([
  ['view_pii', 'see annotations and fields that may say who a person is'],
  ['view_rawdump', 'download minidumps, and crashes as they were sent'],
  ['view_pings', 'see single crash pings'],
  ['reprocess_crashes', 'have crashes processed again'],
  ['edit_bugs', 'say which bugs are about which signatures'],
  ['purge_crashes', 'have every trace of crashes removed'],
  ['administer', 'manage users, products, signatures, and read the audit log'],
  ['upload_symbols', 'send symbol files'],
  ['upload_try_symbols', 'send symbol files of try builds'],
  ['view_all_uploads', 'see the uploads of symbols of others'],
  ['run_custom_queries', 'ask in the engine’s own language'],
  ['run_long_queries', 'search longer than anybody may'],
  ['assign_crash_ids', 'send reports under crash ids of one’s own choice'],
  ['view_closed_products', 'see crashes of products that are not for everybody'],
  ['view_metrics', 'read what the server counts of its own work'],
]);

export const kPermissions: readonly string[] = [...kWords.keys()];

// Empty for one that this page does not know.
export function permissionWords(name: string): string {
  return kWords.get(name) ?? '';
}
