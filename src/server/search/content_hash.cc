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
  for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>((number >> shift) & 0xff);
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
