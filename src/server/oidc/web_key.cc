#include "server/oidc/web_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>
#include <memory>
#include <utility>

namespace cairn::oidc {
namespace {

template <typename T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* pointer) const { kFree(pointer); }
};
template <typename T, void (*kFree)(T*)>
using Owned = std::unique_ptr<T, Freed<T, kFree>>;

using Number = Owned<BIGNUM, BN_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Context = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Output = Owned<BIO, BIO_free_all>;

constexpr std::size_t kMinModulusBytes = 2048 / 8;  // RFC 7518, section 3.3.
constexpr std::size_t kMaxModulusBytes = 8192 / 8;  // More takes too long to check.
constexpr std::size_t kMaxExponentBytes = 8;

const unsigned char* BytesOf(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

Number NumberOf(std::string_view bytes) {
  return Number(BN_bin2bn(BytesOf(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::optional<std::string> AsPem(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return std::nullopt;
  }
  const Key key(made);
  const Output output(BIO_new(BIO_s_mem()));
  if (output == nullptr || PEM_write_bio_PUBKEY(output.get(), key.get()) != 1) return std::nullopt;
  char* text = nullptr;
  const long size = BIO_get_mem_data(output.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

std::optional<std::string> RsaKeyAsPem(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() < kMinModulusBytes || modulus.size() > kMaxModulusBytes || exponent.empty() ||
      exponent.size() > kMaxExponentBytes) {
    return std::nullopt;
  }
  const Number n = NumberOf(modulus);
  const Number e = NumberOf(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (n == nullptr || e == nullptr || builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return std::nullopt;
  }
  return AsPem("RSA", builder.get());
}

std::optional<std::string> CurveKeyAsPem(std::string_view curve, std::string_view x, std::string_view y) {
  constexpr std::array<std::pair<std::string_view, std::size_t>, 3> kCurves = {
      {{"P-256", 32}, {"P-384", 48}, {"P-521", 66}}};
  for (const auto& [name, bytes] : kCurves) {
    if (curve != name) continue;
    if (x.size() != bytes || y.size() != bytes) return std::nullopt;
    const std::string point = "\x04" + std::string(x) + std::string(y);  // Not compressed: SEC 1, 2.3.3.
    const Builder builder(OSSL_PARAM_BLD_new());
    if (builder == nullptr ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, name.data(),
                                        name.size()) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1) {
      return std::nullopt;
    }
    return AsPem("EC", builder.get());
  }
  return std::nullopt;
}

}  // namespace cairn::oidc
