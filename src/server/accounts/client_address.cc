#include "server/accounts/client_address.h"

#include <algorithm>
#include <string_view>

#include "base/hex.h"

namespace cairn::accounts {
namespace {

using Address = net::AddressRange::Address;

constexpr std::size_t kNetworkBytes = 8;

// ::ffff:0:0/96
bool IsOfIpv4(const Address& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](auto byte) { return byte == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "1.2.3.4", "1.2.3.4:567", "[::1]:567" or "::1".
std::optional<Address> ParseForwarded(std::string_view text) {
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  return net::AddressRange::ParseAddress(text);
}

// All such headers as one list, as RFC 9110, section 5.3, has it.
std::string ForwardedFor(const http::Request& request) {
  std::string list;
  for (const http::Header& header : request.headers) {
    if (header.name == "x-forwarded-for") list += (list.empty() ? "" : ",") + header.value;
  }
  return list;
}

}  // namespace

ClientAddress::ClientAddress(const http::Request& request, std::span<const net::AddressRange> trusted_proxies)
    : address_(net::AddressRange::ParseAddress(request.peer_address)) {
  if (trusted_proxies.empty()) return;
  const auto is_trusted = [&](const Address& address) {
    return std::ranges::any_of(trusted_proxies, [&](const auto& range) { return range.Contains(address); });
  };
  const std::string list = ForwardedFor(request);
  std::string_view rest = list;
  while (address_ && is_trusted(*address_) && !rest.empty()) {
    const std::size_t comma = rest.rfind(',');
    const std::string_view last = rest.substr(comma == std::string_view::npos ? 0 : comma + 1);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    const std::optional<Address> before = ParseForwarded(Trim(last));
    if (!before) return;  // What a proxy hides or garbles is the proxy's own.
    address_ = before;
  }
}

std::string ClientAddress::Key() const {
  if (!address_) return {};
  const std::span<const std::uint8_t> bytes(*address_);
  return base::BytesToHex(std::as_bytes(IsOfIpv4(*address_) ? bytes : bytes.first(kNetworkBytes)));
}

bool ClientAddress::IsLoopback() const {
  if (!address_) return false;
  if (IsOfIpv4(*address_)) return (*address_)[12] == 127;
  return std::all_of(address_->begin(), address_->end() - 1, [](auto byte) { return byte == 0; }) &&
         address_->back() == 1;
}

}  // namespace cairn::accounts
