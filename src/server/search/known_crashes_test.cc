#include "server/search/known_crashes.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

TEST(ServerSearchKnownCrashes, ADayIsReadOnceWhileItIsInUse) {
  int reads = 0;
  KnownCrashes known([&](CrashKind kind, std::int64_t day) -> base::Result<KnownCrashes::Ids> {
    ++reads;
    return KnownCrashes::Ids{{static_cast<std::uint64_t>(day), static_cast<std::uint64_t>(kind)}};
  });
  const auto first = known.Of(CrashKind::kPing, 7);
  ASSERT_TRUE(first);
  EXPECT_TRUE((*first)->contains(Uuid{7, 1}));
  (*first)->insert(Uuid{8, 8});
  EXPECT_FALSE((*known.Of(CrashKind::kReport, 7))->contains(Uuid{7, 1}));
  EXPECT_TRUE((*known.Of(CrashKind::kPing, 7))->contains(Uuid{8, 8}));
  EXPECT_EQ(reads, 2);
  // The longest unused goes, so the day in use is still there.
  for (std::int64_t day = 100; day < 102; ++day) ASSERT_TRUE(known.Of(CrashKind::kReport, day));
  ASSERT_TRUE(known.Of(CrashKind::kPing, 7));
  ASSERT_TRUE(known.Of(CrashKind::kReport, 102));
  EXPECT_EQ(reads, 5);
  ASSERT_TRUE(known.Of(CrashKind::kPing, 7));
  EXPECT_EQ(reads, 5);
  ASSERT_TRUE(known.Of(CrashKind::kReport, 7));
  EXPECT_EQ(reads, 6);
}

TEST(ServerSearchKnownCrashes, ADayThatCannotBeReadIsAnErrorAndIsTriedAgain) {
  bool broken = true;
  KnownCrashes known([&](CrashKind, std::int64_t) -> base::Result<KnownCrashes::Ids> {
    if (broken) return base::Error{base::Code::kIo, 5, "disk"};
    return KnownCrashes::Ids{};
  });
  EXPECT_FALSE(known.Of(CrashKind::kPing, 1));
  broken = false;
  EXPECT_TRUE(known.Of(CrashKind::kPing, 1));
}

}  // namespace
}  // namespace cairn::search
