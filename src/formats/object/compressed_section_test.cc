#include "formats/object/compressed_section.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

#include "testing/elf_builder.h"

namespace cairn::object {
namespace {

using base::Code;
using testing::ByteSink;
using testing::ElfBuilder;

const std::string kText = std::string(300, 'x') + "contents";

std::vector<std::byte> Zlib() {
  std::vector<std::byte> packed(compressBound(kText.size()));
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(kText.data()),
           kText.size());
  packed.resize(size);
  return packed;
}

std::vector<std::byte> Zstd() {
  std::vector<std::byte> packed(ZSTD_compressBound(kText.size()));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), kText.data(), kText.size(), 3));
  return packed;
}

// Elf64_Chdr and Elf32_Chdr.
std::vector<std::byte> WithHeader(bool wide, std::uint32_t type, const std::vector<std::byte>& data) {
  ByteSink sink;
  if (wide) {
    sink.U32(type).U32(0).U64(kText.size()).U64(1);
  } else {
    sink.U32(type).U32(static_cast<std::uint32_t>(kText.size())).U32(1);
  }
  return sink.Bytes(data).Take();
}

base::Result<std::vector<std::byte>> Unpack(bool wide, std::string name, std::uint64_t flags,
                                            std::vector<std::byte> bytes) {
  ElfBuilder builder;
  builder.wide = wide;
  builder.machine = wide ? 62 : 40;
  builder.Section(std::move(name), ElfBuilder::kProgramBits, flags, 0, std::move(bytes));
  const std::vector<std::byte> file_bytes = builder.Build();
  const auto file = ElfFile::Open(file_bytes);
  if (!file) return file.error();
  return UnpackDebugSection(*file, "frame");
}

std::string TextOf(const base::Result<std::vector<std::byte>>& result) {
  return result ? std::string(base::AsText(*result)) : Describe(result.error());
}

TEST(CompressedSection, BothKindsOfBothWidthsAreUnpacked) {
  for (const bool wide : {true, false}) {
    EXPECT_EQ(TextOf(Unpack(wide, ".debug_frame", ElfBuilder::kCompressed, WithHeader(wide, 1, Zlib()))),
              kText);
    EXPECT_EQ(TextOf(Unpack(wide, ".debug_frame", ElfBuilder::kCompressed, WithHeader(wide, 2, Zstd()))),
              kText);
  }
}

TEST(CompressedSection, OldFormOfTheGnuToolsIsUnpacked) {
  ByteSink sink(std::endian::big);
  sink.Text("ZLIB").U64(kText.size()).Bytes(Zlib());
  EXPECT_EQ(TextOf(Unpack(true, ".zdebug_frame", 0, sink.Take())), kText);
  ByteSink other(std::endian::big);
  other.Text("LZMA").U64(kText.size()).Bytes(Zlib());
  EXPECT_EQ(Unpack(true, ".zdebug_frame", 0, other.Take()).error().code, Code::kBadMagic);
}

TEST(CompressedSection, WhatIsNotCompressedIsLeftToItsReader) {
  EXPECT_EQ(Unpack(true, ".debug_frame", 0, Zlib()).error().code, Code::kNotFound);
  EXPECT_EQ(Unpack(true, ".debug_info", ElfBuilder::kCompressed, Zlib()).error().code, Code::kNotFound);
}

TEST(CompressedSection, BrokenHeadersAreRefused) {
  const auto read = [](std::vector<std::byte> bytes) {
    return Unpack(true, ".debug_frame", ElfBuilder::kCompressed, std::move(bytes)).error().code;
  };
  EXPECT_EQ(read({}), Code::kTruncated);
  EXPECT_EQ(read(std::vector<std::byte>(23)), Code::kTruncated);
  EXPECT_EQ(read(WithHeader(true, 3, Zlib())), Code::kUnsupported);
  EXPECT_EQ(read(WithHeader(true, 2, Zlib())), Code::kBadValue);
}

}  // namespace
}  // namespace cairn::object
