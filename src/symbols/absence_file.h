// The text of a file KEY.absent: what servers did not give, in lines of "REASON STATUS EXPIRES SERVER".
//
// Processes of several versions of Cairn share these files, and anybody may write to them: a line that makes
// no sense is left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::symbols {

enum class AbsenceReason : std::uint8_t {
  kNotThere,     // 404 or 410.
  kRateLimited,  // 429.
  kServerError,  // 5xx and every status that has no row here.
  kNetwork,      // No connection, no answer in time, or one that broke off.
  kBlocked,      // 401, 403, or a redirect or an address that Cairn does not follow.
  kUnreadable,   // It came, and is no symbol file, or is too large.
};

struct Absence {
  AbsenceReason reason = AbsenceReason::kNotThere;
  std::uint16_t status = 0;  // HTTP; zero if there was no answer.
};

struct AbsenceEntry {
  std::string server;
  Absence absence;
  std::int64_t expires_unix_ms = 0;
};

// Nothing is believed for longer, so that a clock that was set back does not make an absence eternal. A day
// is what users of public servers expect; what is uploaded later is found after that, or when the file is
// removed.
inline constexpr std::int64_t kLongestBelief_ms = std::int64_t{24} * 3600 * 1000;

// The entries that are still believed.
std::vector<AbsenceEntry> ParseAbsenceFile(std::string_view text, std::int64_t now_unix_ms);
std::string FormatAbsenceFile(const std::vector<AbsenceEntry>& entries);

}  // namespace cairn::symbols
