// Checks the ID token of a provider of OpenID Connect: who signed it, for whom, and what it says of the user.
//
// Sources: OpenID Connect Core 1.0, section 3.1.3.7; RFC 7517 and 7518 for keys. Signatures are checked by
// libjwt. Only RS256 to RS512 and ES256 to ES512 are taken: with an algorithm of another kind whoever knows
// the public key could sign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::oidc {

inline constexpr std::size_t kMaxIdTokenBytes = 16 << 10;
inline constexpr std::size_t kMaxKeys = 50;
// The provider's clock may be so far from ours.
inline constexpr std::int64_t kClockSkewS = 60;

// What a token must say to be for this sign-in.
struct ExpectedToken {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  std::int64_t now_s = 0;  // Unix time.
};

struct Claims {
  std::string subject;
  std::string email;
  bool email_verified = false;

  friend bool operator==(const Claims&, const Claims&) = default;
};

// `keys` is the provider's key set (a JWK Set). kBadValue names what is wrong.
base::Result<Claims> CheckIdToken(std::string_view token, std::string_view keys,
                                  const ExpectedToken& expected);

}  // namespace cairn::oidc
