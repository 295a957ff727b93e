#include "server/http/header_text.h"

#include <algorithm>

namespace cairn::http {
namespace {

// What stands before the next comma, which is taken off too.
std::string_view TakeItem(std::string_view& list) {
  const std::string_view item = list.substr(0, list.find(','));
  list.remove_prefix(std::min(item.size() + 1, list.size()));
  return item;
}

// "q=0", "q=0.000": not wanted.
bool IsRefused(std::string_view parameters) {
  const std::size_t q = parameters.find("q=");
  return q != std::string_view::npos &&
         Trim(parameters.substr(q + 2)).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

bool AcceptsGzip(std::string_view accept_encoding) {
  bool any = false;  // By "*", which a word on gzip itself overrides.
  while (!accept_encoding.empty()) {
    const std::string_view item = TakeItem(accept_encoding);
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    const std::string coding = LowerCase(Trim(item.substr(0, semicolon)));
    const bool is_wanted = !IsRefused(item.substr(semicolon));
    if (coding == "gzip" || coding == "x-gzip") return is_wanted;
    if (coding == "*") any = is_wanted;
  }
  return any;
}

bool NamesEntityTag(std::string_view if_none_match, std::string_view entity_tag) {
  while (!if_none_match.empty()) {
    std::string_view tag = Trim(TakeItem(if_none_match));
    if (tag.starts_with("W/")) tag.remove_prefix(2);  // The comparison is the weak one.
    if (tag == entity_tag || tag == "*") return true;
  }
  return false;
}

}  // namespace cairn::http
