// The names of graphics adapters, by the numbers that crashes have of them.
//
//   GET /api/GraphicsDevices/?vendor_hex=0x10de&adapter_hex=0x1c03
//
// The lists belong together by their places; a vendor without an adapter stands alone. What has no name is
// left out, and all is where the list of names (pci_names.h) is not installed.
#pragma once

#include <vector>

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::size_t kMaxGraphicsDevices = 200;  // Of one answer.

void AddGraphicsDevicesRoutes(const ApiParts& parts, std::vector<http::Route>& routes);

}  // namespace cairn::api
