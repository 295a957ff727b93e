// Links to the form of a new bug, filled in from what is public of a crash.
//
// A template is a URL in which these stand for values, percent-encoded: {title}, {description}, {signature},
// {product}, {version}, {platform} and {url} (the crash's own page). The description has the reason and the
// first frames of the thread that crashed. What stands in braces and is none of these stays as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::bugs {

inline constexpr std::size_t kMaxFramesOfBug = 10;
inline constexpr std::size_t kMaxFrameCharacters = 80;
// Servers refuse longer URLs; what is too long is cut out of the description.
inline constexpr std::size_t kMaxDescriptionBytes = 3'000;

struct CrashFacts {
  std::string signature;
  std::string product;
  std::string version;
  std::string platform;
  std::string reason;
  std::string moz_crash_reason;
  std::vector<std::string> frames;  // A line each.
};

// From the document of a crash as anybody sees it; nothing if it is no JSON object.
std::optional<CrashFacts> ReadFacts(std::string_view public_document);

// `page` is the URL of the crash, or of the signature.
std::string FillTemplate(std::string_view url_template, const CrashFacts& facts, std::string_view page);

}  // namespace cairn::bugs
