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

TEST(ServerStorePermissions, FormerNamesAreUnderstoodAndWrittenNoMore) {
  const auto set = PermissionSet::Parse("view_protected,view_dumps,reprocess");
  ASSERT_TRUE(set);
  EXPECT_EQ(set->ToText(), "view_pii,view_rawdump,reprocess_crashes");
}

TEST(ServerStorePermissions, SetsAreCutAndShrunk) {
  PermissionSet set = {Permission::kViewPings, Permission::kViewPii};
  EXPECT_EQ(set.And({Permission::kViewPii, Permission::kAdminister}), PermissionSet{Permission::kViewPii});
  set.Remove(Permission::kViewPii);
  EXPECT_EQ(set, PermissionSet{Permission::kViewPings});
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
