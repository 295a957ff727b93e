// CrashRow is what the index is told of one crash, report or ping alike.
//
// It holds only what may be searched or counted; the documents lie in the BlobStore. Every text may be empty:
// unknown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/search/field.h"
#include "server/search/signature_input.h"
#include "server/search/value.h"

namespace cairn::search {

enum class CrashKind : std::uint8_t { kReport, kPing };

// "report" or "ping", as in the API.
constexpr std::string_view CrashKindName(CrashKind kind) {
  return kind == CrashKind::kReport ? "report" : "ping";
}

struct CrashRow {
  CrashKind kind = CrashKind::kReport;
  std::string uuid;  // Crash id without "bp-", or the ping's document id: 8-4-4-4-12 hex digits.
  // Unix time by the server's clock at submission; the same at each try of one crash.
  std::int64_t date_ms = 0;
  std::int64_t client_date_ms = 0;  // By the client's clock, which may be anything; 0: not said.
  std::string product;
  std::string version;
  std::string release_channel;
  std::string build_id;
  std::string process_type;
  std::string platform_version;
  std::string cpu_arch;
  std::string address;               // "0x0000000000000008", as the API shows it.
  std::string minidump_sha256_hash;  // Lower-case hex: what links a report to its ping.
  std::string counterpart_id;        // The crash id that the sender knew of the other trail, without "bp-".
  // ClientToken() of the installation; 0: not known. Only ever counted, never shown.
  std::int64_t client = 0;
  std::string rule;     // The collector's rule that kept this crash.
  double weight = 1.0;  // 1/π, π the chance that this crash was kept.
  std::string pack;     // Of a ping: the name of the pack among the blobs that holds it.

  SharedInput input;  // With the crashing thread's stack, platform, reason. Null: an empty one.
  std::vector<SharedStack> other_threads;  // In the dump's order, without the crashing one.

  // Values of searchable annotations, in the order of the fields' ids, each once: see AnnotationValue.
  std::vector<std::pair<FieldId, Value>> annotations;
};

// A number that stands for a client, so that distinct ones can be counted without keeping who they are; 0 for
// an empty id.
std::int64_t ClientToken(std::string_view client_id);

}  // namespace cairn::search
