// The ledger of a load test: what a server acknowledged, to compare afterwards with what it has.
//
// A line of text for each answer that promises something, five words with a blank between:
//
//   1795348800000 crash 3f0c… ok first        Unix time in milliseconds; kind; document id; answer; mark
//   1795348800011 report 71aa… 5b2e…0261122 again    of a report: its event id, and the crash id it was given
//   1795348800012 report 90b1… discarded first
//   1795348860000 crash 11c9… none unknown    it was sent, and no answer came until the end
//
// "again" marks what had been acknowledged before. Kinds are those of NameOf(ShotKind).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/replay_population.h"
#include "base/result.h"
#include "os/file.h"

namespace cairn::apps {

inline constexpr std::string_view kAnswerOk = "ok";
inline constexpr std::string_view kAnswerDiscarded = "discarded";
inline constexpr std::string_view kAnswerNone = "none";

struct LedgerEntry {
  std::int64_t time_ms = 0;
  ShotKind kind = ShotKind::kCrashPing;
  std::string key;
  std::string answer;  // kAnswer…, or a crash id without "bp-".
  bool is_again = false;

  bool IsUnknown() const { return answer == kAnswerNone; }
  std::string Line() const;  // With the line's end.
};

// Nothing if the line is none of a ledger's.
base::Result<LedgerEntry> ReadLedgerLine(std::string_view line);

// A line that a kill cut off at the end is passed over.
base::Result<std::vector<LedgerEntry>> ReadLedgerFile(const std::string& path);

// Appends to a file, which is made if need be. For one thread.
class LedgerFile {
 public:
  static base::Result<LedgerFile> Open(const std::string& path);

  base::Status Append(const LedgerEntry& entry);
  // All is on the disk when it returns.
  base::Status Finish();

 private:
  explicit LedgerFile(os::FileDescriptor file) : file_(std::move(file)) {}
  base::Status Flush();

  os::FileDescriptor file_;
  std::string waiting_;
};

}  // namespace cairn::apps
