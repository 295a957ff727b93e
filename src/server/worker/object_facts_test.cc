#include "server/worker/object_facts.h"

#include <gtest/gtest.h>

#include "os/file.h"

namespace cairn::worker {
namespace {

TEST(ObjectFactsTest, ThisProgramHasCode) {
  const auto program = os::MappedFile::Open("/proc/self/exe");
  ASSERT_TRUE(program);
  const auto facts = InspectObject(program->bytes());
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->has_code);
}

TEST(ObjectFactsTest, WhatIsNoElfFileIsRefused) {
  EXPECT_FALSE(InspectObject(base::AsBytes("MODULE Linux")));
  EXPECT_FALSE(InspectObject({}));
}

TEST(ObjectFactsTest, FactsGoThereAndBackAndNothingElseDoes) {
  const ObjectFacts facts{.build_id = "00ffab", .has_code = false, .has_debug_info = true};
  const auto read = ReadObjectFacts(WriteObjectFacts(facts));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, facts);
  for (const std::string& line : {std::string(), std::string("1"), std::string("21"), std::string("11xy"),
                                  std::string("11AB"), std::string("11\n"), "11" + std::string(129, 'a')}) {
    EXPECT_FALSE(ReadObjectFacts(line)) << line;
  }
}

}  // namespace
}  // namespace cairn::worker
