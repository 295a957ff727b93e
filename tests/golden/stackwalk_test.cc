// `cairn stackwalk` on the sample crash of testing/: its whole answer as JSON and as text, and its errors.
//
// CAIRN_UPDATE_GOLDEN=1 writes the answers anew; read the difference before you keep it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "testing/sample_crash.h"
#include "tests/run_command.h"

namespace cairn::tests {
namespace {

namespace fs = std::filesystem;

class StackwalkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* const info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(CAIRN_BINARY_DIR) / "tests" / "golden" / info->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    Write("sample.dmp", testing::SampleCrash().Build());
    WriteWhole(folder_ / "symbols/crashy" / testing::kSampleDebugId / "crashy.sym",
               std::string(testing::SampleSymbols()));
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::vector<std::byte>& bytes) {
    WriteWhole(folder_ / name, std::string(base::AsText(bytes)));
  }

  CommandResult Stackwalk(std::vector<std::string> words) {
    words.insert(words.begin(), {CAIRN_BINARY_DIR "/bin/cairn", "stackwalk"});
    return RunCommand(words, folder_);
  }
  CommandResult WithSymbols(std::vector<std::string> words) {
    words.insert(words.end(), {"--symbols-path", (folder_ / "symbols").string(), "--symbols-cache",
                               (folder_ / "cache").string(), (folder_ / "sample.dmp").string()});
    return Stackwalk(std::move(words));
  }

  void ExpectGolden(const std::string& output, const std::string& name) {
    const fs::path path = fs::path(CAIRN_SOURCE_DIR) / "tests" / "golden" / name;
    if (std::getenv("CAIRN_UPDATE_GOLDEN") != nullptr) WriteWhole(path, output);
    EXPECT_EQ(output, ReadWhole(path)) << "golden file " << name;
  }

  fs::path folder_;
};

TEST_F(StackwalkTest, JsonOfTheSample) {
  const CommandResult first = WithSymbols({"--json", "--pretty"});
  EXPECT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_EQ(first.errors, "");
  ExpectGolden(first.output, "sample_crash.json");
  EXPECT_EQ(WithSymbols({"--json", "--pretty"}).output, first.output) << "the same from the cache";
}

TEST_F(StackwalkTest, TextOfTheSample) {
  const CommandResult result = WithSymbols({"--human"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  ExpectGolden(result.output, "sample_crash.txt");
}

TEST_F(StackwalkTest, BriefHasTheCrashingThreadOnly) {
  const CommandResult result = WithSymbols({"--json", "--brief"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.output.find("\"threads\":"), std::string::npos);
  EXPECT_NE(result.output.find("\"function\":\"Inner()\""), std::string::npos);
}

TEST_F(StackwalkTest, SymbolsAreOptionalAndAFolderThatIsNotThereIsNoError) {
  const std::string dump = (folder_ / "sample.dmp").string();
  const CommandResult without = Stackwalk({"--json", dump});
  EXPECT_EQ(without.exit_code, 0) << without.errors;
  EXPECT_NE(without.output.find("\"missing_symbols\":true"), std::string::npos);
  const CommandResult nowhere = Stackwalk({"--json", dump, (folder_ / "nowhere").string()});
  EXPECT_EQ(nowhere.exit_code, 0);
  EXPECT_EQ(nowhere.errors,
            "cairn stackwalk: " + (folder_ / "nowhere").string() +
                ": No such file or directory: no symbols come of it: give a folder that can be "
                "read\n");
}

TEST_F(StackwalkTest, SymbolFileThatIsNoneIsADiagnostic) {
  WriteWhole(folder_ / "symbols/crashy" / testing::kSampleDebugId / "crashy.sym", "<html>not found</html>");
  const CommandResult result = WithSymbols({"--json"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_NE(result.output.find("\"stage\":\"symbols\""), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("\"corrupt_symbols\":true"), std::string::npos) << result.output;
}

TEST_F(StackwalkTest, BadLineOfASymbolFileIsToldAndTheRestIsUsed) {
  EXPECT_EQ(WithSymbols({"--json"}).output.find("\"corrupt_symbols\":true"), std::string::npos);
  WriteWhole(folder_ / "symbols/crashy" / testing::kSampleDebugId / "crashy.sym",
             std::string(testing::SampleSymbols()) + "FUNC no number\n");
  const CommandResult result = WithSymbols({"--json"});
  EXPECT_NE(result.output.find("Inner()"), std::string::npos);
  EXPECT_NE(result.output.find("\"corrupt_symbols\":true"), std::string::npos) << result.output;
}

TEST_F(StackwalkTest, CacheThatCanNotBeWrittenIsDoneWithout) {
  WriteWhole(folder_ / "file", "");
  const CommandResult result =
      Stackwalk({"--json", "--symbols-path", (folder_ / "symbols").string(), "--symbols-cache",
                 (folder_ / "file/cache").string(), (folder_ / "sample.dmp").string()});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_NE(result.output.find("Inner()"), std::string::npos);
  EXPECT_NE(result.errors.find("file/cache: the folder can not be made"), std::string::npos) << result.errors;
}

TEST_F(StackwalkTest, CacheFolderThatTakesNothingIsTold) {
  fs::create_directories(folder_ / "cache");
  WriteWhole(folder_ / "cache/crashy", "where a folder would be");
  const CommandResult result = WithSymbols({"--json"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_NE(result.output.find("Inner()"), std::string::npos);
  EXPECT_NE(result.errors.find("/cache: not all symbols could be kept there"), std::string::npos)
      << result.errors;
}

// The JSON beside a brief text is whole, as minidump-stackwalk writes it.
TEST_F(StackwalkTest, BriefLeavesTheJsonOfCyborgWhole) {
  const fs::path json = folder_ / "cyborg.json";
  const CommandResult result = WithSymbols({"--cyborg", json.string(), "--brief", "--pretty"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(ReadWhole(json), WithSymbols({"--json", "--pretty"}).output);
  EXPECT_EQ(result.output, WithSymbols({"--human", "--brief"}).output);
}

TEST_F(StackwalkTest, BriefDumpHasNoBytes) {
  const std::string dump = (folder_ / "sample.dmp").string();
  const std::string whole = Stackwalk({"--dump", dump}).output;
  const std::string brief = Stackwalk({"--dump", "--brief", dump}).output;
  EXPECT_NE(whole.find("0000: "), std::string::npos);
  EXPECT_EQ(brief.find("0000: "), std::string::npos);
  EXPECT_NE(brief.find("ThreadList"), std::string::npos);
}

TEST_F(StackwalkTest, VersionIsTold) {
  for (const char* const option : {"--version", "-V"}) {
    const CommandResult verb = Stackwalk({option});
    EXPECT_EQ(verb.exit_code, 0) << verb.errors;
    EXPECT_TRUE(verb.output.starts_with("cairn 0.")) << verb.output;
    EXPECT_EQ(RunCommand({CAIRN_BINARY_DIR "/bin/cairn", option}, folder_).output, verb.output);
  }
}

// One line that names the file, and a code that scripts can tell apart.
TEST_F(StackwalkTest, ErrorsAreOneLineAndACode) {
  std::vector<std::byte> cut = testing::SampleCrash().Build();
  cut.resize(20);
  Write("cut.dmp", cut);
  WriteWhole(folder_ / "text.dmp", "this is no dump");
  const struct {
    std::vector<std::string> words;
    int exit_code;
    std::string part;
  } kCases[] = {
      {{(folder_ / "nowhere.dmp").string()}, 3, "nowhere.dmp"},
      {{(folder_ / "text.dmp").string()},
       1,
       "text.dmp: minidump signature: not a file of this kind (at byte 0)"},
      {{(folder_ / "cut.dmp").string()}, 1, "cut.dmp: minidump header: the data ends too early (at byte 20)"},
      {{}, 2, "dump is required"},
      {{"--json", "--human", "x.dmp"}, 2, "--human"},
      {{"--threads", "some", "x.dmp"}, 2, "--threads"},
      {{"--symbols-url", "ftp://127.0.0.1/", "x.dmp"}, 2, "ftp://127.0.0.1/: not the URL of a server"},
  };
  for (const auto& test : kCases) {
    const CommandResult result = Stackwalk(test.words);
    EXPECT_EQ(result.exit_code, test.exit_code) << test.part;
    EXPECT_EQ(result.output, "") << test.part;
    EXPECT_NE(result.errors.find(test.part), std::string::npos) << result.errors;
    EXPECT_EQ(result.errors.find('\n'), result.errors.size() - 1) << result.errors;
  }
}

// Whatever is cut off, the answer is a report that says so.
TEST_F(StackwalkTest, CutDumpsAreReported) {
  testing::MinidumpBuilder builder = testing::SampleCrash();
  const std::vector<std::byte> whole = builder.Build();
  for (const auto& [type, range] : builder.stream_ranges()) {
    Write("cut.dmp", {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(range.first)});
    const CommandResult result = Stackwalk({"--json", (folder_ / "cut.dmp").string()});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_NE(result.output.find("stream outside the file"), std::string::npos) << "stream " << type;
  }
}

TEST(Cairn, LinksNoDatabaseNoCompilerAndNoNetwork) {
  const fs::path folder = fs::path(CAIRN_BINARY_DIR) / "tests" / "links";
  fs::create_directories(folder);
  const CommandResult result = RunCommand({"readelf", "-d", CAIRN_BINARY_DIR "/bin/cairn"}, folder);
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  ASSERT_NE(result.output.find("(NEEDED)"), std::string::npos);
  for (const char* const library : {"duckdb", "sqlite", "LLVM", "curl", "libpq", "boost"}) {
    EXPECT_EQ(result.output.find(library), std::string::npos) << library;
  }
}

TEST(Cairn, UnknownVerbsAndMissingSiblingsAreSaid) {
  const fs::path folder = fs::path(CAIRN_BINARY_DIR) / "tests" / "alone";
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::copy(CAIRN_BINARY_DIR "/bin/cairn", folder / "cairn");
  const CommandResult unknown = RunCommand({(folder / "cairn").string(), "dance"}, folder);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.errors.find("there is no such command"), std::string::npos);
  const CommandResult alone = RunCommand({(folder / "cairn").string(), "symbols", "gen", "x"}, folder);
  EXPECT_EQ(alone.exit_code, 3);
  EXPECT_NE(alone.errors.find("cairn-symgen"), std::string::npos) << alone.errors;
  EXPECT_EQ(RunCommand({(folder / "cairn").string()}, folder).exit_code, 2);
  EXPECT_EQ(RunCommand({(folder / "cairn").string(), "--help"}, folder).exit_code, 0);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cairn::tests
