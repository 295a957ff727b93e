#include "analysis/report/machine.h"

#include <gtest/gtest.h>

namespace cairn::report {
namespace {

model::CrashReport Report() {
  model::CrashReport report;
  report.system.os = model::Os::kLinux;
  report.system.os_version = "6.1.0";
  report.system.cpu = model::Cpu::kAmd64;
  report.system.cpu_info = "GenuineIntel family 6 model 85 stepping 7";
  report.system.cpu_count = 4;
  report.modules = {{.base = {0x1000},
                     .size = 0x1000,
                     .code_file = "/home/jane/app",
                     .debug_file = "/home/jane/app",
                     .debug_id = {"00112233445566778899AABBCCDDEEFF0"},
                     .version = "1.2"}};
  model::Frame frame;
  frame.instruction = {0x1010};
  frame.resume_address = {0x1010};
  frame.module = 0;
  frame.location = {.function = "Parse|Line", .file = "a.cc", .line = 7};
  frame.function_offset = 4;
  frame.inlines = {{.function = "Peek", .file = "a.h", .line = 3}};
  model::Frame other;
  other.instruction = {0x1200};
  other.resume_address = {0x1201};
  other.module = 0;
  model::Frame nowhere;
  nowhere.instruction = {0x77};
  nowhere.resume_address = {0x78};
  report.threads = {{.id = 1, .frames = {other, nowhere}}, {.id = 2, .frames = {frame}}};
  report.crash.reason = "SIGSEGV / SEGV_MAPERR";
  report.crash.address = model::ProcessAddress{0x45};
  report.crash.thread = 1;
  return report;
}

TEST(RenderMachine, WritesBreakpadsLines) {
  EXPECT_EQ(RenderMachine(Report()),
            "OS|Linux|6.1.0\n"
            "CPU|amd64|GenuineIntel family 6 model 85 stepping 7|4\n"
            "GPU|||\n"
            "Crash|SIGSEGV / SEGV_MAPERR|0x45|1\n"
            "Module|app|1.2|app|00112233445566778899AABBCCDDEEFF0|0x00001000|0x00001fff|1\n"
            "\n"
            "1|0|app|Peek|a.h|3|0x4\n"
            "1|1|app|ParseLine|a.cc|7|0x4\n"
            "0|0|app||||0x201\n"
            "0|1|||||0x78\n");
}

TEST(RenderMachine, SaysWhenThereWasNoCrash) {
  model::CrashReport report;
  EXPECT_NE(RenderMachine(report).find("Crash|No crash||\n"), std::string::npos);
}

TEST(RenderMachine, LeavesOutLineBreaksInNames) {
  model::CrashReport report = Report();
  report.threads[1].frames[0].location.function = "a\nb";
  EXPECT_NE(RenderMachine(report).find("|ab|a.cc|"), std::string::npos);
}

}  // namespace
}  // namespace cairn::report
