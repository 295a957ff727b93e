// SHA-256 of what comes in pieces: how dumps are known on both trails, and what crash ids are made of.
//
// OpenSSL's, which uses the processor's own instructions: a busy collector hashes tens of megabytes a second.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace cairn::intake {

using Sha256Digest = std::array<std::byte, 32>;

class Sha256 {
 public:
  Sha256() {
    // Looked up once: to ask the library by name costs more than a small text.
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (context_ == nullptr || EVP_DigestInit_ex2(context_.get(), algorithm, nullptr) != 1)
      throw std::bad_alloc();
  }
  Sha256(const Sha256& other) {
    if (context_ == nullptr || EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) != 1)
      throw std::bad_alloc();
  }
  Sha256& operator=(const Sha256&) = delete;

  Sha256& Add(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    return *this;
  }
  // With its length in front, so that ("ab", "c") differs from ("a", "bc").
  Sha256& AddField(std::string_view text) { return Add(std::to_string(text.size()) + ":").Add(text); }

  // Once.
  Sha256Digest Finish() {
    Sha256Digest digest;
    EVP_DigestFinal_ex(context_.get(), static_cast<unsigned char*>(static_cast<void*>(digest.data())),
                       nullptr);
    return digest;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };

  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

}  // namespace cairn::intake
