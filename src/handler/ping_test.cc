#include "handler/ping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::handler {
namespace {

using testing::HasSubstr;
using testing::Not;

const Settings kSettings{.product = "My Editor",
                         .version = "12.1",
                         .channel = "beta",
                         .build_id = "20260102030405",
                         .executable = "/home/ann/editor"};
const PingFacts kFacts{
    .document_id = "doc", .client_id = "client", .crash_id = "crash", .minidump_hash = "abcd"};

// Three modules; the crashing thread's frames are in the second and third, and one is nowhere.
model::CrashReport MakeReport() {
  model::CrashReport report;
  report.crash_time_s = 1'777'629'723;  // 2026-05-01T10:02:03Z
  report.crash = {.reason = "SIGSEGV / SEGV_MAPERR", .address = model::ProcessAddress{0x8}, .thread = 1};
  report.modules.push_back({.base = {0x900000}, .size = 0x1000, .code_file = "/home/ann/editor"});
  report.modules.push_back({.base = {0x500000}, .size = 0x1000, .code_file = "/usr/lib/b.so"});
  report.modules.push_back({.base = {0x100000}, .size = 0x1000, .code_file = "/usr/lib/unused.so"});
  report.threads.resize(2);
  report.threads[0].frames.push_back({.instruction = {0x100001}, .module = 2});
  report.threads[1].frames.push_back(
      {.instruction = {0x500010}, .trust = model::Trust::kContext, .module = 1});
  report.threads[1].frames.push_back({.instruction = {0x77}, .trust = model::Trust::kScan});
  report.annotations = {{"ProductName", "My Editor"}, {"Comments", "by Ann"}, {"Unregistered", "secret"}};
  return report;
}

TEST(PingTest, HoldsTheCrashingThreadAloneAndTheModulesItIsIn) {
  const std::string ping = BuildPing(MakeReport(), kSettings, kFacts);
  EXPECT_THAT(
      ping,
      HasSubstr(R"("crash_info":{"type":"SIGSEGV / SEGV_MAPERR","address":"0x8","crashing_thread":0})"));
  EXPECT_THAT(ping, HasSubstr(R"("main_module":1)"));  // By address the second of the two.
  EXPECT_THAT(ping, HasSubstr(R"("threads":[{"frames":[{"ip":"0x500010","module_index":0,"trust":"context"},)"
                              R"({"ip":"0x77","trust":"scan"}]}])"));
  EXPECT_THAT(ping, Not(HasSubstr("unused.so")));
}

TEST(PingTest, HoldsNoPathsAndOnlyAnnotationsOfItsScope) {
  const std::string ping = BuildPing(MakeReport(), kSettings, kFacts);
  EXPECT_THAT(ping, Not(HasSubstr("ann/")));
  EXPECT_THAT(ping, Not(HasSubstr("by Ann")));
  EXPECT_THAT(ping, Not(HasSubstr("secret")));
  EXPECT_THAT(ping, HasSubstr(R"("metadata":{"ProductName":"My Editor"})"));
}

TEST(PingTest, TimesAreCutToTheHour) {
  const std::string ping = BuildPing(MakeReport(), kSettings, kFacts);
  EXPECT_THAT(ping, HasSubstr(R"("crashDate":"2026-05-01","crashTime":"2026-05-01T10:00:00.000Z")"));
}

TEST(PingTest, ADumpWithoutACrashingThreadSaysSo) {
  model::CrashReport report = MakeReport();
  report.crash.thread.reset();
  const std::string ping = BuildPing(report, kSettings, kFacts);
  EXPECT_THAT(ping, HasSubstr(R"("status":"the crashing thread is not known")"));
  EXPECT_THAT(ping, HasSubstr(R"("threads":[])"));
  EXPECT_THAT(BuildPing({}, kSettings, kFacts), Not(HasSubstr("main_module")));
}

TEST(PingTest, TheUrlEscapesItsPartsAndLeavesNoneEmpty) {
  EXPECT_EQ(PingUrlPath(kSettings, "doc"),
            "/submit/telemetry/doc/crash/My%20Editor/12.1/beta/20260102030405?v=4");
  EXPECT_EQ(PingUrlPath({.product = "a/b"}, "doc"),
            "/submit/telemetry/doc/crash/a%2Fb/unknown/unknown/unknown?v=4");
}

}  // namespace
}  // namespace cairn::handler
