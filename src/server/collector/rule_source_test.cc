#include "server/collector/rule_source.h"

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::collector {
namespace {

constexpr std::int64_t kMay2026 = 1'777'629'600'000;  // 2026-05-01T10:00:00Z

std::string RuleNamed(const std::string& name) {
  return "[[rule]]\nname = \"" + name + "\"\nresult = \"accept\"\n";
}

class RuleSourceTest : public ::testing::Test {
 protected:
  void Write(const std::string& text) { ASSERT_TRUE(os::WriteFileDurably(path_, base::AsBytes(text))); }
  std::unique_ptr<RuleSource> Open(const std::string& name, std::int64_t now_ms = kMay2026) {
    return RuleSource::Open(name, blobs_, now_ms, [this](const std::string& line) { told_ += line + "\n"; });
  }
  static std::string FirstRule(const RuleSource& source) { return source.Current()->rules.at(0).name; }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::string path_ = folder_.Path("rules.toml");
  std::string told_;
};

TEST_F(RuleSourceTest, AChangedFileTakesEffectAndIsRecorded) {
  Write(RuleNamed("one"));
  const auto source = Open(path_);
  ASSERT_NE(source, nullptr);
  const auto before = source->Current();
  source->Refresh(kMay2026 + 1000);
  EXPECT_EQ(source->Current(), before);
  Write(RuleNamed("second"));
  source->Refresh(kMay2026 + 2000);
  EXPECT_EQ(FirstRule(*source), "second");
  EXPECT_EQ(before->rules.at(0).name, "one") << "who has them may use them to the end";
  const auto changes = ListRuleChanges(blobs_);
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ((*changes)[0].time_ms, kMay2026);
  EXPECT_EQ((*changes)[1].time_ms, kMay2026 + 2000);
  EXPECT_EQ((*changes)[1].revision, source->Current()->revision);
  EXPECT_EQ((*changes)[1].name, "rules.toml");
  EXPECT_EQ(blobs_.List("v1/throttle_rules/", "", 9)->at(0), "v1/throttle_rules/20260501/20260501-100000000");
}

TEST_F(RuleSourceTest, ABrokenFileChangesNothingAndIsToldOnce) {
  Write(RuleNamed("one"));
  const auto source = Open(path_);
  told_.clear();
  Write("[[rule]]\nname = \"half\"\n");
  source->Refresh(kMay2026);
  source->Refresh(kMay2026);
  EXPECT_EQ(FirstRule(*source), "one");
  EXPECT_EQ(told_, path_ + ": line 1: the rule has no result: give it one, such as \"accept\"\n" + path_ +
                       ": the rules from before stay in force\n");
  told_.clear();
  ASSERT_TRUE(os::RemoveFile(path_));
  source->Refresh(kMay2026);
  source->Refresh(kMay2026);
  EXPECT_EQ(FirstRule(*source), "one");
  EXPECT_NE(told_.find("not found"), std::string::npos) << told_;
  Write(RuleNamed("third"));
  source->Refresh(kMay2026);
  EXPECT_EQ(FirstRule(*source), "third");
}

TEST_F(RuleSourceTest, StartingAgainWithTheSameRulesIsNoChange) {
  (void)Open("general");
  (void)Open("general", kMay2026 + 1000);
  EXPECT_EQ(ListRuleChanges(blobs_)->size(), 1u);
  (void)Open("firefox", kMay2026 + 2000);
  (void)Open("general", kMay2026 + 3000);
  EXPECT_EQ(ListRuleChanges(blobs_)->size(), 3u);
}

TEST_F(RuleSourceTest, WithoutRulesThereIsNoSource) {
  EXPECT_EQ(Open(path_), nullptr);
  Write("nonsense");
  EXPECT_EQ(Open(path_), nullptr);
  EXPECT_NE(told_.find("line 1: "), std::string::npos);
}

}  // namespace
}  // namespace cairn::collector
