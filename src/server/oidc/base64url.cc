#include "server/oidc/base64url.h"

#include <sodium.h>

namespace cairn::oidc {

std::string EncodeBase64Url(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(),
                    static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())), bytes.size(),
                    kVariant);
  text.pop_back();  // The length counts a NUL.
  return text;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  const int failed = sodium_base642bin(static_cast<unsigned char*>(static_cast<void*>(bytes.data())),
                                       bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (failed != 0) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

}  // namespace cairn::oidc
