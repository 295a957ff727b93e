// SHA-256 of what comes in pieces: how dumps are known on both trails, and what crash ids are made of.
#pragma once

#include <sodium.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace cairn::intake {

using Sha256Digest = std::array<std::byte, crypto_hash_sha256_BYTES>;

class Sha256 {
 public:
  Sha256() { crypto_hash_sha256_init(&state_); }

  Sha256& Add(std::string_view bytes) {
    crypto_hash_sha256_update(
        &state_, static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())), bytes.size());
    return *this;
  }
  // With its length in front, so that ("ab", "c") differs from ("a", "bc").
  Sha256& AddField(std::string_view text) { return Add(std::to_string(text.size()) + ":").Add(text); }

  // Once.
  Sha256Digest Finish() {
    Sha256Digest digest;
    crypto_hash_sha256_final(&state_, static_cast<unsigned char*>(static_cast<void*>(digest.data())));
    return digest;
  }

 private:
  crypto_hash_sha256_state state_;
};

}  // namespace cairn::intake
