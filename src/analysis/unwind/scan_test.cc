#include "analysis/unwind/scan.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "base/hex.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

constexpr std::uint64_t kHeap = 0x9000'0000;

// An amd64 process that jumped to null: the scan alone finds what follows.
class ScanTest : public ::testing::Test {
 protected:
  ScanTest() : process_(model::Cpu::kAmd64) {
    process_.registers.Set(model::kRip, 0);
    process_.registers.Set(model::kRsp, kTestStack);
  }
  // Whether `word`, the only one on the stack, is taken for a return address.
  bool Accepts(std::uint64_t word) {
    const auto frames = process_.Walk(process_.Stack().Word(word).Build());
    return frames.size() == 2 && frames[1].resume_address.value == word;
  }
  static std::vector<std::byte> Hex(std::string_view hex) { return *base::HexToBytes(hex); }

  TestProcess process_;
};

TEST_F(ScanTest, WordsMustPointIntoModules) {
  EXPECT_TRUE(Accepts(kTestApp + 0x1010));
  EXPECT_FALSE(Accepts(kTestApp + 0x5000)) << "in no function";
  EXPECT_TRUE(Accepts(kTestLibrary + 0x5000)) << "of a module whose functions are not known";
  EXPECT_FALSE(Accepts(kHeap));
  EXPECT_FALSE(Accepts(0));
  EXPECT_FALSE(Accepts(~std::uint64_t{0}));
}

TEST_F(ScanTest, WordsMustPointIntoExecutableMappingsIfTheseAreKnown) {
  process_.mappings = {
      {.start = {kTestLibrary}, .end = {kTestLibrary + 0x2000}, .executable = true},
      {.start = {kTestLibrary + 0x2000}, .end = {kTestLibrary + 0x10000}, .readable = true},
  };
  EXPECT_TRUE(Accepts(kTestLibrary + 0x1000));
  EXPECT_TRUE(Accepts(kTestLibrary + 0x2000)) << "the call before it is in code";
  EXPECT_FALSE(Accepts(kTestLibrary + 0x2001));
  EXPECT_FALSE(Accepts(kTestApp + 0x1010)) << "its module's memory is not mapped";
}

TEST_F(ScanTest, CallMustStandBeforeIfTheCodeIsKnown) {
  process_.PutCode(kTestLibrary + 0x100, Hex("909090e811223344"));
  EXPECT_TRUE(Accepts(kTestLibrary + 0x100));
  process_.PutCode(kTestLibrary + 0x100, Hex("9090909090909090"));
  EXPECT_FALSE(Accepts(kTestLibrary + 0x100));
  process_.PutCode(kTestLibrary + 0x100, Hex("9090"));
  EXPECT_TRUE(Accepts(kTestLibrary + 0x100)) << "too little is known";
}

TEST_F(ScanTest, CodeMayComeFromTheModulesFile) {
  process_.app.Code(0x1008, Hex("9090909090909090909090ffd0909090"));
  EXPECT_TRUE(Accepts(kTestApp + 0x1015)) << "behind call rax";
  EXPECT_FALSE(Accepts(kTestApp + 0x1014));
  EXPECT_TRUE(Accepts(kTestApp + 0x1050)) << "the file was not read so far";
  process_.PutCode(kTestApp + 0x1015, Hex("9090909090909090"));
  EXPECT_FALSE(Accepts(kTestApp + 0x1015)) << "the process's memory tells more than the file";
}

// Heap and stack of an Electron were executable: that alone makes no code of a word.
TEST_F(ScanTest, CodeMadeAtRunTimeNeedsItsCall) {
  process_.mappings = {{.start = {kHeap}, .end = {kHeap + 0x1000}, .executable = true}};
  EXPECT_FALSE(Accepts(kHeap + 0x100));
  process_.PutCode(kHeap + 0x100, Hex("909090e811223344"));
  EXPECT_TRUE(Accepts(kHeap + 0x100));
  process_.mappings.front().executable = false;
  EXPECT_FALSE(Accepts(kHeap + 0x100));
  process_.mappings.clear();
  EXPECT_FALSE(Accepts(kHeap + 0x100)) << "that it may be executed is not known";
}

TEST_F(ScanTest, CodeWhoseUnwindTableIsKnownNeedsNoCall) {
  testing::TableSymbols tables;
  tables.Function(kHeap, 0x200, "any");
  process_.run_time_code = &tables;
  EXPECT_TRUE(Accepts(kHeap + 0x100));
  process_.mappings = {{.start = {kHeap}, .end = {kHeap + 0x1000}, .readable = true}};
  EXPECT_FALSE(Accepts(kHeap + 0x100)) << "its memory may not be executed";
}

// Breakpad and rust-minidump take such a word for a frame and look at 40 words behind it.
TEST_F(ScanTest, DecoysDoNotHideWhatOthersFindBehindThem) {
  const std::uint64_t decoy = kTestLibrary + 0x100;
  process_.PutCode(decoy, Hex("9090909090909090"));
  const auto found_behind = [&](int words_after_decoy) {
    auto stack = process_.Stack().Word(kTestApp + 0x1010).Words(30, 0).Word(decoy);
    stack.Words(words_after_decoy, 0).Word(kTestApp + 0x1020);
    return process_.Walk(stack.Build()).size() == 3;
  };
  EXPECT_TRUE(found_behind(39));
  EXPECT_FALSE(found_behind(40));
  process_.PutCode(decoy, Hex("909090e811223344"));
  EXPECT_TRUE(process_.Walk(process_.Stack().Word(decoy).Build()).size() == 2)
      << "a call makes a frame of it";
}

TEST_F(ScanTest, WalkScansOnlySoManyWords) {
  process_.app.Function(0x3000, 0x1000, "Deep");
  testing::StackBuilder stack = process_.Stack();
  for (int i = 0; i < 2000; ++i) stack.Words(39, 0).Word(kTestApp + 0x3010);
  const auto frames = process_.Walk(stack.Build());
  EXPECT_LE(frames.size(), 2 + kMaxScannedWordsPerThread / 40);
  EXPECT_GT(frames.size(), kMaxScannedWordsPerThread / 40 - 10);
}

}  // namespace
}  // namespace cairn::unwind
