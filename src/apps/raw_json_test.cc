#include "apps/raw_json.h"

#include <gtest/gtest.h>

namespace cairn::apps {
namespace {

TEST(RawJsonTest, SignersAreAnObjectOrATextThatHoldsOne) {
  for (const char* const text :
       {R"({"ModuleSignatureInfo": {"Mozilla": ["xul.dll", "C:\\a\\nss3.dll"]}})",
        R"({"ModuleSignatureInfo": "{\"Mozilla\": [\"xul.dll\", \"nss3.dll\"]}"})"}) {
    const auto raw = ReadRawJson(text);
    ASSERT_TRUE(raw.has_value());
    EXPECT_EQ(raw->signers.at("xul.dll"), "Mozilla");
    EXPECT_EQ(raw->signers.at("nss3.dll"), "Mozilla");
  }
}

TEST(RawJsonTest, OddMembersAreAsGoodAsNone) {
  const auto raw = ReadRawJson(R"({"ModuleSignatureInfo": {"a": 1, "b": [2]}, "CPUMicrocodeVersion": "zz"})");
  ASSERT_TRUE(raw.has_value());
  EXPECT_TRUE(raw->signers.empty());
  EXPECT_EQ(raw->cpu_microcode, "");
  EXPECT_EQ(ReadRawJson("[]").error().code, base::Code::kBadValue);
  EXPECT_EQ(ReadRawJson("no JSON").error().code, base::Code::kBadValue);
}

TEST(RawJsonTest, ReportTakesWhatTheDumpDoesNotSay) {
  const auto raw =
      ReadRawJson(R"({"ModuleSignatureInfo": {"Me": ["a.exe"]}, "CPUMicrocodeVersion": "0xF0"})");
  ASSERT_TRUE(raw.has_value());
  model::CrashReport report;
  report.modules.resize(2);
  report.modules[0].code_file = "C:\\x\\a.exe";
  report.modules[1].code_file = "C:\\x\\b.dll";
  report.unloaded_modules = {{.code_file = "D:\\a.exe"}};
  AddRawJson(*raw, report);
  EXPECT_EQ(report.modules[0].cert_subject, "Me");
  EXPECT_EQ(report.modules[1].cert_subject, "");
  EXPECT_EQ(report.unloaded_modules[0].cert_subject, "Me");
  EXPECT_EQ(report.system.cpu_microcode, "0xf0");
  report.system.cpu_microcode = "0x1";
  AddRawJson(*raw, report);
  EXPECT_EQ(report.system.cpu_microcode, "0x1");
}

}  // namespace
}  // namespace cairn::apps
