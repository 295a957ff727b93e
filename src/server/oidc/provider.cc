#include "server/oidc/provider.h"

#include <simdjson.h>
#include <sodium.h>

#include <array>
#include <span>
#include <utility>

#include "base/hex.h"
#include "base/parse_json.h"
#include "os/random.h"
#include "server/oidc/base64url.h"

namespace cairn::oidc {
namespace {

namespace dom = simdjson::dom;
using base::Code;
using base::Error;

// A place among those that ask.
class Asking {
 public:
  explicit Asking(std::atomic<int>& count) : count_(count), has_place_(++count <= kMaxAskingAtOnce) {}
  ~Asking() { --count_; }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  bool has_place() const { return has_place_; }

 private:
  std::atomic<int>& count_;
  const bool has_place_;
};

constexpr Error kTooMany{Code::kLimitExceeded, kMaxAskingAtOnce, "sign-ins at the provider"};

std::string RandomText() {
  std::array<std::byte, 32> bytes;
  os::FillRandom(bytes);
  return base::BytesToHex(bytes);
}

// RFC 7636, section 4.2: S256.
std::string ChallengeOf(std::string_view verifier) {
  std::array<char, crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256(static_cast<unsigned char*>(static_cast<void*>(hash.data())),
                     static_cast<const unsigned char*>(static_cast<const void*>(verifier.data())),
                     verifier.size());
  return EncodeBase64Url({hash.data(), hash.size()});
}

std::string TextAt(const dom::element& element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::string FormOf(std::span<const std::pair<std::string_view, std::string>> fields) {
  std::string form;
  for (const auto& [name, value] : fields)
    form += (form.empty() ? "" : "&") + std::string(name) + "=" + net::EscapeUrlPart(value);
  return form;
}

}  // namespace

SignInTicket Provider::MakeTicket(std::string redirect_uri) {
  return {.state = RandomText(),
          .nonce = RandomText(),
          .verifier = RandomText(),
          .redirect_uri = std::move(redirect_uri)};
}

bool Provider::MayBeAsked(const std::string& url) const {
  return url.starts_with("https://") ||
         (url.starts_with("http://") && options_.issuer.starts_with("http://"));
}

// By scheme, host and port.
bool Provider::IsOfIssuer(std::string_view url) const {
  const std::size_t scheme = options_.issuer.find("://");
  if (scheme == std::string::npos) return false;
  const std::string origin = options_.issuer.substr(0, options_.issuer.find('/', scheme + 3));
  return url == origin || url.starts_with(origin + "/");
}

base::Result<std::string> Provider::Ask(net::HttpRequest request, std::string_view what) const {
  request.connect_timeout_ms = kProviderTimeoutMs;
  request.total_timeout_ms = kProviderTimeoutMs;
  request.max_answer_bytes = kMaxProviderAnswerBytes;
  request.headers.emplace_back("Accept", "application/json");
  if (!IsOfIssuer(request.url)) {
    request.may_connect = [this](std::string_view address) { return guard_.MayConnect(address); };
  }
  ASSIGN_OR_RETURN(net::HttpResponse answer, net::SendHttp(request));
  if (answer.status != 200) return Error{Code::kRefused, static_cast<std::uint64_t>(answer.status), what};
  return std::move(answer.body);
}

base::Result<Provider::Endpoints> Provider::Discover() const {
  const std::string slash = options_.issuer.ends_with('/') ? "" : "/";
  ASSIGN_OR_RETURN(const std::string text,
                   Ask({.url = options_.issuer + slash + ".well-known/openid-configuration"},
                       "description of the provider"));
  const Error wrong{Code::kBadValue, 0, "description of the provider"};
  dom::parser parser;
  dom::element root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS || !root.is_object()) return wrong;
  const Endpoints endpoints{TextAt(root, "authorization_endpoint"), TextAt(root, "token_endpoint"),
                            TextAt(root, "jwks_uri")};
  // One that speaks for another issuer is not the one that was meant.
  if (TextAt(root, "issuer") != options_.issuer || !MayBeAsked(endpoints.authorization) ||
      !MayBeAsked(endpoints.token) || !MayBeAsked(endpoints.keys)) {
    return wrong;
  }
  return endpoints;
}

base::Result<std::string> Provider::AuthorizationUrl(const SignInTicket& ticket) {
  const Asking asking(asking_);
  if (!asking.has_place()) return kTooMany;
  ASSIGN_OR_RETURN(const Endpoints endpoints, Discover());
  const std::pair<std::string_view, std::string> fields[] = {
      {"response_type", "code"},
      {"client_id", options_.client_id},
      {"redirect_uri", ticket.redirect_uri},
      {"scope", "openid email"},
      {"state", ticket.state},
      {"nonce", ticket.nonce},
      {"code_challenge", ChallengeOf(ticket.verifier)},
      {"code_challenge_method", "S256"},
  };
  const bool has_query = endpoints.authorization.find('?') != std::string::npos;
  return endpoints.authorization + (has_query ? "&" : "?") + FormOf(fields);
}

base::Result<Claims> Provider::Redeem(const SignInTicket& ticket, const std::string& code) {
  const Asking asking(asking_);
  if (!asking.has_place()) return kTooMany;
  ASSIGN_OR_RETURN(const Endpoints endpoints, Discover());
  std::vector<std::pair<std::string_view, std::string>> fields = {
      {"grant_type", "authorization_code"},  {"code", code},
      {"redirect_uri", ticket.redirect_uri}, {"client_id", options_.client_id},
      {"code_verifier", ticket.verifier},
  };
  if (!options_.client_secret.empty()) fields.emplace_back("client_secret", options_.client_secret);
  const std::string form = FormOf(fields);
  ASSIGN_OR_RETURN(const std::string answer,
                   Ask({.method = "POST",
                        .url = endpoints.token,
                        .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                        .body = base::AsBytes(form)},
                       "code of the provider"));
  dom::parser parser;
  dom::element root;
  if (base::ParseJson(parser, answer).get(root) != simdjson::SUCCESS || !root.is_object())
    return Error{Code::kBadValue, 0, "tokens of the provider"};
  const std::string token = TextAt(root, "id_token");
  ASSIGN_OR_RETURN(const std::string keys, Ask({.url = endpoints.keys}, "keys of the provider"));
  return CheckIdToken(token, keys,
                      {.issuer = options_.issuer,
                       .client_id = options_.client_id,
                       .nonce = ticket.nonce,
                       .now_s = clock_ms_() / 1000});
}

}  // namespace cairn::oidc
