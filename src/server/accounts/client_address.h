// Who sent a request, as far as an address tells: the one that is connected, or whom a proxy that is trusted
// names in X-Forwarded-For. Everybody may write that header, so it is read from its end, and only as far as
// proxies are trusted.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "net/address_guard.h"
#include "server/http/message.h"

namespace cairn::accounts {

class ClientAddress {
 public:
  ClientAddress(const http::Request& request, std::span<const net::AddressRange> trusted_proxies);

  // The same for all that one client can ask from: an address of IPv4, or a network of 64 bits of IPv6.
  // Empty if there is no address.
  std::string Key() const;
  bool IsLoopback() const;

 private:
  std::optional<net::AddressRange::Address> address_;
};

}  // namespace cairn::accounts
