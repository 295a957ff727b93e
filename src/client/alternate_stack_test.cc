#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "client/cairn.h"

namespace cairn {
namespace {

stack_t Current() {
  stack_t stack{};
  sigaltstack(nullptr, &stack);
  return stack;
}

TEST(AlternateStackTest, AThreadThatAsksGetsOneAndASecondCallChangesNothing) {
  std::thread([] {
    EXPECT_TRUE(InstallAlternateStack());
    const stack_t stack = Current();
    EXPECT_EQ(stack.ss_flags & SS_DISABLE, 0);
    EXPECT_GE(stack.ss_size, 32768U);
    EXPECT_TRUE(InstallAlternateStack());
    EXPECT_EQ(Current().ss_sp, stack.ss_sp);
  }).join();
}

TEST(AlternateStackTest, AStackThatSomebodyElseInstalledStays) {
  std::thread([] {
    static char memory[65536];
    stack_t own{};
    own.ss_sp = memory;
    own.ss_size = sizeof(memory);
    sigaltstack(&own, nullptr);
    EXPECT_TRUE(InstallAlternateStack());
    EXPECT_EQ(Current().ss_sp, memory);
    own.ss_flags = SS_DISABLE;
    sigaltstack(&own, nullptr);
  }).join();
}

// Looks, at the end of its thread, whether the alternate stack is still the expected one.
struct SeesItsStackStay {
  void* expected = nullptr;
  bool* stays = nullptr;
  ~SeesItsStackStay() {
    if (stays != nullptr) *stays = Current().ss_sp == expected && (Current().ss_flags & SS_DISABLE) == 0;
  }
};

TEST(AlternateStackTest, AStackThatWasInstalledAfterwardsStaysWhenTheThreadEnds) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has signal handlers and stacks of its own";
#endif
  static char memory[65536];
  bool stays = false;
  std::thread([&stays] {
    thread_local SeesItsStackStay last;  // Made first, so destroyed after the client's own.
    last.expected = memory;
    last.stays = &stays;
    EXPECT_TRUE(InstallAlternateStack());
    stack_t own{};
    own.ss_sp = memory;
    own.ss_size = sizeof(memory);
    sigaltstack(&own, nullptr);
  }).join();
  EXPECT_TRUE(stays);
}

}  // namespace
}  // namespace cairn
