#include "server/store/roles.h"

#include <gtest/gtest.h>

namespace cairn::store {
namespace {

TEST(ServerStoreRoles, RolesOfCrashStatsHaveItsPermissions) {
  const std::vector<Role> roles = BuiltInRoles();
  EXPECT_EQ(ParseRights("Hackers", roles)->ToText(),
            "view_pii,view_rawdump,run_long_queries,reprocess_crashes");
  EXPECT_EQ(ParseRights("Hackers Plus", roles)->ToText(),
            "view_pii,view_rawdump,run_custom_queries,run_long_queries,reprocess_crashes");
}

TEST(ServerStoreRoles, RolesAndPermissionsAreNamedTogether) {
  const std::vector<Role> roles = {{"Triage", {Permission::kEditBugs, Permission::kViewPings}}};
  EXPECT_EQ(*ParseRights(" Triage , view_pii,", roles),
            (PermissionSet{Permission::kEditBugs, Permission::kViewPings, Permission::kViewPii}));
  EXPECT_TRUE(ParseRights("", roles)->empty());
  EXPECT_EQ(ParseRights("triage", roles).error().code, base::Code::kBadValue);
}

TEST(ServerStoreRoles, ForOneProductARoleGivesWhatThereIsForOne) {
  EXPECT_EQ(*ParseProductRights("Hackers Plus", BuiltInRoles()),
            (PermissionSet{Permission::kViewPii, Permission::kViewRawDump, Permission::kReprocessCrashes}));
  // What is named itself is not left out in silence: CheckGrants refuses it.
  EXPECT_EQ(*ParseProductRights("administer", BuiltInRoles()), PermissionSet{Permission::kAdminister});
}

}  // namespace
}  // namespace cairn::store
