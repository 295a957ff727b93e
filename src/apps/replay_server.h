// What a server has, asked over its API.
#pragma once

#include <cstdint>
#include <string>

#include "apps/replay_check.h"
#include "base/result.h"

namespace cairn::apps {

class ReplayServer {
 public:
  ReplayServer(std::string url, std::string token);

  // How many crashes of either kind a search finds from `from_ms` on.
  base::Result<std::uint64_t> Count(std::int64_t from_ms, std::int64_t to_ms, const std::string& more = "");

  // All of the window, in pieces small enough for one answer each.
  base::Result<ServerView> Look(std::int64_t from_ms, std::int64_t to_ms);

 private:
  base::Result<std::string> Get(const std::string& path) const;
  base::Status LookAt(std::int64_t from_ms, std::int64_t to_ms, ServerView& view);
  base::Status LookAtOutcomes(ServerView& view) const;

  std::string url_;
  std::string token_;
};

}  // namespace cairn::apps
