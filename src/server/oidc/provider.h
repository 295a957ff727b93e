// Provider is one provider of OpenID Connect, as a client that signs people in by the authorization code flow
// with PKCE sees it: OpenID Connect Discovery 1.0, RFC 6749 section 4.1, RFC 7636.
//
// What the operator names is trusted as far as it goes: its endpoints, which its own description names, must
// be of HTTPS where the issuer is, and of other hosts have addresses that they may have
// (net/address_guard.h). Blocks while it asks; any thread may call.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/address_guard.h"
#include "net/http_client.h"
#include "os/clock.h"
#include "server/oidc/id_token.h"

namespace cairn::oidc {

inline constexpr std::size_t kMaxProviderAnswerBytes = 256 << 10;
inline constexpr int kProviderTimeoutMs = 10'000;  // Of each of the three requests of a sign-in.
inline constexpr int kMaxAskingAtOnce = 4;         // Each holds a thread.

struct ProviderOptions {
  std::string label;   // What the button says.
  std::string issuer;  // "https://login.example.org". Without a slash at the end, unless it has one.
  std::string client_id;
  std::string client_secret;  // Empty: a client that has none.
  // That endpoints of other hosts than the issuer's may have, beside public ones.
  std::vector<net::AddressRange> allowed_addresses = {};
};

// What belongs to one sign-in, made when it begins.
struct SignInTicket {
  std::string state;
  std::string nonce;
  std::string verifier;
  std::string redirect_uri;
};

class Provider {
 public:
  explicit Provider(ProviderOptions options, std::function<std::int64_t()> clock_ms = os::UnixMillis)
      : options_(std::move(options)), guard_(options_.allowed_addresses), clock_ms_(std::move(clock_ms)) {}

  const ProviderOptions& options() const { return options_; }

  static SignInTicket MakeTicket(std::string redirect_uri);

  // Where the browser goes. kLimitExceeded if too many ask at once, here and below.
  base::Result<std::string> AuthorizationUrl(const SignInTicket& ticket);
  // Who signed in there, by the code that came back.
  base::Result<Claims> Redeem(const SignInTicket& ticket, const std::string& code);

 private:
  struct Endpoints {
    std::string authorization;
    std::string token;
    std::string keys;
  };
  base::Result<Endpoints> Discover() const;
  bool MayBeAsked(const std::string& url) const;
  bool IsOfIssuer(std::string_view url) const;
  base::Result<std::string> Ask(net::HttpRequest request, std::string_view what) const;

  const ProviderOptions options_;
  const net::AddressGuard guard_;
  const std::function<std::int64_t()> clock_ms_;
  std::atomic<int> asking_ = 0;
};

}  // namespace cairn::oidc
