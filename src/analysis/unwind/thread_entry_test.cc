#include "analysis/unwind/thread_entry.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::Os;

TEST(ThreadEntry, NamesMayBeDecorated) {
  EXPECT_EQ(CallersOfThreadEntry(Os::kLinux, "_start"), 0u);
  EXPECT_EQ(CallersOfThreadEntry(Os::kAndroid, "start_thread(void*)"), 1u);
  EXPECT_EQ(CallersOfThreadEntry(Os::kLinux, "__libc_start_main@@GLIBC_2.34"), 1u);
  EXPECT_EQ(CallersOfThreadEntry(Os::kLinux, "__libc_start_main@GLIBC_2.2.5"), 1u);
  EXPECT_EQ(CallersOfThreadEntry(Os::kWindows, "RtlUserThreadStart"), 0u);
  EXPECT_EQ(CallersOfThreadEntry(Os::kWindows, "__RtlUserThreadStart@8"), 0u) << "_RtlUserThreadStart";
  EXPECT_EQ(CallersOfThreadEntry(Os::kWindows, "___RtlUserThreadStart@8"), 1u);
  EXPECT_EQ(CallersOfThreadEntry(Os::kWindows, "@BaseThreadInitThunk@12"), 2u);
}

TEST(ThreadEntry, OtherNamesAreNone) {
  for (const std::string_view name :
       {"", "main", "start", "Player::_start", "restart_thread", "@", "_start_x"}) {
    EXPECT_EQ(CallersOfThreadEntry(Os::kLinux, name), std::nullopt) << name;
  }
  EXPECT_EQ(CallersOfThreadEntry(Os::kWindows, "clone"), std::nullopt) << "of another system";
  EXPECT_EQ(CallersOfThreadEntry(Os::kUnknown, "_start"), std::nullopt);
}

// start_thread is called by clone, whose name is not known here; nobody calls that. The text form of unwind
// tables cannot say so, and other tools go on with what lies above.
TEST(ThreadEntry, NoGuessGoesBeyondAThreadsStart) {
  TestProcess process(model::Cpu::kAmd64);
  process.app.Function(0x2000, 0x100, "start_thread");
  process.registers.Set(model::kRip, kTestApp + 0x1010);
  process.registers.Set(model::kRsp, kTestStack);
  const auto frames = process.Walk(process.Stack()
                                       .Word(kTestApp + 0x2010)
                                       .Word(kTestLibrary + 0x100)
                                       .Word(kTestApp + 0x1110)
                                       .Word(kTestApp + 0x1210)
                                       .Build());
  EXPECT_EQ(Instructions(frames),
            (std::vector<std::uint64_t>{kTestApp + 0x1010, kTestApp + 0x200f, kTestLibrary + 0xff}));
}

TEST(ThreadEntry, FirstFunctionHasNoCaller) {
  TestProcess process(model::Cpu::kAmd64);
  process.app.Function(0x2000, 0x100, "_start");
  process.registers.Set(model::kRip, kTestApp + 0x2010);
  process.registers.Set(model::kRsp, kTestStack);
  EXPECT_EQ(Trusts(process.Walk(process.Stack().Word(kTestApp + 0x1110).Build())), "context");
  process.os = Os::kWindows;
  EXPECT_EQ(Trusts(process.Walk(process.Stack().Word(kTestApp + 0x1110).Build())), "context leaf")
      << "only on its own system";
}

}  // namespace
}  // namespace cairn::unwind
