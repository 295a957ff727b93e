// Which addresses a server may connect to when others have a say in where: not those of the machine itself,
// of private networks, or of any other use than the public Internet, but for what its operator allows.
//
// The names of a symbol server, and what it redirects to, must not lead into the network that Cairn runs in.
// So addresses are checked, not names: after names were resolved, for every connection (net/download.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::net {

// A range of addresses, "10.0.0.0/8" or "fd00::/8"; a single address stands for itself.
class AddressRange {
 public:
  // Nothing for what is none.
  static std::optional<AddressRange> Parse(std::string_view text);

  // IPv4 as ::ffff:0:0/96, as sockets have it.
  using Address = std::array<std::uint8_t, 16>;
  static std::optional<Address> ParseAddress(std::string_view text);

  bool Contains(const Address& address) const;

 private:
  Address first_{};
  unsigned bits_ = 0;  // Of the prefix, in an IPv6 address.
};

// Immutable; any thread may ask.
class AddressGuard {
 public:
  explicit AddressGuard(std::vector<AddressRange> allowed) : allowed_(std::move(allowed)) {}

  // `ip_address` as text, without a port. False for what is no address. An IPv6 address that stands for one
  // of IPv4 (mapped, NAT64, 6to4) is judged by that one.
  bool MayConnect(std::string_view ip_address) const;

 private:
  std::vector<AddressRange> allowed_;
};

}  // namespace cairn::net
