#include "server/search/content_hash.h"

#include <sodium.h>

#include <array>
#include <bit>

#include "base/byte_reader.h"

namespace cairn::search {
namespace {

const unsigned char* AsUnsigned(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

}  // namespace

ContentHash& ContentHash::Add(std::string_view text) {
  Add(text.size());
  bytes_ += text;
  return *this;
}

ContentHash& ContentHash::Add(std::uint64_t number) {
  std::array<char, sizeof(number)> little_endian;
  for (std::size_t i = 0; i < little_endian.size(); ++i)
    little_endian[i] = static_cast<char>((number >> (8 * i)) & 0xff);
  bytes_.append(little_endian.data(), little_endian.size());
  return *this;
}

std::int64_t ContentHash::Finish() const {
  // SipHash-2-4 with a fixed key: spreads well and is fast. The key is no secret; ids must be the same
  // everywhere.
  static_assert(crypto_shorthash_KEYBYTES == 16);
  constexpr std::string_view kKey = "cairn content id";
  std::array<unsigned char, crypto_shorthash_BYTES> hash;
  crypto_shorthash(hash.data(), AsUnsigned(bytes_), bytes_.size(), AsUnsigned(kKey));
  return base::ByteReader(std::as_bytes(std::span(hash))).Read<std::int64_t>();
}

}  // namespace cairn::search
