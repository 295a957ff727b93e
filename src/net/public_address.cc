#include "net/public_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace cairn::net {
namespace {

struct Network {
  const char* address;
  unsigned bits;  // Of the address that all of the network have in common.
};

// IANA's registries of special-purpose addresses.
constexpr Network kNotPublicV4[] = {
    {"0.0.0.0", 8},     {"10.0.0.0", 8},      {"100.64.0.0", 10},  {"127.0.0.0", 8},    {"169.254.0.0", 16},
    {"172.16.0.0", 12}, {"192.0.0.0", 24},    {"192.0.2.0", 24},   {"192.88.99.0", 24}, {"192.168.0.0", 16},
    {"198.18.0.0", 15}, {"198.51.100.0", 24}, {"203.0.113.0", 24}, {"224.0.0.0", 4},    {"240.0.0.0", 4},
};
// Of version 6 only 2000::/3 is given out to the public; these are exceptions in it.
constexpr Network kGivenOutV6 = {"2000::", 3};
constexpr Network kNotPublicV6[] = {{"2001::", 23}, {"2001:db8::", 32}, {"3fff::", 20}};

// An IPv4 address in one of version 6, and where.
struct Embedded {
  Network network;
  std::size_t offset;
};
constexpr Embedded kEmbedded[] = {{{"::ffff:0:0", 96}, 12}, {{"64:ff9b::", 96}, 12}, {{"2002::", 16}, 2}};

bool IsIn(std::span<const std::uint8_t> address, const Network& network) {
  std::array<std::uint8_t, 16> start{};
  if (inet_pton(address.size() == 4 ? AF_INET : AF_INET6, network.address, start.data()) != 1) return false;
  for (unsigned bit = 0; bit < network.bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if (((address[bit / 8] ^ start[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

bool IsPublicV4(std::span<const std::uint8_t> address) {
  return std::ranges::none_of(kNotPublicV4, [&](const Network& network) { return IsIn(address, network); });
}

bool IsPublicV6(std::span<const std::uint8_t> address) {
  for (const Embedded& embedded : kEmbedded) {
    if (IsIn(address, embedded.network)) return IsPublicV4(address.subspan(embedded.offset, 4));
  }
  return IsIn(address, kGivenOutV6) &&
         std::ranges::none_of(kNotPublicV6, [&](const Network& network) { return IsIn(address, network); });
}

}  // namespace

bool IsPublicAddress(std::string_view ip_address) {
  const std::string text(ip_address.substr(0, ip_address.find('%')));  // Behind it stands an interface.
  std::array<std::uint8_t, 16> address{};
  if (inet_pton(AF_INET, text.c_str(), address.data()) == 1) return IsPublicV4(std::span(address).first(4));
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return IsPublicV6(address);
  return false;
}

}  // namespace cairn::net
