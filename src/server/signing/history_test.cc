#include "server/signing/history.h"

#include <gtest/gtest.h>

#include "server/signing/progress.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::signing {
namespace {

Revision RevisionForTest(std::int64_t number) {
  return {.head = {.number = number,
                   .content = number,
                   .parent = number - 1,
                   .action = Action::kMerge,
                   .about = "a into b",
                   .who = "ann",
                   .why = "one \"bug\"\n",
                   .when_ms = 1000 + number},
          .settings = {.text = {.lists = ListTexts{"main\n", "raise\n", "\\(x\n", ""}, .rules = "[[rule]]\n"},
                       .decisions = {{.id = 7,
                                      .kind = DecisionKind::kRename,
                                      .from = {"a", "A | B"},
                                      .to = "b",
                                      .who = "ann",
                                      .why = "",
                                      .when_ms = 5}}}};
}

TEST(ServerSigningHistory, ARevisionComesBackAsItWas) {
  Revision revision = RevisionForTest(3);
  EXPECT_EQ(*ReadRevision(WriteRevision(revision)), revision);
  revision.settings.text.lists.reset();
  revision.settings.decisions.clear();
  EXPECT_EQ(*ReadRevision(WriteRevision(revision)), revision);
  for (const std::string broken :
       {"", "[]", "{}", R"({"number":1,"action":"dance","decisions":[]})", R"({"number":1,"action":"save"})",
        R"({"number":1,"action":"save","decisions":[{"from":[1]}]})"}) {
    EXPECT_FALSE(ReadRevision(broken)) << broken;
  }
}

TEST(ServerSigningHistory, RevisionsStandInTheOrderOfTheirNumbers) {
  const store::TemporaryFolder folder;
  auto blobs = store::FileBlobStore::Open(folder.Path("blobs"));
  ASSERT_TRUE(blobs);
  History history(*blobs);
  EXPECT_EQ(*history.Newest(), Revision{});
  for (std::int64_t number = 1; number <= 11; ++number) ASSERT_TRUE(history.Put(RevisionForTest(number)));
  EXPECT_EQ(*history.Newest(), RevisionForTest(11));
  EXPECT_EQ(*history.Get(2), RevisionForTest(2));
  const auto list = history.List(10, 2);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ((*list)[0], RevisionForTest(9).head);
  EXPECT_EQ((*list)[1], RevisionForTest(8).head);
}

TEST(ServerSigningHistory, ProgressComesBackAsItWas) {
  const Progress progress{
      .stamp = INT64_MIN, .after = -5, .inputs = 9, .changed = 3, .is_done = false, .trouble = {}};
  EXPECT_EQ(*ReadProgress(WriteProgress(progress)), progress);
  EXPECT_FALSE(ReadProgress("{}"));
  EXPECT_EQ(ShareDone({}), 0);
  EXPECT_NEAR(ShareDone(progress), 0.5, 0.001);
}

}  // namespace
}  // namespace cairn::signing
