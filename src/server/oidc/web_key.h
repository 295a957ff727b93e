// A public key of a JWK Set (RFC 7517, RFC 7518 section 6) as PEM, which libjwt takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn::oidc {

// From the decoded numbers of a key of RSA.
std::optional<std::string> RsaKeyAsPem(std::string_view modulus, std::string_view exponent);
// Of a curve that JWK calls P-256, P-384 or P-521.
std::optional<std::string> CurveKeyAsPem(std::string_view curve, std::string_view x, std::string_view y);

}  // namespace cairn::oidc
