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
      Has(json, R"("crash_info":{"type":"SIGSEGV","address":null,"adjusted_address":null,"instruction":null,)"
                R"("memory_accesses":null,"instruction_pointer_update":null,"possible_bit_flips":null,)"
                R"("crash_inconsistencies":[],"crashing_thread":1,"assertion":null,)"));
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
  EXPECT_TRUE(Has(RenderJson(SmallReport(), {.private_texts = true}),
                  R"("annotations":{"Email":"jane@example.com"})"));
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

TEST(RenderJson, SaysWhatTheInstructionDid) {
  model::CrashReport report = SmallReport();
  model::CrashFacts& crash = report.crash;
  crash.instruction = "mov dword ptr [rax], 1";
  crash.adjusted_address = {model::AdjustedAddress::Kind::kNullPointer, 8};
  crash.accesses = {{.address = {8}, .size = 4, .kind = model::AccessKind::kWrite},
                    {.address = {0x2000}, .is_likely_guard_page = true}};
  crash.jump_target = model::JumpTarget{.address = {0x30}};
  crash.bit_flips = {{.address = {0x400000}, .source_register = "rax", .confidence = 0.25, .was_low = true}};
  crash.inconsistencies = {model::Inconsistency::kAccessViolationWhenAccessAllowed};
  const std::string json = RenderJson(report);
  EXPECT_TRUE(Has(json, R"("adjusted_address":{"kind":"null-pointer","offset":"0x0000000000000008"})"));
  EXPECT_TRUE(Has(json, R"([{"address":"0x0000000000000008","size":4,"access_type":"write"},)"
                        R"({"address":"0x0000000000002000","size":null,"is_likely_guard_page":true}])"));
  EXPECT_TRUE(Has(json, R"("instruction_pointer_update":{"address":"0x0000000000000030"})"));
  EXPECT_TRUE(Has(json, R"([{"address":"0x0000000000400000","source_register":"rax","confidence":0.25,)"
                        R"("details":{"was_non_canonical":false,"is_null":false,"was_low":true,)"));
  EXPECT_TRUE(Has(json, R"("crash_inconsistencies":["access_violation_when_access_allowed"])"));
}

TEST(RenderJson, PrivateTextsOfTheProcessAreShownOnlyWhenAskedFor) {
  model::CrashReport report = SmallReport();
  report.handles = {{.handle = 4, .type_name = "File", .object_name = "C:\\Users\\jane"}};
  report.mac_crash_info = {
      {.thread = 0, .dialog_mode = 7, .module = "/usr/lib/libx.dylib", .message = "jane was here"}};
  report.mac_boot_args = "jane=1";
  report.soft_errors = R"(["jane"])";
  report.module_annotations = {{.module = 0, .list = {"jane"}, .values = {{"user", "jane"}}}};
  EXPECT_FALSE(Has(RenderJson(report), "jane"));
  const std::string json = RenderJson(report, {.private_texts = true});
  EXPECT_TRUE(Has(json, R"("handles":[{"handle":4,"type_name":"File","object_name":"C:\\Users\\jane"}])"));
  EXPECT_TRUE(Has(json, R"("mac_crash_info":{"num_records":1,"records":[{"thread":null,)"
                        R"("dialog_mode":"0x0000000000000007","abort_cause":null,)"
                        R"("module":"/usr/lib/libx.dylib",)"));
  EXPECT_TRUE(Has(json, R"("soft_errors":["jane"])"));
  EXPECT_TRUE(
      Has(json, R"("module_annotations":[{"module":"app","list":["jane"],"values":{"user":"jane"}}])"));
}

TEST(RenderJson, NamesUnloadedModulesOfAFrame) {
  model::CrashReport report = SmallReport();
  report.unloaded_modules = {{.base = {0x5000}, .size = 0x100, .code_file = "C:\\gone.dll"},
                             {.base = {0x5010}, .size = 0x100, .code_file = "C:\\gone.dll"}};
  model::Frame& frame = report.threads[1].frames[0];
  frame.module.reset();
  frame.unloaded_modules = {{0, {0x20}}, {1, {0x10}}, {7, {1}}};
  EXPECT_TRUE(Has(RenderJson(report),
                  R"("unloaded_modules":[{"module":"gone.dll","offsets":["0x0000000000000010",)"
                  R"("0x0000000000000020"]}])"));
}

TEST(RenderJson, LimitsAndReleaseOfLinux) {
  model::CrashReport report = SmallReport();
  report.process_limits = {
      {.name = "Max stack size", .soft = "8388608", .hard = "unlimited", .unit = "bytes"}};
  report.linux_release = model::LinuxRelease{.id = "debian", .release = "12"};
  const std::string json = RenderJson(report);
  EXPECT_TRUE(
      Has(json, R"("lsb_release":{"id":"debian","release":"12","codename":null,"description":null})"));
  EXPECT_TRUE(Has(json, R"("proc_limits":{"limits":[{"name":"Max stack size","soft":8388608,)"
                        R"("hard":"unlimited","unit":"bytes"}]})"));
}

}  // namespace
}  // namespace cairn::report
