#include "formats/packed/section_data.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

namespace cairn::packed {
namespace {

using base::Code;
using Unpack = base::Result<std::vector<std::byte>> (*)(base::Bytes, std::uint64_t, const UnpackLimits&);

std::string PackZlib(const std::string& text) {
  std::string packed(compressBound(text.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
           text.size());
  packed.resize(size);
  return packed;
}

std::string PackZstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

struct Kind {
  const char* name;
  std::string (*pack)(const std::string&);
  Unpack unpack;
};

class SectionData : public ::testing::TestWithParam<Kind> {
 protected:
  const std::string text_ = std::string(5000, 'a') + "the end";
  const std::string packed_ = GetParam().pack(text_);
  base::Result<std::vector<std::byte>> Read(const std::string& packed, std::uint64_t size,
                                            const UnpackLimits& limits = {}) const {
    return GetParam().unpack(base::AsBytes(packed), size, limits);
  }
};

TEST_P(SectionData, GivesWhatWasPacked) {
  const auto unpacked = Read(packed_, text_.size());
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(base::AsText(*unpacked), text_);
}

TEST_P(SectionData, AnotherSizeIsRefused) {
  for (const std::size_t size : {text_.size() - 1, text_.size() + 1, std::size_t{0}}) {
    EXPECT_EQ(Read(packed_, size).error().code, Code::kBadValue) << size;
  }
}

TEST_P(SectionData, CutDataAreRefused) {
  for (std::size_t size = 0; size < packed_.size(); ++size) {
    EXPECT_FALSE(Read(packed_.substr(0, size), text_.size())) << size;
  }
}

TEST_P(SectionData, ClaimOfAHugeSizeReservesNothing) {
  EXPECT_EQ(Read(packed_, std::uint64_t{1} << 60).error().code, Code::kLimitExceeded);
  EXPECT_EQ(Read(packed_, text_.size(), {.max_bytes = 100}).error().code, Code::kLimitExceeded);
}

INSTANTIATE_TEST_SUITE_P(Packed, SectionData,
                         ::testing::Values(Kind{"zlib", PackZlib, UnpackZlib},
                                           Kind{"zstd", PackZstd, UnpackZstd}),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace cairn::packed
