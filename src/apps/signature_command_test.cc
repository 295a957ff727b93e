#include "apps/signature_command.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace cairn::apps {
namespace {

struct Answer {
  int exit_code;
  std::string output;
  std::string errors;
};

Answer Sign(const std::string& text, SignatureOptions options = {}) {
  std::istringstream input(text);
  std::ostringstream output, errors;
  signature::Signer signer(signature::SignatureLists::Default());
  const int exit_code = SignStream(input, signer, options, output, errors);
  return {exit_code, output.str(), errors.str()};
}

// The whole command with this text as input.
Answer RunCommand(const Arguments& arguments, const std::string& text) {
  std::istringstream input(text);
  std::ostringstream output;
  ::testing::internal::CaptureStderr();
  const int exit_code = RunSignature(arguments, input, output);
  const std::string errors = ::testing::internal::GetCapturedStderr();
  return {exit_code, output.str(), errors};
}

constexpr char kCrash[] =
    R"json({"threads": [{"frames": [{"function": "abort"}, {"function": "f(int)"}]}]})json";
constexpr char kSigned[] = R"({"signature":"f","proto_signature":"abort | f","notes":[]})";

TEST(SignatureCommandTest, AnswersEachLine) {
  const Answer answer = Sign(std::string(kCrash) + "\n\n" + kCrash);
  EXPECT_EQ(answer.exit_code, kExitOk);
  EXPECT_EQ(answer.output, std::string(kSigned) + "\n" + kSigned + "\n");
}

TEST(SignatureCommandTest, TakesOneObjectOverManyLines) {
  std::string text = kCrash;
  for (std::size_t at = text.find(' '); at != std::string::npos; at = text.find(' ', at + 1)) text[at] = '\n';
  const Answer answer = Sign(text);
  EXPECT_EQ(answer.exit_code, kExitOk);
  EXPECT_EQ(answer.output, std::string(kSigned) + "\n");
}

TEST(SignatureCommandTest, BadLineIsNamedAndTheOthersAreAnswered) {
  const Answer answer = Sign(std::string(kCrash) + "\nnonsense\n" + kCrash + "\n");
  EXPECT_EQ(answer.exit_code, kExitProblem);
  EXPECT_EQ(answer.output, std::string(kSigned) +
                               "\n{\"error\":\"crash data: JSON: not a file of this kind\"}\n" + kSigned +
                               "\n");
  EXPECT_EQ(answer.errors.find("cairn signature: stdin, line 2: "), 0u);
}

TEST(SignatureCommandTest, NothingInNothingOut) {
  const Answer answer = Sign("");
  EXPECT_EQ(answer.exit_code, kExitOk);
  EXPECT_EQ(answer.output, "");
}

TEST(SignatureCommandTest, ExplainsWhatBecameOfEachFrame) {
  const std::string output = Sign(kCrash, {.explain = true}).output;
  EXPECT_EQ(
      output.find(R"({"signature":"f","proto_signature":"abort | f","notes":[],"frames":[{"frame":"abort",)"
                  R"("role":"irrelevant","by":{"list":"irrelevant","line":)"),
      0u)
      << output;
  EXPECT_NE(output.find(R"({"frame":"f","role":"last"}],"rules":[)"), std::string::npos) << output;
}

class ListsFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("cairn_lists_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    Write("signature_sentinels.txt", "# None.\n");
    Write("irrelevant_signature_re.txt", "# What to leave out.\nnoise\n");
    Write("prefix_signature_re.txt", "abort  \r\n");
    Write("signatures_with_line_numbers_re.txt", "");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  std::filesystem::path folder_;
};

TEST_F(ListsFolderTest, ListsOfAFolderTakeThePlaceOfCairnsOwn) {
  const Answer answer = RunCommand({"--lists", folder_.string()}, kCrash);
  EXPECT_EQ(answer.exit_code, kExitOk) << answer.errors;
  EXPECT_EQ(answer.output, "{\"signature\":\"abort | f\",\"proto_signature\":\"abort | f\",\"notes\":[]}\n");
}

TEST_F(ListsFolderTest, BadPatternIsNamedByFileAndLine) {
  Write("prefix_signature_re.txt", "fine\n\n(open\n");
  const Answer answer = RunCommand({"--lists", folder_.string()}, kCrash);
  EXPECT_EQ(answer.exit_code, kExitProblem);
  EXPECT_NE(answer.errors.find("prefix_signature_re.txt, line 3: "), std::string::npos) << answer.errors;
}

TEST_F(ListsFolderTest, CustomRulesComeOnTopOfTheLists) {
  Write("rules.toml", "[[rule]]\nname = \"ours\"\nfunction = \"f$\"\neffect = \"rename\"\nto = \"g\"\n");
  const std::string rules = (folder_ / "rules.toml").string();
  const Answer answer = RunCommand({"--lists", folder_.string(), "--rules", rules, "--explain"}, kCrash);
  EXPECT_EQ(answer.exit_code, kExitOk) << answer.errors;
  EXPECT_EQ(answer.output.find(R"({"signature":"abort | g","proto_signature":"abort | f")"), 0u)
      << answer.output;
  EXPECT_NE(answer.output.find(R"("custom_rules":[{"name":"ours","effect":"rename","line":1}])"),
            std::string::npos)
      << answer.output;
  Write("rules.toml", "[[rule]]\n");
  const Answer bad = RunCommand({"--rules", rules}, kCrash);
  EXPECT_EQ(bad.exit_code, kExitProblem);
  EXPECT_NE(bad.errors.find("rules.toml, line 1: "), std::string::npos) << bad.errors;
}

TEST_F(ListsFolderTest, MissingListIsNamed) {
  std::filesystem::remove(folder_ / "signature_sentinels.txt");
  const Answer answer = RunCommand({"--lists", folder_.string()}, kCrash);
  EXPECT_EQ(answer.exit_code, kExitFailure);
  EXPECT_NE(answer.errors.find("signature_sentinels.txt: "), std::string::npos) << answer.errors;
}

TEST(SignatureCommandTest, WrongOptionIsAUsageError) {
  const Answer answer = RunCommand({"--nonsense"}, "");
  EXPECT_EQ(answer.exit_code, kExitUsage);
  EXPECT_NE(answer.errors.find("--nonsense"), std::string::npos);
}

}  // namespace
}  // namespace cairn::apps
