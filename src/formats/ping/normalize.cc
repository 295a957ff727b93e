#include "formats/ping/normalize.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cairn::ping {
namespace {

constexpr std::string_view kOther = "Other";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

enum class Match { kStart, kEnd, kAnywhere, kWhole };
struct OsRule {
  Match match;
  std::string_view text;
  std::string_view os;
};
// The first that fits.
constexpr OsRule kOsRules[] = {
    {Match::kStart, "Windows", "Windows"}, {Match::kStart, "WINNT", "Windows"},
    {Match::kStart, "Darwin", "Mac"},      {Match::kStart, "Android", "Android"},
    {Match::kAnywhere, "Linux", "Linux"},  {Match::kEnd, "BSD", "Linux"},
    {Match::kWhole, "SunOS", "Linux"},     {Match::kWhole, "Solaris", "Linux"},
    {Match::kStart, "iOS", "iOS"},         {Match::kAnywhere, "iPhone", "iOS"},
};

bool Fits(const OsRule& rule, std::string_view os) {
  switch (rule.match) {
    case Match::kStart: return os.starts_with(rule.text);
    case Match::kEnd: return os.ends_with(rule.text);
    case Match::kAnywhere: return os.find(rule.text) != std::string_view::npos;
    case Match::kWhole: return os == rule.text;
  }
  return false;
}

}  // namespace

std::string NormalizeChannel(std::string_view channel) {
  static constexpr std::array<std::string_view, 5> kChannels = {"release", "esr", "beta", "aurora",
                                                                "nightly"};
  if (std::ranges::find(kChannels, channel) != kChannels.end()) return std::string(channel);
  if (channel.starts_with("nightly-cck-")) return "nightly";
  if (channel.starts_with("beta")) return "beta";
  return std::string(kOther);
}

std::string NormalizeOs(std::string_view os) {
  const auto* const rule = std::ranges::find_if(kOsRules, [&](const OsRule& row) { return Fits(row, os); });
  return std::string(rule == std::end(kOsRules) ? kOther : rule->os);
}

std::string NormalizeOsVersion(std::string_view text) {
  std::size_t end = 0;
  for (int part = 0; part < 3; ++part) {
    std::size_t at = end;
    if (part > 0) {
      if (at == text.size() || text[at] != '.') break;
      ++at;
    }
    const std::size_t digits = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    if (at == digits) break;
    end = at;
  }
  return std::string(text.substr(0, end));
}

std::string NormalizeArchitecture(std::string_view architecture) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"x86-64", "amd64"},    {"x86_64", "amd64"},  {"x86", "x86"},
      {"i686", "x86"},        {"aarch64", "arm64"}, {"arm64", "arm64"},
      {"arm64-v8a", "arm64"}, {"arm", "arm"},       {"armeabi-v7a", "arm"}};
  for (const auto& [said, name] : kNames) {
    if (architecture == said) return std::string(name);
  }
  return {};
}

std::string NormalizeCountry(std::string_view country) {
  std::string code(country);
  for (char& c : code) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const bool is_code =
      code.size() == 2 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
  return is_code ? code : std::string(kOther);
}

std::string NormalizeClientId(std::string_view client_id) {
  std::string id;
  for (const char c : client_id) {
    if (c == '{' || c == '}') continue;
    id += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return id;
}

unsigned SampleId(std::string_view client_id) {
  const std::string id = NormalizeClientId(client_id);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): zlib's idea of bytes.
  return static_cast<unsigned>(
      crc32(0, reinterpret_cast<const Bytef*>(id.data()), static_cast<uInt>(id.size())) % 100);
}

}  // namespace cairn::ping
