#include "handler/annotation_list.h"

#include <gtest/gtest.h>

#include "handler/fake_process.h"

namespace cairn::handler {
namespace {

constexpr model::ProcessAddress kList{0x100};

// next, name address, value address, name size, value size, capacity, and four bytes that the handler does
// not read.
void PutNode(FakeProcess& process, std::uint64_t at, std::uint64_t next, std::uint32_t value_size,
             std::uint32_t capacity) {
  process.PutNumbers(at, next, std::uint64_t{0x1000}, std::uint64_t{0x2000}, std::uint32_t{5}, value_size,
                     capacity, std::uint32_t{1});
}

FakeProcess ProcessWithTexts() {
  FakeProcess process;
  process.PutText(0x1000, "Scene");
  process.PutText(0x2000, "the main menu");
  process.PutNumbers(kList.value, std::uint64_t{0x300});
  return process;
}

TEST(AnnotationListTest, ReadsNamesAndValues) {
  FakeProcess process = ProcessWithTexts();
  PutNode(process, 0x300, 0, 8, 64);
  const auto annotations = ReadAnnotations(process, kList);
  ASSERT_EQ(annotations.size(), 1U);
  EXPECT_EQ(annotations[0].first, "Scene");
  EXPECT_EQ(annotations[0].second, "the main");
}

TEST(AnnotationListTest, ARingEnds) {
  FakeProcess process = ProcessWithTexts();
  PutNode(process, 0x300, 0x300, 3, 64);
  EXPECT_EQ(ReadAnnotations(process, kList).size(), 512U);
}

TEST(AnnotationListTest, AValueBeyondItsRoomIsLeftOut) {
  FakeProcess process = ProcessWithTexts();
  PutNode(process, 0x300, 0x400, 9, 8);
  PutNode(process, 0x400, 0, 4, 8);
  const auto annotations = ReadAnnotations(process, kList);
  ASSERT_EQ(annotations.size(), 1U);
  EXPECT_EQ(annotations[0].second, "the ");
}

TEST(AnnotationListTest, AnnotationsThatWereClearedAreLeftOut) {
  FakeProcess process = ProcessWithTexts();
  PutNode(process, 0x300, 0, 0, 64);
  EXPECT_TRUE(ReadAnnotations(process, kList).empty());
}

TEST(AnnotationListTest, AListThatLeadsNowhereEnds) {
  FakeProcess process = ProcessWithTexts();
  EXPECT_TRUE(ReadAnnotations(process, kList).empty());
  EXPECT_TRUE(ReadAnnotations(process, {0xdead}).empty());
}

}  // namespace
}  // namespace cairn::handler
