#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "client/cairn.h"
#include "client/crash_path.h"

namespace cairn {
namespace {

constinit Annotation<"First", 8> first;
constinit Annotation<"Second", 8> second;

// The value of the annotation that is called `name`, found as the handler finds it.
std::string Find(std::string_view name) {
  const auto* const list =
      static_cast<const std::atomic<internal::AnnotationNode*>*>(internal::AnnotationListAddress());
  for (const internal::AnnotationNode* node = list->load(); node != nullptr; node = node->next) {
    if (std::string_view(node->name, node->name_size) == name) return {node->value, node->value_size.load()};
  }
  return "(not there)";
}

TEST(AnnotationTest, IsFoundOnceItWasSet) {
  EXPECT_EQ(Find("First"), "(not there)");
  first.Set("one");
  second.Set("two");
  EXPECT_EQ(Find("First"), "one");
  EXPECT_EQ(Find("Second"), "two");
}

TEST(AnnotationTest, IsCutAtItsSizeAndReplacedAsAWhole) {
  first.Set("longer than eight");
  EXPECT_EQ(Find("First"), "longer t");
  first.Set("x");
  EXPECT_EQ(Find("First"), "x");
}

TEST(AnnotationTest, ClearedItHoldsNothing) {
  first.Set("one");
  first.Clear();
  EXPECT_EQ(Find("First"), "");
}

TEST(AnnotationTest, SettingItOftenRegistersItOnce) {
  for (int i = 0; i < 3; ++i) second.Set("again");
  int count = 0;
  const auto* const list =
      static_cast<const std::atomic<internal::AnnotationNode*>*>(internal::AnnotationListAddress());
  for (const internal::AnnotationNode* node = list->load(); node != nullptr; node = node->next) ++count;
  EXPECT_LE(count, 2);
}

}  // namespace
}  // namespace cairn
