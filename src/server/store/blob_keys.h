// The keys under which a crash lies in a BlobStore: the layout that Antenna gave Mozilla's buckets.
//
// The raw crash (annotations and metadata as JSON) is written last: a crash without one was never accepted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::store {

// The folders of keys that no dump of that name may use. Antenna's three are refused at the door.
inline constexpr std::string_view kKeyFolders[] = {
    "dump",      "dump_names",  "raw_crash",       "processed_crash", "ping_pack",
    "heartbeat", "recovery",    "symbols",         "symbol_cache",    "throttle_rules",
    "signing",   "try_symbols", "try_symbol_cache"};

// `id` without the "bp-" prefix; `day` is YYYYMMDD in UTC, the day of submission.
inline std::string DumpKey(std::string_view id) { return "v1/dump/" + std::string(id); }
inline std::string NamedDumpKey(std::string_view dump_name, std::string_view id) {
  return "v1/" + std::string(dump_name) + "/" + std::string(id);
}
inline std::string RawCrashKey(std::string_view day, std::string_view id) {
  return "v1/raw_crash/" + std::string(day) + "/" + std::string(id);
}
// A pack of crash pings (intake/ping_pack.h).
inline std::string PingPackKey(std::string_view day, std::string_view pack) {
  return "v1/ping_pack/" + std::string(day) + "/" + std::string(pack);
}
// A processed crash of either kind, as JSON: the document that /api/ProcessedCrash/ gives out in part.
inline std::string ProcessedCrashKey(std::string_view id) { return "v1/processed_crash/" + std::string(id); }
// The rules that took effect at a time, "20261122-103000000": `day` is its beginning.
inline std::string ThrottleRulesKey(std::string_view day, std::string_view time) {
  return "v1/throttle_rules/" + std::string(day) + "/" + std::string(time);
}

// The settings of signatures as they were after each change, in the order of their numbers; and how far
// history is signed by the newest.
inline constexpr std::string_view kSigningRevisions = "v1/signing/revision/";
inline std::string SigningRevisionKey(std::int64_t number) {
  std::string digits = std::to_string(number);
  constexpr std::size_t kDigits = 10;
  digits.insert(0, kDigits - std::min(kDigits, digits.size()), '0');
  return std::string(kSigningRevisions) + digits;
}
inline constexpr std::string_view kSigningProgressKey = "v1/signing/progress";

}  // namespace cairn::store
