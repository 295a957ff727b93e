// How far history is signed by the settings in force. It is noted now and then, so that work that was killed
// goes on there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::signing {

struct Progress {
  std::int64_t stamp = 0;             // SigningRules::stamp() of the settings.
  std::optional<std::int64_t> after;  // The inputs up to this id are done.
  std::uint64_t inputs = 0;           // That were looked at.
  std::uint64_t changed = 0;          // That got another signature.
  bool is_done = false;
  std::string trouble;  // Why it does not go on at the moment. Not noted.

  friend bool operator==(const Progress&, const Progress&) = default;
};

// From 0 to 1: ids are hashes, so where the last one lies tells how many are done.
double ShareDone(const Progress& progress);

std::string WriteProgress(const Progress& progress);
base::Result<Progress> ReadProgress(std::string_view json);

}  // namespace cairn::signing
