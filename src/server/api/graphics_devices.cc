#include "server/api/graphics_devices.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "os/file.h"
#include "server/api/pci_names.h"
#include "server/api/search_request.h"

namespace cairn::api {
namespace {

constexpr std::size_t kMaxListBytes = std::size_t{16} << 20;  // Debian's has 1.3 MiB.

PciNames ReadNames(const std::string& path) {
  base::Result<std::string> text = os::ReadFile(path, kMaxListBytes);
  return text ? PciNames(*std::move(text)) : PciNames();
}

http::Response Answer(const PciNames& names, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> read = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  http::QueryFields& parameters = std::get<http::QueryFields>(read);
  const std::vector<std::string> vendors = TakeParameters(parameters, "vendor_hex");
  const std::vector<std::string> adapters = TakeParameters(parameters, "adapter_hex");
  if (vendors.empty()) return http::ErrorResponse(400, "The parameter vendor_hex is missing");
  if (vendors.size() > kMaxGraphicsDevices)
    return http::ErrorResponse(400, "More than " + std::to_string(kMaxGraphicsDevices) + " adapters");
  base::JsonWriter json;
  json.BeginObject();
  json.Key("hits");
  json.BeginArray();
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < vendors.size(); ++i) {
    const std::optional<std::uint16_t> vendor = ParsePciId(vendors[i]);
    const std::optional<std::uint16_t> adapter = i < adapters.size() ? ParsePciId(adapters[i]) : std::nullopt;
    const std::string_view vendor_name = vendor ? names.VendorName(*vendor) : std::string_view();
    if (vendor_name.empty()) continue;
    json.BeginObject();
    json.TextField("vendor_hex", vendors[i]);
    json.TextField("vendor_name", vendor_name);
    if (adapter) {
      json.TextField("adapter_hex", adapters[i]);
      const std::string_view name = names.DeviceName(*vendor, *adapter);
      if (!name.empty()) json.TextField("adapter_name", name);
    }
    json.EndObject();
    ++total;
  }
  json.EndArray();
  json.NumberField("total", total);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace

void AddGraphicsDevicesRoutes(const ApiParts& parts, std::vector<http::Route>& routes) {
  // Shared by the copies of the handler, of which each route has one.
  const auto names = std::make_shared<const PciNames>(ReadNames(parts.pci_ids_path));
  for (const char* const pattern : {"/api/GraphicsDevices/", "/api/GraphicsDevices"}) {
    routes.push_back({.method = "GET",
                      .pattern = pattern,
                      .permission = std::string(http::kAnybody),
                      .handler = [names](http::Request& request) { return Answer(*names, request); }});
  }
}

}  // namespace cairn::api
