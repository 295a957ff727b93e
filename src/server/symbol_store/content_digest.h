// ContentDigest says what bytes are by their size, MD5 and SHA-256, as they come in pieces. MD5 is what the
// upload protocol names files by; what is the same file, SHA-256 decides.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/byte_reader.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX.

namespace cairn::symbol_store {

struct Content {
  std::uint64_t size = 0;
  std::string md5;  // 32 and 64 lower-case hexadecimal digits.
  std::string sha256;
  friend bool operator==(const Content&, const Content&) = default;
};

class ContentDigest {
 public:
  ContentDigest();

  void Add(base::Bytes bytes);
  // Once.
  Content Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };

  std::uint64_t size_ = 0;
  std::unique_ptr<evp_md_ctx_st, Free> md5_;
  std::unique_ptr<evp_md_ctx_st, Free> sha256_;
};

}  // namespace cairn::symbol_store
