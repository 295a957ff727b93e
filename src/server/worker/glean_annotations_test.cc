#include "server/worker/glean_annotations.h"

#include <gtest/gtest.h>

#include "base/parse_json.h"

namespace cairn::worker {
namespace {

std::map<std::string, std::string> Read(std::string_view json) {
  simdjson::dom::parser parser;
  return AnnotationsOfMetrics(base::ParseJson(parser, json).value());
}

TEST(GleanAnnotationsTest, EachFormBecomesAText) {
  const auto read = Read(R"({"string":{"crash.moz_crash_reason":"why"},"boolean":{"crash.startup":true,
    "environment.headless_mode":false},"quantity":{"memory.oom_allocation_size":1048576},
    "timespan":{"crash.uptime":{"value":61050,"time_unit":"millisecond"},
    "crash.time_since_last_crash":{"value":2,"time_unit":"hour"}},
    "string_list":{"crash.utility_actors_name":["a","b"],"dll_blocklist.list":["x.dll","y.dll"]},
    "object":{"crash.async_shutdown_timeout":{"phase":"p", "conditions":"[]"}}})");
  EXPECT_EQ(read, (std::map<std::string, std::string>{
                      {"MozCrashReason", "why"},
                      {"StartupCrash", "1"},
                      {"HeadlessMode", "0"},
                      {"OOMAllocationSize", "1048576"},
                      {"UptimeTS", "61.05"},
                      {"SecondsSinceLastCrash", "7200"},
                      {"UtilityActorsName", "a,b"},
                      {"BlockedDllList", "x.dll;y.dll"},
                      {"AsyncShutdownTimeout", R"({"phase":"p","conditions":[]})"}}));
}

TEST(GleanAnnotationsTest, ConditionsOfAShutdownAreUnpacked) {
  const auto read = [](const std::string& object) {
    return Read(R"({"object":{"crash.async_shutdown_timeout":)" + object + "}}")["AsyncShutdownTimeout"];
  };
  EXPECT_EQ(read(R"({"phase":"p","conditions":"[{\"name\":\"a\"}]","broken_add_blockers":["b"]})"),
            R"({"phase":"p","conditions":[{"name":"a"}],"broken_add_blockers":["b"]})");
  EXPECT_EQ(read(R"({"conditions":"words"})"), R"({"conditions":"words"})");
  EXPECT_EQ(read("[1]"), "");
}

TEST(GleanAnnotationsTest, WhatHasAnotherTypeIsLeftOut) {
  EXPECT_TRUE(Read(R"({"string":{"crash.moz_crash_reason":5},"boolean":{"crash.startup":"1"},"quantity":3,
    "timespan":{"crash.uptime":{"value":1,"time_unit":"fortnight"}},"object":{"crash.java_exception":"x"}})")
                  .empty());
  EXPECT_TRUE(Read("[]").empty());
  EXPECT_EQ(Read(R"({"string":{"crash.hang":"a","crash.hang":"b"}})").at("Hang"), "b");
}

}  // namespace
}  // namespace cairn::worker
