// `cairn product` as its users call it, beside an open directory as a running server has it.
#include "apps/product_command.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "apps/running_server_for_test.h"
#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::apps {
namespace {

class ProductCommandTest : public ::testing::Test {
 protected:
  // The exit code.
  int Run(std::vector<std::string> words) {
    words.insert(words.begin(), {std::string(CAIRN_BINARY_DIR) + "/bin/cairn-server", "product"});
    words.insert(words.end(), {"--data", folder_.Path("")});
    output_.clear();
    return RunToEnd(words, &output_);
  }
  std::string List() {
    EXPECT_EQ(Run({"list"}), 0);
    return output_;
  }

  std::string output_;  // Of the last run, errors among it.
  store::TemporaryFolder folder_;
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory.sqlite"));
};

TEST_F(ProductCommandTest, WhatIsNotGivenStays) {
  EXPECT_EQ(Run({"set", "Crashy"}), 0);
  EXPECT_EQ(List(), "Crashy\ttoken\t-\t-\n");
  EXPECT_EQ(Run({"set", "Crashy", "--symbols", "everybody", "--ping-days", "30"}), 0);
  EXPECT_EQ(Run({"set", "Crashy", "--report-days", "90"}), 0);
  EXPECT_EQ(List(), "Crashy\teverybody\t90\t30\n");
  EXPECT_EQ(Run({"set", "Crashy", "--ping-days", "0"}), 0);
  EXPECT_EQ(List(), "Crashy\teverybody\t90\t-\n");
  const auto product = directory_->FindProduct("Crashy");
  ASSERT_TRUE(product && *product);
  EXPECT_EQ((*product)->symbols, store::Visibility::kPublic);
  EXPECT_EQ((*product)->report_days, 90);
}

TEST_F(ProductCommandTest, ChangesAreInTheAudit) {
  EXPECT_EQ(Run({"set", "Crashy", "--symbols", "token"}), 0);
  EXPECT_EQ(Run({"remove", "Crashy"}), 0);
  const auto entries = directory_->ListAudit(0, 10);
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ(entries->at(0).action, "remove product");
  EXPECT_EQ(entries->at(1).action, "set product: symbols for token, reports - days, pings - days");
  EXPECT_EQ(entries->at(1).object, "Crashy");
}

TEST_F(ProductCommandTest, WhatIsWrongIsSaidAndChangesNothing) {
  EXPECT_EQ(Run({"set", "Crashy", "--symbols", "nobody"}), 2);
  EXPECT_EQ(Run({"set", "Crashy", "--report-days", "-1"}), 2);
  EXPECT_EQ(Run({"remove", "Crashy"}), 1);
  EXPECT_NE(output_.find("there is no product of this name"), std::string::npos) << output_;
  EXPECT_EQ(List(), "");
}

}  // namespace
}  // namespace cairn::apps
