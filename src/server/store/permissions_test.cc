#include "server/store/permissions.h"

#include <gtest/gtest.h>

namespace cairn::store {
namespace {

TEST(ServerStorePermissions, NamesSurviveTheWayToTextAndBack) {
  const auto set = PermissionSet::Parse(" view_pings, upload_symbols,");
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->Has(Permission::kUploadSymbols));
  EXPECT_TRUE(set->Has(Permission::kViewPings));
  EXPECT_FALSE(set->Has(Permission::kAdminister));
  EXPECT_EQ(set->ToText(), "upload_symbols,view_pings");
}

TEST(ServerStorePermissions, AnEmptyTextGrantsNothing) {
  const auto set = PermissionSet::Parse("");
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->empty());
  EXPECT_EQ(set->ToText(), "");
}

TEST(ServerStorePermissions, AnUnknownNameIsAnErrorAtItsPlace) {
  const auto set = PermissionSet::Parse("view_pings,root");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, base::Code::kBadValue);
  EXPECT_EQ(set.error().offset, 11U);
}

TEST(ServerStorePermissions, EveryPermissionHasAName) {
  for (const PermissionName& row : kPermissionNames) {
    const auto set = PermissionSet::Parse(row.name);
    ASSERT_TRUE(set) << row.name;
    EXPECT_TRUE(set->Has(row.permission));
    EXPECT_EQ(set->ToText(), row.name);
  }
}

}  // namespace
}  // namespace cairn::store
