// The JSON of made-up pings of the v4 form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/replay_dump.h"
#include "apps/replay_modules.h"
#include "apps/replay_random.h"

namespace cairn::apps {

inline constexpr std::string_view kReplayProduct = "Fennel";

struct ReplayBuild {
  std::string version;
  std::string channel;
  std::string build_id;
};

// What follows {"type":"crash","id":…,"clientId":…,"payload":{"minidumpSha256Hash":…, in a crash ping.
std::string RestOfCrashPing(const ReplayBuild& build, const std::vector<ReplayModule>& modules,
                            const std::vector<ReplayFrame>& stack, std::int64_t now_ms, ReplayRandom& random);

// What follows {"type":"main","id":…,"clientId":…, in a main ping: a session of up to six hours.
std::string RestOfMainPing(const ReplayBuild& build, ReplayRandom& random);

}  // namespace cairn::apps
