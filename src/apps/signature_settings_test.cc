#include "apps/signature_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cairn::apps {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SignatureSettingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() /
        ("cairn_signature_settings_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
         "_" + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    Write("signature_sentinels.txt", "# None.\n");
    Write("irrelevant_signature_re.txt", "  # What to leave out.\n\n  noise\n");
    Write("prefix_signature_re.txt", "abort  \r\n");
    Write("signatures_with_line_numbers_re.txt", "");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  std::filesystem::path folder_;
};

TEST_F(SignatureSettingsTest, ListsAreReadAndTheirLinesCounted) {
  const auto loaded = LoadSignatureLists(folder_.string());
  const auto& lists = std::get<signature::SignatureLists>(loaded);
  EXPECT_TRUE(lists.IsPrefix("abort"));
  const signature::ListLine* const line = lists.Find(signature::ListKind::kIrrelevant, "noise_of_all_kinds");
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->number, 3u);
}

TEST_F(SignatureSettingsTest, EachBadPatternIsNamedByFileAndLine) {
  Write("prefix_signature_re.txt", "fine\n\n(open\n[a\n");
  Write("irrelevant_signature_re.txt", "a(?=b)\n");
  const auto loaded = LoadSignatureLists(folder_.string());
  const auto& trouble = std::get<SettingsTrouble>(loaded);
  EXPECT_FALSE(trouble.is_unreadable);
  EXPECT_THAT(trouble.lines, ElementsAre(HasSubstr("irrelevant_signature_re.txt, line 1: `a(?=b)`"),
                                         HasSubstr("prefix_signature_re.txt, line 3: `(open`"),
                                         HasSubstr("prefix_signature_re.txt, line 4: `[a`")));
}

TEST_F(SignatureSettingsTest, MissingListIsNamed) {
  std::filesystem::remove(folder_ / "signature_sentinels.txt");
  const auto loaded = LoadSignatureLists(folder_.string());
  const auto& trouble = std::get<SettingsTrouble>(loaded);
  EXPECT_TRUE(trouble.is_unreadable);
  EXPECT_THAT(trouble.lines, ElementsAre(HasSubstr("signature_sentinels.txt: ")));
}

TEST_F(SignatureSettingsTest, RulesAreReadAndMistakesNamedByFileAndLine) {
  Write("rules.toml", "[[rule]]\nname = \"a\"\nfunction = \"f$\"\neffect = \"skip\"\n");
  const auto loaded = LoadCustomRules((folder_ / "rules.toml").string());
  EXPECT_EQ(std::get<signature::CustomRules>(loaded).rows().size(), 1u);
  Write("rules.toml", "[[rule]]\nname = \"a\"\nfunction = \"(f\"\neffect = \"leap\"\n");
  const auto bad = LoadCustomRules((folder_ / "rules.toml").string());
  EXPECT_THAT(
      std::get<SettingsTrouble>(bad).lines,
      testing::UnorderedElementsAre(HasSubstr("rules.toml, line 3: "), HasSubstr("rules.toml, line 4: ")));
  const auto missing = LoadCustomRules((folder_ / "none.toml").string());
  EXPECT_TRUE(std::get<SettingsTrouble>(missing).is_unreadable);
}

}  // namespace
}  // namespace cairn::apps
