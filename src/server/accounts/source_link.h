// SourceLink says where the source files that symbols name can be looked at: a template of a URL for those
// that begin in one way.
//
// Symbols name a file "vcs:repository:path:revision" ("git:git.example.org/team/app:src/main.cc:4f2a01") or
// by its path on the machine that built it. In a template {line} is replaced, and {path}; of the first kind
// also {repository}, {name} (the repository without its host) and {revision}. Of the second kind {path} is
// what follows on the prefix, and a template that names what such a file has not is not for it. The pages of
// the site fill templates in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cairn::accounts {

inline constexpr std::size_t kMaxSourceLinks = 100;  // They go to every page.

struct SourceLink {
  std::string prefix;  // Of what symbols say of a file.
  std::string url;
};

// What is wrong with it, or an empty text.
std::string_view MistakeIn(const SourceLink& link);

}  // namespace cairn::accounts
