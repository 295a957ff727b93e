#include "analysis/report/text.h"

#include <gtest/gtest.h>

namespace cairn::report {
namespace {

model::CrashReport ReportOf(std::string function) {
  model::CrashReport report;
  report.system.cpu = model::Cpu::kAmd64;
  report.modules = {{.base = {0x1000}, .size = 0x1000, .code_file = "/opt/app"}};
  model::Frame frame;
  frame.instruction = {0x1010};
  frame.trust = model::Trust::kScan;
  frame.module = 0;
  frame.location = {
      .function = std::move(function), .file = "/src/" + std::string(200, 'd') + "/app.cc", .line = 7};
  model::Frame nowhere;
  nowhere.instruction = {0x7777};
  report.threads = {{.id = 1, .frames = {frame, nowhere}}};
  report.crash = {.reason = "SIGSEGV", .thread = 0};
  return report;
}

TEST(RenderText, LinesFitAHundredColumns) {
  const std::string text = RenderText(ReportOf(std::string(300, 'f')));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    EXPECT_LE(end - at, 100u) << text.substr(at, end - at);
    at = end + 1;
  }
  EXPECT_NE(text.find("/app.cc:7"), std::string::npos) << "the end of a path is what is kept";
  EXPECT_NE(text.find("0x0000000000007777"), std::string::npos) << "a frame of no module shows its address";
}

TEST(RenderText, NamesCanNotSteerATerminal) {
  const std::string text = RenderText(ReportOf("evil\x1b[2Jname"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("evil?[2Jname"), std::string::npos);
}

TEST(RenderText, CharactersAreNotCutApart) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "é";
  const std::string text = RenderText(ReportOf(name));
  EXPECT_EQ(text.find("\xc3..."), std::string::npos);
}

TEST(RenderText, ArgumentsAreMarkedAsGuesses) {
  model::CrashReport report = ReportOf("f(int, T)");
  report.system.cpu = model::Cpu::kX86;
  report.threads[0].frames[0].arguments = {{.type = "int", .value = 0x2a}, {.type = std::string(200, 'T')}};
  const std::string text = RenderText(report);
  EXPECT_NE(text.find("maybe 0x0000002a  int\n"), std::string::npos) << text;
  EXPECT_NE(text.find("maybe          ?  TTT"), std::string::npos) << text;
}

TEST(RenderText, BriefEndsBehindTheCrashingThread) {
  EXPECT_EQ(RenderText(ReportOf("f"), {.brief = true}).find("Modules"), std::string::npos);
}

}  // namespace
}  // namespace cairn::report
