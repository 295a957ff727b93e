// Any text as X-Forwarded-For: there is always an address, and a proxy that is not trusted changes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "server/accounts/client_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::http::Request request;
  request.peer_address = "127.0.0.1";
  const std::string plain = cairn::accounts::ClientAddress(request, {}).Key();
  request.headers.push_back(
      {"x-forwarded-for", std::string(static_cast<const char*>(static_cast<const void*>(data)), size)});
  const std::vector<cairn::net::AddressRange> trusted = {*cairn::net::AddressRange::Parse("127.0.0.0/8")};
  if (cairn::accounts::ClientAddress(request, trusted).Key().empty()) std::abort();
  if (cairn::accounts::ClientAddress(request, {}).Key() != plain) std::abort();
  return 0;
}
