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

TEST(ServerStorePermissions, WhoAdministersSeesEveryProduct) {
  EXPECT_TRUE(PermissionSet{Permission::kAdminister}.WithImplied().Has(Permission::kViewClosedProducts));
  EXPECT_EQ(PermissionSet{Permission::kViewPii}.WithImplied(), PermissionSet{Permission::kViewPii});
}

TEST(ServerStorePermissions, GrantsAreOfProductsAndOfWhatTheyMayHave) {
  EXPECT_TRUE(CheckGrants({{"Fenix", {Permission::kViewPii}}, {"über", kProductPermissions}}));
  for (const Grants& bad :
       {Grants{{"Fenix", {Permission::kAdminister}}}, Grants{{"", {Permission::kViewPii}}},
        Grants{{"two\nlines", {Permission::kViewPii}}}, Grants{{std::string(201, 'a'), {}}}}) {
    EXPECT_EQ(CheckGrants(bad).error().code, base::Code::kBadValue) << GrantsInWords(bad);
  }
  EXPECT_EQ(GrantsInWords({{"Fenix", {Permission::kViewPii, Permission::kViewPings}}, {"Focus", {}}}),
            "Fenix: view_pings,view_pii; Focus: ");
}

TEST(ServerStorePermissions, ATokensGrantsGiveNoMoreThanItsUserHas) {
  const Grants token = {{"Fenix", {Permission::kViewPii, Permission::kViewPings}}};
  EXPECT_TRUE(GrantsInForce(token, {}, {}).empty());
  // Of a user with the permission for all products it is one for one, and opens no closed one.
  EXPECT_EQ(GrantsInForce(token, {Permission::kViewPii}, {}), (Grants{{"Fenix", {Permission::kViewPii}}}));
  EXPECT_EQ(GrantsInForce(token, {}, {{"Fenix", {Permission::kViewPings}}}),
            (Grants{{"Fenix", {Permission::kViewPings, Permission::kViewClosedProducts}}}));
  EXPECT_TRUE(GrantsInForce(token, {}, {{"Focus", {Permission::kViewPings}}}).empty());
}

}  // namespace
}  // namespace cairn::store
