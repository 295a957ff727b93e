// The words of a search on a command line, in the grammar of the URL: 'product=Fox&signature=~OOM'.
//
// Several words are several parameters. A value that has a %-escape is one of a URL; every other is taken as
// it is, so that 'version=1.0+b' and 'signature=~100 % sure' mean what they say. An "&" within a value is
// %26. Of an address of the site's pages, what is about the page and not about the crashes is left out.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cairn::apps {

// The query string, escaped; or why there is none.
struct QueryMistake {
  std::string sentence;
};
std::variant<std::string, QueryMistake> QueryStringOf(const std::vector<std::string>& words);

// Puts one more parameter on it.
void AddParameter(std::string& query, std::string_view name, std::string_view value);

}  // namespace cairn::apps
