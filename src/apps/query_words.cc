#include "apps/query_words.h"

#include <algorithm>

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

// What stands behind "?" of an address, without "#..."; any other word as it is.
std::string_view QueryPart(std::string_view word) {
  const bool is_address = word.starts_with("http://") || word.starts_with("https://");
  if (!is_address && !word.starts_with('?')) return word;
  word.remove_prefix(std::min(word.find('?'), word.size() - 1) + 1);
  return is_address ? word.substr(0, word.find('#')) : word;
}

}  // namespace

void AddParameter(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query.append(net::EscapeUrlPart(name)).append("=").append(net::EscapeUrlPart(value));
}

std::variant<std::string, QueryMistake> QueryStringOf(const std::vector<std::string>& words) {
  std::string query;
  for (const std::string& word : words) {
    std::string_view rest = QueryPart(word);
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      if (part.empty()) continue;
      const std::size_t equals = part.find('=');
      if (equals == 0 || equals == std::string_view::npos)
        return QueryMistake{"\"" + std::string(part) +
                            "\" is no parameter: write FIELD=VALUE, and %26 for an & in a value"};
      AddParameter(query, Decoded(part.substr(0, equals)), Decoded(part.substr(equals + 1)));
    }
  }
  return query;
}

}  // namespace cairn::apps
