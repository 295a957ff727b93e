#include "apps/query_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "net/http_client.h"

namespace cairn::apps {
namespace {

// -1: none.
int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte of an escape at `at`, or -1.
int EscapedAt(std::string_view text, std::size_t at) {
  if (text[at] != '%' || text.size() - at < 3) return -1;
  const int high = DigitOf(text[at + 1]);
  const int low = DigitOf(text[at + 2]);
  return high < 0 || low < 0 ? -1 : 16 * high + low;
}

std::string Decoded(std::string_view text) {
  bool is_of_url = false;
  for (std::size_t i = 0; i < text.size(); ++i) is_of_url = is_of_url || EscapedAt(text, i) >= 0;
  if (!is_of_url) return std::string(text);
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = EscapedAt(text, i);
    if (byte >= 0) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];  // A plus that is meant as one is %2B there.
    }
  }
  return decoded;
}

// A word of a command line, taken apart.
struct QueryWord {
  std::string_view path;   // Of an address; else empty.
  std::string_view query;  // Behind "?" of an address, without "#..."; any other word as it is.
};

QueryWord TakeApart(std::string_view word) {
  const bool is_address = word.starts_with("http://") || word.starts_with("https://");
  if (!is_address) return {{}, word.starts_with('?') ? word.substr(1) : word};
  word = word.substr(0, word.find('#'));
  const std::size_t question = std::min(word.find('?'), word.size());
  const std::string_view before = word.substr(0, question);
  const std::size_t slash = std::min(before.find('/', before.find("://") + 3), before.size());
  return {before.substr(slash), word.substr(std::min(question + 1, word.size()))};
}

// What a page's address says of the page, or the command says itself.
constexpr std::array<std::string_view, 13> kPageWords = {
    "page",  "tab",     "view",   "thread",          "threads",         "count",       "by",
    "_page", "_cursor", "_order", "_results_number", "_results_offset", "_facets_size"};

// A parameter of a page of the site, as a search has it; nothing if it is none of a search.
std::optional<std::pair<std::string, std::string>> OfPage(std::string_view path, std::string name,
                                                          std::string value) {
  if (std::ranges::find(kPageWords, name) != kPageWords.end()) return std::nullopt;
  if (name == "days") return std::pair("date", ">=-" + value + "d");
  // That page is of one signature, whole; a search takes a bare text for words.
  const bool is_signature_page = path.ends_with("/signature") || path.ends_with("/signature/");
  if (is_signature_page && name == "signature" && !value.starts_with('=')) value.insert(0, 1, '=');
  return std::pair(std::move(name), std::move(value));
}

}  // namespace

void AddParameter(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query.append(net::EscapeUrlPart(name)).append("=").append(net::EscapeUrlPart(value));
}

std::variant<std::string, QueryMistake> QueryStringOf(const std::vector<std::string>& words) {
  std::string query;
  for (const std::string& word : words) {
    auto [path, rest] = TakeApart(word);
    const bool is_page = !path.empty() && !path.starts_with("/api/");
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      if (part.empty()) continue;
      const std::size_t equals = part.find('=');
      if (equals == 0 || equals == std::string_view::npos)
        return QueryMistake{"\"" + std::string(part) +
                            "\" is no parameter: write FIELD=VALUE, and %26 for an & in a value"};
      std::optional parameter(std::pair(Decoded(part.substr(0, equals)), Decoded(part.substr(equals + 1))));
      if (is_page) parameter = OfPage(path, std::move(parameter->first), std::move(parameter->second));
      if (parameter) AddParameter(query, parameter->first, parameter->second);
    }
  }
  return query;
}

}  // namespace cairn::apps
