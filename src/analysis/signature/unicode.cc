#include "analysis/signature/unicode.h"

#include <algorithm>
#include <cstdint>

namespace cairn::signature {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f); }

// White space beyond ASCII, as UTF-8.
constexpr std::string_view kWideSpaces[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

// Bytes of the white space that `text` begins or ends with; 0 if there is none.
std::size_t SpaceAtStart(std::string_view text) {
  if (text.empty()) return 0;
  if (IsAsciiSpace(text.front())) return 1;
  if (static_cast<unsigned char>(text.front()) < 0x80) return 0;
  const auto* const found =
      std::ranges::find_if(kWideSpaces, [&](std::string_view space) { return text.starts_with(space); });
  return found == std::end(kWideSpaces) ? 0 : found->size();
}
std::size_t SpaceAtEnd(std::string_view text) {
  if (text.empty()) return 0;
  if (IsAsciiSpace(text.back())) return 1;
  if (static_cast<unsigned char>(text.back()) < 0x80) return 0;
  const auto* const found =
      std::ranges::find_if(kWideSpaces, [&](std::string_view space) { return text.ends_with(space); });
  return found == std::end(kWideSpaces) ? 0 : found->size();
}

// Bytes of the line end that `text` begins with; 0 if there is none.
std::size_t LineEndAtStart(std::string_view text) {
  if (text.starts_with("\r\n")) return 2;
  const char c = text.front();
  if ((c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e)) return 1;
  if (text.starts_with("\xc2\x85")) return 2;
  return text.starts_with("\xe2\x80\xa8") || text.starts_with("\xe2\x80\xa9") ? 3 : 0;
}

// Letters in `first` to `last`, every `step` of which has its small form `distance` further on.
struct CaseRow {
  std::uint32_t first, last, step;
  std::int32_t distance;
};
constexpr CaseRow kCaseRows[] = {
    {0xc0, 0xd6, 1, 32},   {0xd8, 0xde, 1, 32},   {0x100, 0x12e, 2, 1},    {0x132, 0x136, 2, 1},
    {0x139, 0x147, 2, 1},  {0x14a, 0x176, 2, 1},  {0x178, 0x178, 1, -121}, {0x179, 0x17d, 2, 1},
    {0x386, 0x386, 1, 38}, {0x388, 0x38a, 1, 37}, {0x38c, 0x38c, 1, 64},   {0x38e, 0x38f, 1, 63},
    {0x391, 0x3a1, 1, 32}, {0x3a4, 0x3ab, 1, 32}, {0x400, 0x40f, 1, 80},   {0x410, 0x42f, 1, 32},
    {0x460, 0x480, 2, 1},  {0x48a, 0x4be, 2, 1},  {0x1e00, 0x1e94, 2, 1},  {0xff21, 0xff3a, 1, 32},
};

std::uint32_t SmallLetter(std::uint32_t letter) {
  const auto* const row = std::ranges::find_if(kCaseRows, [letter](const CaseRow& r) {
    return letter >= r.first && letter <= r.last && (letter - r.first) % r.step == 0;
  });
  return row == std::end(kCaseRows)
             ? letter
             : static_cast<std::uint32_t>(static_cast<std::int32_t>(letter) + row->distance);
}

}  // namespace

std::string_view StripSpaces(std::string_view text) {
  while (const std::size_t size = SpaceAtStart(text)) text.remove_prefix(size);
  while (const std::size_t size = SpaceAtEnd(text)) text.remove_suffix(size);
  return text;
}

std::vector<std::string_view> SplitTextLines(std::string_view text, std::size_t count) {
  std::vector<std::string_view> lines;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size() && lines.size() < count;) {
    const std::size_t size = LineEndAtStart(text.substr(i));
    if (size == 0) {
      ++i;
      continue;
    }
    lines.push_back(text.substr(begin, i - begin));
    i += size;
    begin = i;
  }
  if (begin < text.size() && lines.size() < count) lines.push_back(text.substr(begin));
  return lines;
}

std::size_t CountCharacters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, IsContinuation));
}

std::string_view FirstCharacters(std::string_view text, std::size_t count) {
  if (text.size() <= count) return text;
  std::size_t end = 0;
  while (end < text.size()) {
    if (!IsContinuation(text[end]) && count-- == 0) break;
    ++end;
  }
  return text.substr(0, end);
}

std::string_view FirstBytes(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && IsContinuation(text[bytes_max])) --bytes_max;
  return text.substr(0, bytes_max);
}

void AppendLowerCase(std::string_view text, std::string& to) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t letter = byte(i);
    std::size_t size = 1;
    if (letter >= 0xc3 && letter < 0xe0 && i + 1 < text.size() && IsContinuation(text[i + 1])) {
      letter = (letter & 0x1f) << 6 | (byte(i + 1) & 0x3fU);
      size = 2;
    } else if (letter >= 0xe0 && letter < 0xf0 && i + 2 < text.size() && IsContinuation(text[i + 1]) &&
               IsContinuation(text[i + 2])) {
      letter = (letter & 0xf) << 12 | (byte(i + 1) & 0x3fU) << 6 | (byte(i + 2) & 0x3fU);
      size = 3;
    } else if (letter >= 0x80) {
      to += text[i++];
      continue;
    }
    if (letter < 0x80) {
      to += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : static_cast<char>(letter);
    } else if (const std::uint32_t small = SmallLetter(letter); size == 2) {
      to += static_cast<char>(0xc0 | small >> 6);
      to += static_cast<char>(0x80 | (small & 0x3f));
    } else {
      to += static_cast<char>(0xe0 | small >> 12);
      to += static_cast<char>(0x80 | (small >> 6 & 0x3f));
      to += static_cast<char>(0x80 | (small & 0x3f));
    }
    i += size;
  }
}

}  // namespace cairn::signature
