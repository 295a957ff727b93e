// The first line is a pattern, the rest a text: what PatternSet takes, RE2 takes and answers alike.
#include <re2/re2.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "analysis/signature/pattern_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(static_cast<const char*>(static_cast<const void*>(data)), size);
  const std::string_view pattern = input.substr(0, input.find('\n'));
  const std::string_view text = input.substr(std::min(pattern.size() + 1, input.size()));
  cairn::signature::PatternSet set;
  if (!set.Add(pattern)) return 0;
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  const re2::RE2 oracle(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!oracle.ok()) {
    // RE2's own limits are narrower than PatternSet's for what repeats much.
    if (oracle.error_code() == re2::RE2::ErrorPatternTooLarge ||
        oracle.error_code() == re2::RE2::ErrorRepeatSize)
      return 0;
    std::abort();
  }
  const re2::StringPiece piece(text.data(), text.size());
  const bool expected = oracle.Match(piece, 0, piece.size(), re2::RE2::ANCHOR_START, nullptr, 0);
  if (set.MatchesAtStart(text) != expected) std::abort();
  return 0;
}
