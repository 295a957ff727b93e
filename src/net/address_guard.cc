#include "net/address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace cairn::net {
namespace {

using Address = AddressRange::Address;

constexpr unsigned kMappedBits = 96;  // Of the prefix before an IPv4 address.
constexpr std::size_t kMaxAddressText = 45;

// IANA's registries of special-purpose addresses, and multicast.
constexpr std::string_view kNotPublic[] = {
    "0.0.0.0/8",        // "This network", RFC 791.
    "10.0.0.0/8",       // Private, RFC 1918.
    "100.64.0.0/10",    // Shared by carriers, RFC 6598; some clouds have their metadata here.
    "127.0.0.0/8",      // Loopback.
    "169.254.0.0/16",   // Link-local, RFC 3927; clouds' metadata.
    "172.16.0.0/12",    // Private.
    "192.0.0.0/24",     // Protocol assignments, RFC 6890.
    "192.0.2.0/24",     // Documentation, RFC 5737.
    "192.31.196.0/24",  // AS112, RFC 7535.
    "192.52.193.0/24",  // AMT, RFC 7450.
    "192.88.99.0/24",   // 6to4 relays, deprecated.
    "192.168.0.0/16",   // Private.
    "192.175.48.0/24",  // AS112.
    "198.18.0.0/15",    // Benchmarks, RFC 2544.
    "198.51.100.0/24",  // Documentation.
    "203.0.113.0/24",   // Documentation.
    "224.0.0.0/4",      // Multicast.
    "240.0.0.0/4",      // Reserved, and broadcast.
    "::/128",           // Unspecified.
    "::1/128",          // Loopback.
    "::/96",            // IPv4-compatible, deprecated.
    "64:ff9b:1::/48",   // NAT64 within a network, RFC 8215.
    "100::/64",         // Discarded, RFC 6666.
    "2001::/23",        // Protocol assignments, Teredo and ORCHID among them.
    "2001:db8::/32",    // Documentation.
    "3fff::/20",        // Documentation, RFC 9637.
    "5f00::/16",        // Segment routing, RFC 9602.
    "fc00::/7",         // Private, RFC 4193.
    "fe80::/10",        // Link-local.
    "fec0::/10",        // Site-local, deprecated.
    "ff00::/8",         // Multicast.
};

// Prefixes of IPv6 addresses in which an IPv4 address stands, and where.
struct Embedding {
  std::string_view range;
  std::size_t position;
};
constexpr Embedding kEmbeddings[] = {
    {"64:ff9b::/96", 12},  // NAT64, RFC 6052.
    {"2002::/16", 2},      // 6to4, RFC 3056.
};

const std::vector<AddressRange>& NotPublic() {
  static const std::vector<AddressRange> ranges = [] {
    std::vector<AddressRange> parsed;
    for (const std::string_view text : kNotPublic) parsed.push_back(*AddressRange::Parse(text));
    return parsed;
  }();
  return ranges;
}

Address Mapped(const std::uint8_t* ipv4) {
  Address address{};
  address[10] = address[11] = 0xff;
  std::copy_n(ipv4, 4, address.begin() + 12);
  return address;
}

// The IPv4 address in it, if it has one, else itself.
Address Judged(const Address& address) {
  for (const Embedding& embedding : kEmbeddings) {
    if (AddressRange::Parse(embedding.range)->Contains(address))
      return Mapped(address.data() + embedding.position);
  }
  return address;
}

bool IsIn(const std::vector<AddressRange>& ranges, const Address& address) {
  return std::ranges::any_of(ranges, [&](const AddressRange& range) { return range.Contains(address); });
}

}  // namespace

std::optional<AddressRange::Address> AddressRange::ParseAddress(std::string_view text) {
  if (text.size() > kMaxAddressText) return std::nullopt;
  const std::string terminated(text);
  std::array<std::uint8_t, sizeof(in_addr)> ipv4;
  if (inet_pton(AF_INET, terminated.c_str(), ipv4.data()) == 1) return Mapped(ipv4.data());
  Address ipv6;
  if (inet_pton(AF_INET6, terminated.c_str(), ipv6.data()) == 1) return ipv6;
  return std::nullopt;
}

std::optional<AddressRange> AddressRange::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<Address> address = ParseAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  const bool is_ipv4 = text.substr(0, slash).find(':') == std::string_view::npos;
  const unsigned most = is_ipv4 ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits > most) return std::nullopt;
  }
  AddressRange range;
  range.first_ = *address;
  range.bits_ = bits + (is_ipv4 ? kMappedBits : 0);
  return range;
}

bool AddressRange::Contains(const Address& address) const {
  const std::size_t bytes = bits_ / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(bytes), first_.begin()))
    return false;
  const unsigned rest = bits_ % 8;
  return rest == 0 || (address[bytes] ^ first_[bytes]) >> (8 - rest) == 0;
}

bool AddressGuard::MayConnect(std::string_view ip_address) const {
  const std::optional<Address> address = AddressRange::ParseAddress(ip_address);
  if (!address) return false;
  const Address judged = Judged(*address);
  return IsIn(allowed_, judged) || !IsIn(NotPublic(), judged);
}

}  // namespace cairn::net
