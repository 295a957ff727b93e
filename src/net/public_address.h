// Which addresses belong to the public internet: those that a server may be sent to by somebody else's words.
#pragma once

#include <string_view>

namespace cairn::net {

// Whether an IPv4 or IPv6 address in its usual text is one that anybody may reach: not of this machine, of a
// private or local network, for documentation, for many receivers or reserved (RFC 6890 and what followed),
// and not one of these behind an IPv4-mapped, NAT64 or 6to4 address. What is no address is not public.
bool IsPublicAddress(std::string_view ip_address);

}  // namespace cairn::net
