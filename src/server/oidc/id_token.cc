#include "server/oidc/id_token.h"

#include <jwt.h>
#include <simdjson.h>

#include <memory>
#include <optional>
#include <vector>

#include "base/parse_json.h"
#include "server/oidc/base64url.h"
#include "server/oidc/web_key.h"

namespace cairn::oidc {
namespace {

namespace dom = simdjson::dom;
using base::Code;
using base::Error;

std::string TextAt(const dom::element& element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::string NumberAt(const dom::element& element, std::string_view key) {
  return DecodeBase64Url(TextAt(element, key)).value_or("");
}

// The type of key that an algorithm needs; empty for those that are not taken.
std::string_view KeyTypeOf(std::string_view algorithm) {
  for (const std::string_view size : {"256", "384", "512"}) {
    if (algorithm.size() != 5 || algorithm.substr(2) != size) continue;
    if (algorithm.starts_with("RS")) return "RSA";
    if (algorithm.starts_with("ES")) return "EC";
  }
  return {};
}

std::optional<std::string> KeyAsPem(const dom::element& key) {
  if (TextAt(key, "use") == "enc") return std::nullopt;
  if (TextAt(key, "kty") == "RSA") return RsaKeyAsPem(NumberAt(key, "n"), NumberAt(key, "e"));
  return CurveKeyAsPem(TextAt(key, "crv"), NumberAt(key, "x"), NumberAt(key, "y"));
}

// Those that may have signed it.
base::Result<std::vector<std::string>> FindKeys(std::string_view keys, const dom::element& header) {
  const std::string_view type = KeyTypeOf(TextAt(header, "alg"));
  const std::string id = TextAt(header, "kid");
  if (type.empty()) return Error{Code::kBadValue, 0, "algorithm of the ID token"};
  dom::parser parser;
  dom::array array;
  if (base::ParseJson(parser, keys)["keys"].get(array) != simdjson::SUCCESS || array.size() > kMaxKeys)
    return Error{Code::kBadValue, 0, "keys of the provider"};
  std::vector<std::string> found;
  for (const dom::element key : array) {
    const bool is_meant = id.empty() || TextAt(key, "kid") == id;
    if (!is_meant || TextAt(key, "kty") != type) continue;
    if (std::optional<std::string> pem = KeyAsPem(key)) found.push_back(*std::move(pem));
  }
  return found;
}

bool IsSignedBy(const std::string& token, const std::string& pem) {
  jwt_t* decoded = nullptr;
  const auto* const key = static_cast<const unsigned char*>(static_cast<const void*>(pem.data()));
  const bool is_signed = jwt_decode(&decoded, token.c_str(), key, static_cast<int>(pem.size())) == 0;
  const std::unique_ptr<jwt_t, decltype(&jwt_free)> owned(decoded, jwt_free);
  return is_signed;
}

// One text, or one of several.
bool IsAudience(const dom::element& claims, const std::string& client_id) {
  if (TextAt(claims, "aud") == client_id) return true;
  dom::array several;
  if (claims["aud"].get(several) != simdjson::SUCCESS) return false;
  bool is_one = false;
  for (const dom::element one : several) {
    std::string_view text;
    is_one = is_one || (one.get(text) == simdjson::SUCCESS && text == client_id);
  }
  // With several, the one that it was made for is named.
  const std::string party = TextAt(claims, "azp");
  return is_one && (party.empty() || party == client_id);
}

base::Status CheckClaims(const dom::element& claims, const ExpectedToken& expected) {
  if (expected.issuer.empty() || TextAt(claims, "iss") != expected.issuer)
    return Error{Code::kBadValue, 0, "issuer of the ID token"};
  if (expected.client_id.empty() || !IsAudience(claims, expected.client_id))
    return Error{Code::kBadValue, 0, "audience of the ID token"};
  if (expected.nonce.empty() || TextAt(claims, "nonce") != expected.nonce)
    return Error{Code::kBadValue, 0, "nonce of the ID token"};
  std::int64_t expires_s = 0;
  if (claims["exp"].get(expires_s) != simdjson::SUCCESS || expires_s + kClockSkewS <= expected.now_s)
    return Error{Code::kBadValue, 0, "expiry of the ID token"};
  return {};
}

}  // namespace

base::Result<Claims> CheckIdToken(std::string_view token, std::string_view keys,
                                  const ExpectedToken& expected) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (token.size() > kMaxIdTokenBytes || second == std::string_view::npos ||
      token.find('\0') != std::string_view::npos) {
    return Error{Code::kBadValue, 0, "form of the ID token"};
  }
  const std::optional<std::string> head = DecodeBase64Url(token.substr(0, first));
  const std::optional<std::string> body = DecodeBase64Url(token.substr(first + 1, second - first - 1));
  dom::parser header_parser;
  dom::parser parser;
  dom::element header;
  dom::element claims;
  if (!head || !body || base::ParseJson(header_parser, *head).get(header) != simdjson::SUCCESS ||
      base::ParseJson(parser, *body).get(claims) != simdjson::SUCCESS || !header.is_object() ||
      !claims.is_object()) {
    return Error{Code::kBadValue, 0, "form of the ID token"};
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> pems, FindKeys(keys, header));
  bool is_signed = false;
  for (const std::string& pem : pems) is_signed = is_signed || IsSignedBy(std::string(token), pem);
  if (!is_signed) return Error{Code::kBadValue, 0, "signature of the ID token"};
  RETURN_IF_ERROR(CheckClaims(claims, expected));
  Claims said{.subject = TextAt(claims, "sub"), .email = TextAt(claims, "email")};
  bool verified = false;
  said.email_verified = claims["email_verified"].get(verified) == simdjson::SUCCESS && verified;
  if (said.subject.empty()) return Error{Code::kBadValue, 0, "subject of the ID token"};
  return said;
}

}  // namespace cairn::oidc
