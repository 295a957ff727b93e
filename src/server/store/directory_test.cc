// The contract of Directory. Every implementation is a line in the table at the end.
#include "server/store/directory.h"

#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Directory>(const TemporaryFolder&, std::function<std::int64_t()>)> open;
};

class ServerStoreDirectory : public ::testing::TestWithParam<Implementation> {
 protected:
  ServerStoreDirectory() : directory_(GetParam().open(folder_, [this] { return now_ms_; })) {}

  TemporaryFolder folder_;
  std::int64_t now_ms_ = 1'795'000'000'000;
  std::unique_ptr<Directory> directory_;
};

TEST_P(ServerStoreDirectory, ATokenCarriesItsPermissions) {
  const auto created =
      directory_->CreateToken({.label = "build machine; it's \"new\"",
                               .permissions = {Permission::kUploadSymbols, Permission::kViewPings}});
  ASSERT_TRUE(created);
  const auto record = directory_->CheckToken(created->text);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->id, created->record.id);
  EXPECT_EQ((*record)->label, "build machine; it's \"new\"");
  EXPECT_EQ((*record)->created_ms, now_ms_);
  EXPECT_TRUE((*record)->permissions.Has(Permission::kUploadSymbols));
  EXPECT_TRUE((*record)->permissions.Has(Permission::kViewPings));
  EXPECT_FALSE((*record)->permissions.Has(Permission::kAdminister));
}

TEST_P(ServerStoreDirectory, OnlyTheExactTextPasses) {
  const auto created = directory_->CreateToken({.permissions = {Permission::kAdminister}});
  ASSERT_TRUE(created);
  std::string other = created->text;
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& text : {other, std::string(), created->text + "0", created->text.substr(1),
                                  std::string("' OR 1=1 --"), std::string("%")}) {
    const auto record = directory_->CheckToken(text);
    ASSERT_TRUE(record) << text;
    EXPECT_FALSE(*record) << text;
  }
}

TEST_P(ServerStoreDirectory, TwoTokensDiffer) {
  EXPECT_NE(directory_->CreateToken({})->text, directory_->CreateToken({})->text);
}

TEST_P(ServerStoreDirectory, AnExpiredTokenGrantsNothing) {
  const auto created = directory_->CreateToken({.expires_ms = now_ms_ + 1000});
  ASSERT_TRUE(created);
  now_ms_ += 999;
  EXPECT_TRUE(*directory_->CheckToken(created->text));
  now_ms_ += 1;
  EXPECT_FALSE(*directory_->CheckToken(created->text));
}

TEST_P(ServerStoreDirectory, ARevokedTokenGrantsNothingAndStaysInTheList) {
  const auto kept = directory_->CreateToken({.label = "kept"});
  const auto created = directory_->CreateToken({.label = "revoked"});
  ASSERT_TRUE(created);
  ASSERT_TRUE(directory_->RevokeToken(created->record.id));
  now_ms_ += 5;
  ASSERT_TRUE(directory_->RevokeToken(created->record.id));
  EXPECT_FALSE(*directory_->CheckToken(created->text));
  EXPECT_TRUE(*directory_->CheckToken(kept->text));
  const auto tokens = directory_->ListTokens();
  ASSERT_EQ(tokens->size(), 2U);
  EXPECT_EQ((*tokens)[0].label, "kept");
  EXPECT_EQ((*tokens)[1].revoked_ms, now_ms_ - 5) << "the first time counts";
  EXPECT_EQ(directory_->RevokeToken(12345).error().code, base::Code::kNotFound);
}

TEST_P(ServerStoreDirectory, BadLabelsAreRefused) {
  EXPECT_FALSE(directory_->CreateToken({.label = std::string(kMaxTokenLabelLength + 1, 'a')}));
  EXPECT_FALSE(directory_->CreateToken({.label = std::string("a\0b", 3)}));
}

INSTANTIATE_TEST_SUITE_P(
    All, ServerStoreDirectory,
    ::testing::Values(Implementation{
        "SociSqlite",
        [](const TemporaryFolder& folder, std::function<std::int64_t()> clock) -> std::unique_ptr<Directory> {
          auto directory = SociDirectory::OpenSqlite(folder.Path("directory.sqlite"), std::move(clock));
          EXPECT_TRUE(directory);
          return *std::move(directory);
        }}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::store
