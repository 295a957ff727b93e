// Fetches a zip of symbols from where its uploader says, if that is a place that the operator allows.
//
// Only https, only hosts of the list, and only addresses of the public internet; each redirect is held to the
// same, because whoever may write on an allowed host could else send this server into its own network.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::symbols {

struct FetchRules {
  std::vector<std::string> hosts;  // "symbols.example.org"; none: nothing is fetched.
};

// Empty if the URL may be asked for; else the sentence for the uploader.
std::string WhyNotFetched(const FetchRules& rules, std::string_view url);

// Of "https://host:port/path"; empty for what is no such URL, and for one with a name or password.
std::string HostOfUrl(std::string_view url);

struct FetchFailure {
  int status = 400;
  std::string why;
};

// Writes the body to `fd`; a failure has an empty sentence if all is well.
FetchFailure FetchZip(const FetchRules& rules, const std::string& url, int fd);

}  // namespace cairn::symbols
