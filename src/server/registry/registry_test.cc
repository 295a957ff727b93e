#include "server/registry/registry.h"

#include <gtest/gtest.h>

#include "server/registry/names.h"

namespace cairn::registry {
namespace {

TEST(RegistryTest, ItHoldsTheWholeTable) {
  const Registry registry = Registry::BuiltIn();
  EXPECT_EQ(registry.annotations().size(), std::size(wire::kAnnotations));
  EXPECT_EQ(registry.server_fields().size(), std::size(wire::kProcessedFields));
  EXPECT_EQ(registry.FindField("oom_allocation_size")->name, "OOMAllocationSize");
  EXPECT_EQ(registry.FindField("topmost_filenames")->name, "");
  EXPECT_EQ(registry.FindField("nothing"), nullptr);
}

TEST(RegistryTest, WhatHasNoRowIsProtected) {
  const Registry registry = Registry::BuiltIn();
  EXPECT_EQ(registry.PublicValue("SomethingNew", "planted"), std::nullopt);
  EXPECT_FALSE(registry.IsPublicField("something_new"));
}

TEST(RegistryTest, EveryProtectedFieldOfTheTableIsDenied) {
  const Registry registry = Registry::BuiltIn();
  for (const char* const field : {"breadcrumbs",
                                  "collector_metadata",
                                  "dumper_error",
                                  "glean_client_id",
                                  "gmp_library_path",
                                  "has_guard_page_access",
                                  "java_stack_trace_raw",
                                  "mac_boot_args",
                                  "mdsw_return_code",
                                  "mdsw_stderr",
                                  "memory_report",
                                  "memory_report_error",
                                  "moz_crash_reason_raw",
                                  "phc_alloc_stack",
                                  "phc_base_address",
                                  "phc_free_stack",
                                  "phc_kind",
                                  "phc_usable_size",
                                  "signature_debug",
                                  "soft_errors",
                                  "submitted_from_infobar",
                                  "url",
                                  "user_comments"}) {
    ASSERT_NE(registry.FindField(field), nullptr) << field;
    EXPECT_FALSE(registry.IsPublicField(field)) << field;
  }
}

TEST(RegistryTest, AValueIsPublicInItsPublicForm) {
  Registry registry = Registry::BuiltIn();
  EXPECT_EQ(registry.PublicValue("RemoteType", "webIsolated=https://planted.example"), "webIsolated");
  EXPECT_EQ(registry.PublicValue("MozCrashReason", "assertion failed: a < b"), "assertion failed: a < b");
  const auto withheld = registry.PublicValue("MozCrashReason", "byte index 3 of `planted`");
  ASSERT_TRUE(withheld);
  EXPECT_EQ(withheld->find("planted"), std::string::npos);
  EXPECT_EQ(registry.PublicValue("JavaException", "planted, no JSON"), std::nullopt);
}

TEST(RegistryTest, EveryChoiceHasAName) {
  for (const wire::AnnotationRow& row : wire::kAnnotations) {
    EXPECT_FALSE(NameIn(kTypes, row.type).empty());
    EXPECT_FALSE(NameIn(kScopes, row.scope).empty());
    EXPECT_FALSE(NameIn(kPermissions, row.permission).empty());
    EXPECT_FALSE(NameIn(kSearches, row.search).empty());
    EXPECT_FALSE(NameIn(kSources, row.source).empty());
    EXPECT_FALSE(NameIn(kPublicForms, row.public_form).empty());
  }
}

TEST(RegistryTest, ARowReplacesTheOneOfItsNameAndNoOther) {
  Registry registry = Registry::BuiltIn();
  Row row = *registry.FindAnnotation("Notes");
  row.permission = wire::AnnotationPermission::kPublic;
  row.field = "remarks";
  EXPECT_TRUE(registry.Put(row));
  EXPECT_TRUE(registry.IsPublicField("remarks"));
  EXPECT_EQ(registry.FindField("app_notes"), nullptr);
  for (const char* const taken : {"url", "signature"}) {
    row.field = taken;
    EXPECT_FALSE(registry.Put(row)) << taken;
  }
  EXPECT_FALSE(registry.Put({.field = "url"}));
}

}  // namespace
}  // namespace cairn::registry
