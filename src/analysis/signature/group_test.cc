#include "analysis/signature/group.h"

#include <gtest/gtest.h>

#include <set>

#include "analysis/signature/signature.h"

namespace cairn::signature {
namespace {

SignatureFrame Named(std::string function, std::string module = "shop") {
  return {.module = std::move(module), .function = std::move(function)};
}
SignatureFrame Unnamed(std::string module, std::uint64_t offset, std::string debug_id = "A1") {
  return {.module = std::move(module), .debug_id = std::move(debug_id), .module_offset = offset};
}

CrashGroup Group(std::vector<SignatureFrame> frames) {
  SignatureInput input;
  input.threads.push_back({.frames = std::move(frames)});
  return GroupOf(input, SignatureLists::Default());
}

TEST(GroupTest, SymbolicatedCrashesAreTheirInnermostNames) {
  const CrashGroup group = Group({Named("abort", "libc.so.6"), Named("shop::Till::Add(int)"),
                                  Named("shop::Run()"), Named("main"), Named("x")});
  EXPECT_EQ(group.key, "shop::Till::Add | shop::Run | main");
  EXPECT_TRUE(group.is_symbolicated);
}

TEST(GroupTest, BuildsAndOffsetsDoNotMatterWhereThereAreNames) {
  SignatureFrame first = Named("f");
  first.debug_id = "A1";
  first.module_offset = 0x1000;
  SignatureFrame second = Named("f");
  second.debug_id = "B2";
  second.module_offset = 0x9000;
  EXPECT_EQ(Group({first}).key, Group({second}).key);
}

TEST(GroupTest, RecursionOfAnyDepthIsOneGroup) {
  EXPECT_EQ(Group({Named("f"), Named("f"), Named("f"), Named("f"), Named("g")}).key,
            Group({Named("f"), Named("g")}).key);
}

TEST(GroupTest, InlinedFunctionsAreNamesToo) {
  SignatureFrame frame = Named("outer");
  frame.inlines = {{.function = "inner"}};
  EXPECT_EQ(Group({frame}).key, "inner | outer");
}

TEST(GroupTest, UnsymbolicatedCrashesAreTheirPlacesInModulesThatAreNotTheSystems) {
  const CrashGroup group =
      Group({Unnamed("libc.so.6", 0x10), Unnamed("libfoo.so", 0x1234), Unnamed("libfoo.so", 0x5678),
             Unnamed("app", 0x99, "B2"), Unnamed("app", 0x10000)});
  EXPECT_EQ(group.key, "libfoo.so!A1+0x1200 | libfoo.so!A1+0x5600 | app!B2+0x0");
  EXPECT_FALSE(group.is_symbolicated);
}

TEST(GroupTest, InstructionsOfOnePlaceAreOneGroupAndOthersAreNot) {
  EXPECT_EQ(Group({Unnamed("libfoo.so", 0x1201)}).key, Group({Unnamed("libfoo.so", 0x12f0)}).key);
  EXPECT_NE(Group({Unnamed("libfoo.so", 0x1201)}).key, Group({Unnamed("libfoo.so", 0x1300)}).key);
  EXPECT_NE(Group({Unnamed("libfoo.so", 0x1201)}).key, Group({Unnamed("libfoo.so", 0x1201, "B2")}).key);
}

// The point of it: crashes that share a signature because nothing has a name are not one bucket.
TEST(GroupTest, MissingSymbolsNeverMakeOneBucket) {
  std::set<std::string> signatures, groups;
  for (std::uint64_t offset = 0; offset < 50; ++offset) {
    SignatureInput input;
    input.threads.push_back(
        {.frames = {Unnamed("libfoo.so", 0x1000 * offset), Unnamed("libfoo.so", 0x77000)}});
    signatures.insert(MakeSignature(input, SignatureLists::Default()).text);
    groups.insert(GroupOf(input, SignatureLists::Default()).key);
  }
  EXPECT_EQ(signatures.size(), 1u);
  EXPECT_EQ(groups.size(), 50u);
}

TEST(GroupTest, SymbolsMoveACrashToTheGroupOfItsNames) {
  const CrashGroup before = Group({Unnamed("libfoo.so", 0x1234), Unnamed("app", 0x99)});
  SignatureFrame healed = Unnamed("libfoo.so", 0x1234);
  healed.function = "foo::Parse(char const*)";
  const CrashGroup after = Group({healed, Unnamed("app", 0x99)});
  EXPECT_FALSE(before.is_symbolicated);
  EXPECT_TRUE(after.is_symbolicated);
  EXPECT_EQ(after.key, "foo::Parse");
}

TEST(GroupTest, NamesOfTheSystemAloneAreNoNames) {
  const CrashGroup group = Group({Named("abort", "libc.so.6"), Unnamed("libfoo.so", 0x1234)});
  EXPECT_EQ(group.key, "libfoo.so!A1+0x1200");
  EXPECT_FALSE(group.is_symbolicated);
}

TEST(GroupTest, StackOfTheSystemAloneIsItsPlaces) {
  EXPECT_EQ(Group({Unnamed("NTDLL.dll", 0x1234)}).key, "NTDLL.dll!A1+0x1200");
}

TEST(GroupTest, WithoutFramesThereIsNoGroup) {
  EXPECT_EQ(Group({}).key, "");
  EXPECT_EQ(GroupOf({}, SignatureLists::Default()).key, "");
  EXPECT_EQ(Group({{.offset = "0x1"}}).key, "");
}

TEST(GroupTest, KeysArePrintableAndShort) {
  const CrashGroup group = Group({Named(std::string(5000, 'x')), Named("g\xc3\xa4\x01"), Named("h")});
  EXPECT_LE(group.key.size(), kGroupFrames * 210);
  EXPECT_TRUE(group.key.ends_with(" | g??? | h")) << group.key;
}

}  // namespace
}  // namespace cairn::signature
