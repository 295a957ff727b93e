#include "analysis/report/json.h"

#include <gtest/gtest.h>

namespace cairn::report {
namespace {

model::CrashReport SmallReport() {
  model::CrashReport report;
  report.system.os = model::Os::kLinux;
  report.system.cpu = model::Cpu::kAmd64;
  report.modules = {
      {.base = {0x1000}, .size = 0x1000, .code_file = "/home/jane/app", .debug_file = "/home/jane/app"},
      {.base = {0x9000}, .size = 0x1000, .code_file = "other.so"}};
  model::Frame frame;
  frame.instruction = {0x1010};
  frame.trust = model::Trust::kContext;
  frame.module = 0;
  frame.registers.Set(model::kRip, 0x1010);
  report.threads = {{.id = 1}, {.id = 2, .frames = {frame}}};
  report.crash = {.reason = "SIGSEGV", .thread = 1};
  report.signature.text = "app@0x10";
  report.annotations["Email"] = "jane@example.com";
  report.diagnostics.Add(model::Stage::kMinidump, {base::Code::kTruncated, 12, "thread list"});
  return report;
}

bool Has(const std::string& json, std::string_view part) { return json.find(part) != std::string::npos; }

TEST(RenderJson, HoldsTheSchemasNamesAndNullForWhatIsUnknown) {
  const std::string json = RenderJson(SmallReport());
  EXPECT_TRUE(
      Has(json, R"("crash_info":{"type":"SIGSEGV","address":null,"crashing_thread":1,"assertion":null})"));
  EXPECT_TRUE(
      Has(json, R"("offset":"0x0000000000001010","module":"app","module_offset":"0x0000000000000010")"));
  EXPECT_TRUE(Has(json, R"("function":null,"function_offset":null,"file":null,"line":null)"));
  EXPECT_TRUE(Has(json, R"("registers":{"rip":"0x0000000000001010"})"));
  EXPECT_TRUE(Has(
      json, R"({"stage":"minidump","what":"thread list","problem":"the data ends too early","offset":12})"));
  EXPECT_TRUE(Has(json, R"("debug_id":"000000000000000000000000000000000")"));
}

TEST(RenderJson, PathsAndAnnotationsStayInside) {
  EXPECT_FALSE(Has(RenderJson(SmallReport()), "jane"));
  EXPECT_TRUE(
      Has(RenderJson(SmallReport(), {.annotations = true}), R"("annotations":{"Email":"jane@example.com"})"));
}

TEST(RenderJson, BriefKeepsTheCrashingThreadAndItsModules) {
  const std::string json = RenderJson(SmallReport(), {.brief = true});
  EXPECT_FALSE(Has(json, R"("threads":)"));
  EXPECT_FALSE(Has(json, "other.so"));
  EXPECT_TRUE(Has(json, R"("threads_index":1)"));
}

TEST(RenderJson, ThirtyTwoBitCpusHaveShortAddresses) {
  model::CrashReport report = SmallReport();
  report.system.cpu = model::Cpu::kX86;
  EXPECT_TRUE(Has(RenderJson(report), R"("offset":"0x00001010")"));
}

TEST(RenderJson, EmptyReportIsValid) {
  const std::string json = RenderJson({});
  EXPECT_TRUE(Has(json, R"("crashing_thread":null)"));
  EXPECT_TRUE(Has(json, R"("thread_count":0)"));
}

TEST(RenderJson, CrashingThreadThatIsNotThereIsNull) {
  model::CrashReport report = SmallReport();
  report.crash.thread = 9;
  EXPECT_TRUE(Has(RenderJson(report), R"("thread_count":2,"crashing_thread":null)"));
}

}  // namespace
}  // namespace cairn::report
