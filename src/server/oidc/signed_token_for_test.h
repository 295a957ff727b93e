// A provider's keys and tokens, as an outside party makes them: with OpenSSL, and nothing of this folder.
#pragma once

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::oidc {

inline std::string UrlBase64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(static_cast<unsigned char*>(static_cast<void*>(text.data())),
                                   static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

// A pair of keys: RSA of 2048 bits, or on a curve.
class TokenSigner {
 public:
  TokenSigner() : key_(EVP_RSA_gen(2048), EVP_PKEY_free) {}
  explicit TokenSigner(const char* curve) : key_(EVP_EC_gen(curve), EVP_PKEY_free) {}

  std::string Number(const char* name) const {
    BIGNUM* number = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key_.get(), name, &number), 1);
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, static_cast<unsigned char*>(static_cast<void*>(bytes.data())));
    BN_free(number);
    return bytes;
  }

  // Of RSA.
  std::string Jwk(const std::string& id) const {
    return R"({"kty":"RSA","use":"sig","kid":")" + id + R"(","n":")" +
           UrlBase64(Number(OSSL_PKEY_PARAM_RSA_N)) + R"(","e":")" +
           UrlBase64(Number(OSSL_PKEY_PARAM_RSA_E)) + "\"}";
  }
  // Of P-256, whose numbers have 32 bytes.
  std::string CurveJwk(const std::string& id) const {
    const auto padded = [this](const char* name) {
      const std::string number = Number(name);
      return UrlBase64(std::string(32 - number.size(), '\0') + number);
    };
    return R"({"kty":"EC","crv":"P-256","kid":")" + id + R"(","x":")" + padded(OSSL_PKEY_PARAM_EC_PUB_X) +
           R"(","y":")" + padded(OSSL_PKEY_PARAM_EC_PUB_Y) + "\"}";
  }

  // Signed with SHA-256, whatever the header says.
  std::string Sign(const std::string& header, const std::string& claims) const {
    const std::string text = UrlBase64(header) + "." + UrlBase64(claims);
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EXPECT_EQ(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_.get()), 1);
    std::size_t size = 0;
    const auto* const bytes = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
    EXPECT_EQ(EVP_DigestSign(context, nullptr, &size, bytes, text.size()), 1);
    std::string signature(size, '\0');
    EXPECT_EQ(EVP_DigestSign(context, static_cast<unsigned char*>(static_cast<void*>(signature.data())),
                             &size, bytes, text.size()),
              1);
    EVP_MD_CTX_free(context);
    signature.resize(size);
    if (EVP_PKEY_is_a(key_.get(), "EC") == 1) signature = Plain(signature);
    return text + "." + UrlBase64(signature);
  }

 private:
  // DER's two integers to r and s of 32 bytes each (RFC 7518, section 3.4).
  static std::string Plain(const std::string& der) {
    std::string plain;
    std::size_t at = 2;
    for (int i = 0; i < 2; ++i) {
      const auto size = static_cast<std::size_t>(static_cast<unsigned char>(der[at + 1]));
      std::string number = der.substr(at + 2, size);
      while (number.size() > 32) number.erase(0, 1);
      plain += std::string(32 - number.size(), '\0') + number;
      at += 2 + size;
    }
    return plain;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace cairn::oidc
