#include "wire/annotation_registry.h"

#include <gtest/gtest.h>

namespace cairn::wire {
namespace {

// Can be asked at compile time. (GCC's UndefinedBehaviorSanitizer makes a comparison with nullptr no
// constant.)
static_assert(FindAnnotation("ProductName")->name == "ProductName");

TEST(AnnotationRegistryTest, NamesAreExact) {
  EXPECT_EQ(FindAnnotation("productname"), nullptr);
  EXPECT_EQ(FindAnnotation(""), nullptr);
}

TEST(AnnotationRegistryTest, EveryRowIsFound) {
  for (const AnnotationRow& row : kAnnotations) EXPECT_EQ(FindAnnotation(row.name), &row);
}

TEST(AnnotationRegistryTest, WhatAPersonTypedIsProtectedAndInNoPing) {
  for (const std::string_view name : {"Comments", "URL", "Notes", "Email"}) {
    EXPECT_FALSE(IsPublicAnnotation(name)) << name;
    EXPECT_FALSE(MayGoIntoPing(name)) << name;
  }
}

TEST(AnnotationRegistryTest, WhatMayQuoteAPersonIsWithheld) {
  EXPECT_TRUE(IsWithheld("MozCrashReason", "byte index 3 of `text`"));
  EXPECT_FALSE(IsWithheld("MozCrashReason", "assertion failed"));
  EXPECT_FALSE(IsWithheld("MozCrashReason", ""));
  EXPECT_FALSE(IsWithheld("SomethingNew", "byte index"));
  EXPECT_FALSE(MayGoIntoPing("RemoteType")) << "only its public form may, and this cannot make it";
}

TEST(AnnotationRegistryTest, NothingInAPingIsProtected) {
  for (const AnnotationRow& row : kAnnotations) {
    if (MayGoIntoPing(row.name)) {
      EXPECT_EQ(row.permission, AnnotationPermission::kPublic) << row.name;
    }
  }
}

TEST(AnnotationRegistryTest, UnknownAnnotationsAreProtectedAndGoWithReportsOnly) {
  EXPECT_FALSE(IsPublicAnnotation("SomethingNew"));
  EXPECT_FALSE(MayGoIntoPing("SomethingNew"));
  EXPECT_TRUE(MayGoIntoReport("SomethingNew"));
}

TEST(AnnotationRegistryTest, ScopeSaysWhereAnAnnotationGoes) {
  EXPECT_TRUE(MayGoIntoPing("ProductName"));
  EXPECT_TRUE(MayGoIntoReport("ProductName"));
  EXPECT_FALSE(MayGoIntoPing("CairnCaptureDiagnostic"));
  EXPECT_TRUE(MayGoIntoReport("CairnCaptureDiagnostic"));
  EXPECT_TRUE(MayGoIntoPing("StackTraces"));
  EXPECT_FALSE(MayGoIntoReport("StackTraces"));
  EXPECT_FALSE(MayGoIntoReport("Email"));
}

TEST(AnnotationRegistryTest, RowsSayTypeAndSearch) {
  const AnnotationRow* const row = FindAnnotation("OOMAllocationSize");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->type, AnnotationType::kU64);
  EXPECT_EQ(row->search, AnnotationSearch::kNumber);
  EXPECT_EQ(row->source, AnnotationSource::kApplication);
  EXPECT_FALSE(row->description.empty());
}

}  // namespace
}  // namespace cairn::wire
