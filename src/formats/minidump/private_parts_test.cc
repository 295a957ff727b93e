#include "formats/minidump/private_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "formats/minidump/dump_for_test.h"
#include "testing/byte_sink.h"
#include "testing/sample_crash.h"

namespace cairn::minidump {
namespace {

using testing::ByteSink;
using testing::kSampleStack;
using testing::MemorySpec;
using testing::MinidumpBuilder;

constexpr std::uint64_t kBlock = kSampleStack + 0x100;

bool Holds(const std::vector<std::byte>& file, std::string_view text) {
  return base::AsText(file).find(text) != std::string_view::npos;
}

// The file with its private parts set to zero.
std::vector<std::byte> Scrubbed(std::vector<std::byte> file) {
  DumpForTest opened(std::move(file));
  std::vector<std::byte> clean = opened.bytes;
  for (const FileRange& range : FindPrivateParts(*opened, opened.bytes)) {
    std::fill_n(clean.begin() + static_cast<std::ptrdiff_t>(range.offset), range.size, std::byte{0});
  }
  return clean;
}

std::vector<std::byte> Text(std::string_view text) {
  const base::Bytes bytes = base::AsBytes(text);
  return {bytes.begin(), bytes.end()};
}

constexpr std::string_view kStrings(
    "planted-argv\0planted\0HOME=/home/planted\0/opt/crashy\0\0\0\0\0\0\0\0\0", 61);

// As the kernel leaves it: argc, argv, envp, the auxiliary vector, then the strings.
MemorySpec StackTop(std::endian order, std::size_t pointer_bytes) {
  ByteSink sink(order);
  const auto word = [&](std::uint64_t value) {
    pointer_bytes == 8 ? sink.U64(value) : sink.U32(static_cast<std::uint32_t>(value));
  };
  for (const std::uint64_t value : {std::uint64_t{6}, std::uint64_t{4096}, std::uint64_t{6}})
    word(value);  // Locals.
  for (const std::uint64_t value : {1, 0x1000, 0, 0x2000, 0}) word(value);
  for (const std::uint64_t value : {16, 0x178bfbff, 6, 4096, 17, 100, 25, 0x3000, 0, 0}) word(value);
  sink.Text(kStrings);
  return {kBlock, sink.Take()};
}

TEST(PrivatePartsTest, TheStreamsOfCommandLineAndEnvironmentGo) {
  const std::vector<std::byte> clean = Scrubbed(testing::SampleCrash()
                                                    .Stream(0x47670006, Text("planted\0--key=planted"))
                                                    .Stream(0x47670007, Text("HOME=/home/planted"))
                                                    .Build());
  EXPECT_FALSE(Holds(clean, "planted"));
  const DumpForTest again(clean);
  EXPECT_FALSE((*again).Stream(wire::StreamType::kLinuxCommandLine));
  EXPECT_FALSE((*again).Stream(wire::StreamType::kLinuxEnviron));
  EXPECT_TRUE((*again).Stream(wire::StreamType::kThreadList));
}

TEST(PrivatePartsTest, TheStringsAboveTheAuxiliaryVectorGoAndTheStackBelowStays) {
  struct Case {
    std::endian order;
    std::uint16_t architecture;  // 9: amd64, 0: x86.
    std::size_t pointer_bytes;
  };
  for (const Case& row :
       {Case{std::endian::little, 9, 8}, Case{std::endian::big, 9, 8}, Case{std::endian::little, 0, 4}}) {
    const MemorySpec top = StackTop(row.order, row.pointer_bytes);
    const std::vector<std::byte> clean = Scrubbed(
        testing::SampleCrash(row.order).System({.architecture = row.architecture}).Memory(top).Build());
    EXPECT_FALSE(Holds(clean, "planted"));
    const std::size_t kept = top.bytes.size() - kStrings.size();
    EXPECT_TRUE(Holds(clean, base::AsText(top.bytes).substr(0, kept - 2 * row.pointer_bytes)));
  }
}

TEST(PrivatePartsTest, TheStreamOfTheAuxiliaryVectorLeadsToTheStrings) {
  ByteSink vector;
  for (const std::uint64_t value : {std::uint64_t{25}, kBlock + 16, std::uint64_t{31}, kBlock + 40})
    vector.U64(value);
  std::vector<std::byte> memory(16, std::byte{0x55});
  const std::vector<std::byte> strings = Text(std::string(8, '\1') + std::string(kStrings));
  memory.insert(memory.end(), strings.begin(), strings.end());
  const std::vector<std::byte> clean = Scrubbed(
      testing::SampleCrash().Stream(0x47670008, vector.Take()).Memory({kBlock, std::move(memory)}).Build());
  EXPECT_FALSE(Holds(clean, "planted"));
  EXPECT_TRUE(Holds(clean, std::string(16, '\x55')));
}

TEST(PrivatePartsTest, TextAtTheTopOfAStackGoesIfItIsAnEnvironment) {
  for (const bool is_environment : {true, false}) {
    ByteSink stack;
    stack.U64(0x401000).U64(0x7fff00000001);
    stack.Text(is_environment ? kStrings : "planted words and nothing else");
    if (is_environment) stack.Zeros(110).Text("ptr_munge=").Zeros(49);  // What macOS puts behind.
    MinidumpBuilder dump;
    dump.System({.platform = 0x8101}).Thread({.id = 1, .stack = {kSampleStack, stack.Take()}});
    EXPECT_EQ(Holds(Scrubbed(dump.Build()), "planted"), !is_environment);
  }
}

TEST(PrivatePartsTest, TheProcessParametersOfWindowsGo) {
  const auto utf16 = [](std::string_view text) {
    std::string wide;
    for (const char c : text) wide += std::string{c, '\0'};
    return wide;
  };
  const std::string command = utf16("crashy.exe --planted"), environment = utf16("USERNAME=planted");
  ByteSink teb, peb, parameters, command_bytes, environment_bytes;
  teb.Zeros(0x60).U64(0x20000);
  peb.Zeros(0x20).U64(0x30000);
  parameters.Zeros(0x70)
      .U16(static_cast<std::uint16_t>(command.size()))
      .U16(static_cast<std::uint16_t>(command.size()));
  parameters.Zeros(4).U64(0x40000).U64(0x50000).Zeros(0x400 - 0x88);
  command_bytes.Text(command);
  environment_bytes.Text(environment);
  MinidumpBuilder dump;
  dump.System({.platform = 2}).Thread({.id = 1, .teb = 0x10000});
  dump.Memory({0x10000, teb.Take()}).Memory({0x20000, peb.Take()}).Memory({0x30000, parameters.Take()});
  dump.Memory({0x40000, command_bytes.Take()}).Memory({0x50000, environment_bytes.Take()});
  const std::vector<std::byte> clean = Scrubbed(dump.Build());
  EXPECT_FALSE(Holds(clean, utf16("planted")));
}

TEST(PrivatePartsTest, ADumpWithoutPrivatePartsHasNone) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const DumpForTest dump(testing::SampleCrash(order).Build());
    EXPECT_TRUE(FindPrivateParts(*dump, dump.bytes).empty());
  }
  const DumpForTest again(Scrubbed(testing::SampleCrash().Memory(StackTop(std::endian::little, 8)).Build()));
  EXPECT_TRUE(FindPrivateParts(*again, again.bytes).empty());
}

// Real dumps of other writers: whatever variable of an environment stands in one, none does afterwards.
TEST(PrivatePartsTest, RealDumpsKeepNoEnvironment) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set";
  int with_environment = 0;
  const auto count_variables = [](base::Bytes bytes) {
    int count = 0;
    for (const std::string_view name : {"HOME=/", "PATH=/", "USER=", "LOGNAME=", "PWD=/"}) {
      const std::string behind_zero = std::string(1, '\0') + std::string(name);
      if (base::AsText(bytes).find(behind_zero) != std::string_view::npos) ++count;
    }
    return count;
  };
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(fixtures) + "/minidumps")) {
    if (!entry.is_regular_file() || entry.path().extension() != ".dmp") continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const base::Bytes bytes = base::AsBytes(text);
    model::Diagnostics ignored;
    if (count_variables(bytes) == 0 || !Minidump::Open(bytes, ignored)) continue;
    ++with_environment;
    EXPECT_EQ(count_variables(Scrubbed({bytes.begin(), bytes.end()})), 0) << entry.path();
  }
  EXPECT_GT(with_environment, 0);
}

}  // namespace
}  // namespace cairn::minidump
