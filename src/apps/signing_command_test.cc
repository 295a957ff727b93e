#include "apps/signing_command.h"

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::apps {
namespace {

TEST(SigningCommandTest, AFolderOfListsBecomesABody) {
  const store::TemporaryFolder folder;
  EXPECT_EQ(*SettingsBody("", "", "w"), R"({"why":"w"})");
  EXPECT_FALSE(SettingsBody(folder.Path(""), "", ""));
  for (const std::string name :
       {"signature_sentinels.txt", "irrelevant_signature_re.txt", "prefix_signature_re.txt",
        "signatures_with_line_numbers_re.txt", "r.toml"}) {
    ASSERT_TRUE(os::WriteFileDurably(folder.Path(name), base::AsBytes(name.substr(0, 1) + "\n")));
  }
  EXPECT_EQ(*SettingsBody(folder.Path(""), folder.Path("r.toml"), ""),
            R"({"lists":{"signature_sentinels.txt":"s\n","irrelevant_signature_re.txt":"i\n",)"
            R"("prefix_signature_re.txt":"p\n","signatures_with_line_numbers_re.txt":"s\n"},)"
            R"("rules":"r\n","why":""})");
}

TEST(SigningCommandTest, APreviewIsToldInLines) {
  const std::string empty = R"({"total":0,"rows":[]})";
  const std::string json =
      R"({"crashes":9,"changed_crashes":4,"signatures_before":2,"signatures_after":3,"splits":{"total":1,"rows":[)"
      R"({"signature":"a","crashes":7,"parts":[{"signature":"b","crashes":4,"example":"id"}]}]},"merges":)" +
      empty + R"(,"appears":)" + empty + R"(,"vanishes":)" + empty + "}";
  EXPECT_EQ(*DescribePreview(json),
            "4 of 9 crashes get another signature; 2 signatures become 3\n"
            "1 split\n  7  a\n      -> 4  b  (id)\n0 merge\n0 appear\n0 vanish\n");
  EXPECT_FALSE(DescribePreview("{}"));
  EXPECT_FALSE(DescribePreview("nonsense"));
}

TEST(SigningCommandTest, HistoryIsToldInLines) {
  EXPECT_EQ(*DescribeHistory(R"({"history":[{"revision":2,"date":"D","who":"ann","action":"merge",
      "about":"a into b","why":"one bug"},{"revision":1,"date":"C","who":"bob","action":"save"}]})"),
            "2  D  ann  merge: a into b (one bug)\n1  C  bob  save\n");
  EXPECT_FALSE(DescribeHistory("[]"));
}

TEST(SigningCommandTest, SimilarOnesAreToldAsATable) {
  EXPECT_EQ(
      *DescribeSimilar(R"({"signature":"a","similar":[{"signature":"b","score":0.934,"frames":["f","g"]},
      {"signature":"c","score":0.1,"frames":["f"]}]})"),
      "score  signature, and the frames that matched\n 0.93  b\n         f | g\n 0.10  c\n         f\n");
  EXPECT_EQ(*DescribeSimilar(R"({"signature":"a","similar":[]})"), "no other signature is like a\n");
  EXPECT_FALSE(DescribeSimilar(R"({"error":"x"})"));
}

TEST(SigningCommandTest, ACrashIdIsNoSignature) {
  EXPECT_EQ(CrashIdIn("bp-de1bb258-cbbf-4589-a673-34f800160918"), "de1bb258-cbbf-4589-a673-34f800160918");
  EXPECT_EQ(CrashIdIn("DE1BB258-cbbf-4589-a673-34f800160918"), "DE1BB258-cbbf-4589-a673-34f800160918");
  EXPECT_EQ(CrashIdIn("de1bb258-cbbf-4589-a673-34f80016091"), "");
  EXPECT_EQ(CrashIdIn("memcpy | de1bb258"), "");
  EXPECT_EQ(CrashIdIn(""), "");
}

}  // namespace
}  // namespace cairn::apps
