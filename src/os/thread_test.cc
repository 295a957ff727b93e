#include "os/thread.h"

#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

namespace cairn::os {
namespace {

int PriorityOfThisThread() { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }

TEST(ThreadTest, OnlyTheCallingThreadGivesWay) {
  const int before = PriorityOfThisThread();
  int lowered = 0;
  std::thread([&] {
    LowerThreadPriority(Priority::kLowest);
    lowered = PriorityOfThisThread();
  }).join();
  EXPECT_EQ(lowered, 19);
  EXPECT_EQ(PriorityOfThisThread(), before);
}

}  // namespace
}  // namespace cairn::os
