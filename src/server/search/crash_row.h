// CrashRow is what the index is told of one crash, report or ping alike.
//
// It holds only what may be searched; the documents lie in the BlobStore. Every text may be empty: unknown.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::search {

enum class CrashKind : std::uint8_t { kReport, kPing };

// "report" or "ping", as in the API.
constexpr std::string_view CrashKindName(CrashKind kind) {
  return kind == CrashKind::kReport ? "report" : "ping";
}

// A function at an address. One address has several where calls were inlined.
struct NamedFrame {
  std::string function;
  std::string file;
  std::uint32_t line = 0;
};

// One frame of a raw stack: an address that does not depend on where the module was loaded, and the names
// that symbols give to it today. Without a module only the names are known (Java, JIT), or nothing.
struct StackFrame {
  std::string module;    // Base name of the code file.
  std::string debug_id;  // Breakpad's form; empty if unknown.
  std::uint64_t module_offset = 0;
  std::vector<NamedFrame> names;  // Innermost inline first; empty: no symbols.
};

struct CrashRow {
  CrashKind kind = CrashKind::kReport;
  std::string uuid;  // Crash id without "bp-", or the ping's document id: 8-4-4-4-12 hex digits.
  std::int64_t date_ms =
      0;  // Unix time by the server's clock at submission; the same at each try of one crash.
  std::string product;
  std::string version;
  std::string release_channel;
  std::string build_id;
  std::string process_type;
  std::string platform;  // "Linux", "Windows NT", "Mac OS X", "Android".
  std::string platform_version;
  std::string cpu_arch;
  std::string reason;
  std::string address;               // "0x0000000000000008", as the API shows it.
  std::string minidump_sha256_hash;  // Lower-case hex: what links a report to its ping.
  std::string rule;                  // The collector's rule that kept this crash.
  double weight = 1.0;               // 1/π, π the chance that this crash was kept.

  std::vector<StackFrame> stack;  // Of the crashing thread, innermost first.

  // The annotations that the signature rules read. With the stack, platform and reason they make the
  // signature input, under whose content hash the signature below is kept, once for all crashes that have the
  // same input.
  std::map<std::string, std::string> signature_annotations;
  std::string signature;
  std::string proto_signature;
};

}  // namespace cairn::search
