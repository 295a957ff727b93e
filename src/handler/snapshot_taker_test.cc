#include "handler/snapshot_taker.h"

#include <gtest/gtest.h>
#include <ucontext.h>

#include <cstring>

#include "handler/fake_process.h"

namespace cairn::handler {
namespace {

//   0x10000  a stack of two pages: the stack pointer at 0x10800, arguments and environment from 0x11c00 on
//   0x400000 code
constexpr const char* kMaps =
    "10000-12000 rw-p 00000000 00:00 0 [stack]\n"
    "400000-401000 r-xp 00000000 08:01 7 /opt/app\n";
constexpr std::uint64_t kInitialStackPointer = 0x11c00;

FakeProcess MakeProcess() {
  FakeProcess process;
  process.SetMaps(kMaps);
  process.PutText(0x10000, std::string(0x2000, 's'));
  process.PutText(0x400000, std::string(0x1000, 'c'));
  return process;
}

SnapshotInput MakeInput(std::uint64_t stack_pointer, std::uint64_t instruction) {
  SnapshotInput input;
  input.request.process_id = 1;
  input.request.thread_id = 9;
  input.request.initial_stack_pointer = kInitialStackPointer;
  input.request.registers[REG_RSP] = stack_pointer;
  input.request.registers[REG_RIP] = instruction;
  return input;
}

TEST(SnapshotTakerTest, TheStackGoesFromTheRedZoneToTheArguments) {
  const FakeProcess process = MakeProcess();
  const ProcessSnapshot snapshot = TakeSnapshot(process, MakeInput(0x10800, 0x400500));
  ASSERT_EQ(snapshot.threads.size(), 1U);
  EXPECT_EQ(snapshot.threads[0].stack.start.value, 0x10800U - 128);
  EXPECT_EQ(snapshot.threads[0].stack.bytes.size(), kInitialStackPointer - (0x10800 - 128));
}

TEST(SnapshotTakerTest, TheKernelsWordOnWhereArgumentsBeginCountsToo) {
  FakeProcess process = MakeProcess();
  // Field 28 of stat is 0x11000; the name in field 2 holds what a name may hold.
  process.SetStat("1 (a) b (c) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 500 0 0 0 0 0 69632 0");
  const ProcessSnapshot snapshot = TakeSnapshot(process, MakeInput(0x10800, 0x400500));
  EXPECT_EQ(snapshot.threads[0].stack.start.value + snapshot.threads[0].stack.bytes.size(), 0x11000U);
}

TEST(SnapshotTakerTest, AnOverflowTakesTheStackThatIsThere) {
  const FakeProcess process = MakeProcess();
  const ProcessSnapshot snapshot = TakeSnapshot(process, MakeInput(0xf000, 0x400500));
  EXPECT_EQ(snapshot.threads[0].stack.start.value, 0x10000U);
  EXPECT_FALSE(snapshot.threads[0].stack.bytes.empty());
}

TEST(SnapshotTakerTest, AStackPointerThatLeadsNowhereGivesNoStack) {
  const FakeProcess process = MakeProcess();
  EXPECT_TRUE(TakeSnapshot(process, MakeInput(0x999999, 0x400500)).threads[0].stack.bytes.empty());
  EXPECT_TRUE(TakeSnapshot(process, MakeInput(0x200000, 0x400500)).threads[0].stack.bytes.empty());
}

TEST(SnapshotTakerTest, TakesTheCodeAroundTheInstruction) {
  const FakeProcess process = MakeProcess();
  const ProcessSnapshot snapshot = TakeSnapshot(process, MakeInput(0x10800, 0x400500));
  ASSERT_EQ(snapshot.memory.size(), 1U);
  EXPECT_EQ(snapshot.memory[0].start.value, 0x400480U);
  EXPECT_EQ(snapshot.memory[0].bytes.size(), 256U);
}

TEST(SnapshotTakerTest, AJumpIntoTheEnvironmentTakesNothingOfIt) {
  const FakeProcess process = MakeProcess();
  EXPECT_TRUE(TakeSnapshot(process, MakeInput(0x10800, kInitialStackPointer + 0x200)).memory.empty());
  const ProcessSnapshot near = TakeSnapshot(process, MakeInput(0x10800, kInitialStackPointer + 4));
  ASSERT_EQ(near.memory.size(), 1U);
  EXPECT_EQ(near.memory[0].start.value + near.memory[0].bytes.size(), kInitialStackPointer);
}

TEST(SnapshotTakerTest, ManyThreadsGetShortStacks) {
  FakeProcess process;
  process.SetMaps("10000000-20000000 rw-p 00000000 00:00 0\n");
  process.PutText(0x10000000, std::string(0x200000, 's'));
  SnapshotInput input = MakeInput(0x10001000, 0);
  ContextBytes context{};
  const std::uint64_t stack_pointer = 0x10001000;
  std::memcpy(context.data() + 0x98, &stack_pointer, sizeof(stack_pointer));
  for (std::uint32_t id = 10; id < 400; ++id) input.threads.push_back({id, context});
  const ProcessSnapshot snapshot = TakeSnapshot(process, std::move(input));
  EXPECT_EQ(snapshot.threads.size(), 391U);
  EXPECT_EQ(snapshot.threads[0].stack.bytes.size(), kMaxCrashingStackBytes);
  EXPECT_EQ(snapshot.threads[1].stack.bytes.size(), kMaxStackBytes);
  EXPECT_EQ(snapshot.threads[390].stack.bytes.size(), kShortStackBytes);
}

TEST(SnapshotTakerTest, TheHandlersAnnotationsWinOverTheApplications) {
  FakeProcess process = MakeProcess();
  process.PutNumbers(0x500, std::uint64_t{0x600});
  process.PutNumbers(0x600, std::uint64_t{0}, std::uint64_t{0x700}, std::uint64_t{0x800}, std::uint32_t{7},
                     std::uint32_t{5}, std::uint32_t{8}, std::uint32_t{1});
  process.PutText(0x700, "Version");
  process.PutText(0x800, "wrong");
  SnapshotInput input = MakeInput(0x10800, 0x400500);
  input.request.annotations_address = 0x500;
  input.annotations = {{"Version", "right"}};
  const ProcessSnapshot snapshot = TakeSnapshot(process, std::move(input));
  ASSERT_EQ(snapshot.annotations.size(), 1U);
  EXPECT_EQ(snapshot.annotations[0].second, "right");
}

}  // namespace
}  // namespace cairn::handler
