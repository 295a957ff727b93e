#include "formats/minidump/reader.h"

#include <gtest/gtest.h>

#include "testing/minidump_builder.h"
#include "testing/sample_crash.h"

namespace cairn::minidump {
namespace {

base::Error OpenError(base::Bytes bytes) {
  model::Diagnostics diagnostics;
  const base::Result<Minidump> dump = Minidump::Open(bytes, diagnostics);
  return dump ? base::Error{} : dump.error();
}

TEST(Minidump, BytesOfAnotherKindAreNoDump) {
  EXPECT_EQ(OpenError({}).code, base::Code::kTruncated);
  EXPECT_EQ(OpenError(base::AsBytes("MZ, but not a dump")).code, base::Code::kBadMagic);
  EXPECT_EQ(OpenError(base::AsBytes("MDMP")).code, base::Code::kTruncated);
}

TEST(Minidump, VersionAndDirectoryMustBeReadable) {
  std::vector<std::byte> bytes = testing::SampleCrash().Build();
  bytes[4] = std::byte{0};
  EXPECT_EQ(OpenError(bytes).code, base::Code::kBadValue);
  bytes = testing::SampleCrash().Build();
  bytes.resize(40);  // Half of the first directory entry.
  EXPECT_EQ(OpenError(bytes).code, base::Code::kTruncated);
}

TEST(Minidump, StreamCutByTheEndOfTheFileGivesWhatIsThere) {
  testing::MinidumpBuilder builder;
  builder.Stream(0x4767000a, std::vector<std::byte>(100));
  std::vector<std::byte> bytes = builder.Build();
  bytes.resize(bytes.size() - 60);
  model::Diagnostics diagnostics;
  const base::Result<Minidump> dump = Minidump::Open(bytes, diagnostics);
  ASSERT_TRUE(dump.has_value());
  EXPECT_EQ(dump->Stream(wire::StreamType::kLinuxDsoDebug)->size(), 40u);
  ASSERT_EQ(diagnostics.kept().size(), 1u);
  EXPECT_EQ(diagnostics.kept()[0].code, base::Code::kTruncated);
}

TEST(Minidump, LaterStreamOfATypeCountsUnlessItIsEmpty) {
  testing::MinidumpBuilder builder;
  builder.Stream(0x4767000a, std::vector<std::byte>(1));
  builder.Stream(0x4767000a, std::vector<std::byte>(2));
  builder.Stream(0x4767000a, {});
  const std::vector<std::byte> bytes = builder.Build();
  model::Diagnostics diagnostics;
  const base::Result<Minidump> dump = Minidump::Open(bytes, diagnostics);
  ASSERT_TRUE(dump.has_value());
  EXPECT_EQ(dump->Stream(wire::StreamType::kLinuxDsoDebug)->size(), 2u);
  EXPECT_FALSE(dump->Stream(wire::StreamType::kThreadList).has_value());
}

TEST(Utf16ToUtf8, TakesPairsAndReplacesHalves) {
  testing::ByteSink sink;
  sink.U16('a').U16(0xe9).U16(0x20ac).U16(0xd83d).U16(0xde00).U16(0xd83d).U16('b').U16(0xde00).U16(0).U16(
      'x');
  EXPECT_EQ(Utf16ToUtf8(sink.bytes(), std::endian::little), "aé€😀\uFFFDb\uFFFD");
}

TEST(Minidump, TextOutsideTheFileIsNone) {
  const std::vector<std::byte> bytes = testing::SampleCrash().Build();
  model::Diagnostics diagnostics;
  const base::Result<Minidump> dump = Minidump::Open(bytes, diagnostics);
  ASSERT_TRUE(dump.has_value());
  EXPECT_EQ(dump->Utf16At(bytes.size() - 2), std::nullopt);
  EXPECT_EQ(dump->Utf16At(0), std::nullopt) << "a zero rva means that there is none";
  EXPECT_EQ(dump->Utf8At(~std::uint64_t{0}), std::nullopt);
}

}  // namespace
}  // namespace cairn::minidump
