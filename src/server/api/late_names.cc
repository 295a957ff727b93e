#include "server/api/late_names.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/hex.h"

namespace cairn::api {
namespace {

namespace dom = simdjson::dom;

std::string_view TextAt(dom::object object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::optional<std::uint64_t> AddressAt(dom::object object, std::string_view key) {
  const std::string_view text = TextAt(object, key);
  if (!text.starts_with("0x")) return std::nullopt;
  return base::ParseHex(text.substr(2));
}

// Of a frame or a module.
bool LacksSymbols(dom::object object) {
  bool missing = false;
  return object["missing_symbols"].get(missing) == simdjson::SUCCESS && missing;
}

// A frame to which symbols gave nothing, because there were none.
bool IsNameless(dom::object frame) { return LacksSymbols(frame) && TextAt(frame, "function").empty(); }

// The module that holds an address, or the end.
template <typename Modules>
auto FindModule(Modules& modules, std::uint64_t address) {
  auto module = modules.upper_bound(address);
  if (module == modules.begin()) return modules.end();
  --module;
  return address < module->second.end ? module : modules.end();
}

}  // namespace

LateNames LateNames::Of(dom::element dump, const FindNames& find) {
  LateNames late;
  dom::array modules;
  if (!find || dump["modules"].get(modules) != simdjson::SUCCESS) return late;
  for (const dom::element element : modules) {
    dom::object module;
    if (element.get(module) != simdjson::SUCCESS || !LacksSymbols(module)) continue;
    const std::optional<std::uint64_t> base = AddressAt(module, "base_addr");
    const std::optional<std::uint64_t> end = AddressAt(module, "end_addr");
    const std::string_view debug_id = TextAt(module, "debug_id");
    if (!base || !end || debug_id.empty()) continue;
    Module& row = late.modules_[*base];
    row.end = *end;
    row.debug_file = TextAt(module, "debug_file");
    row.debug_id = debug_id;
  }
  if (late.modules_.empty()) return late;
  // The crashed thread stands twice, and is named first.
  late.Collect(dump["crashing_thread"]["frames"]);
  dom::array threads;
  if (dump["threads"].get(threads) == simdjson::SUCCESS) {
    for (const dom::element thread : threads) late.Collect(thread["frames"]);
  }
  if (late.order_.size() > kMaxLateModules) late.order_.resize(kMaxLateModules);
  for (const Modules::iterator place : late.order_) {
    Module& module = place->second;
    const std::shared_ptr<const symbolication::ModuleNames> names = find(module.debug_file, module.debug_id);
    if (names == nullptr) continue;
    std::ranges::sort(module.offsets);
    const auto repeated = std::ranges::unique(module.offsets);
    module.offsets.erase(repeated.begin(), repeated.end());
    module.named = names->Name(module.offsets);
    module.has_symbols = true;
  }
  std::erase_if(late.modules_, [](const auto& module) { return !module.second.has_symbols; });
  late.order_.clear();
  return late;
}

void LateNames::Collect(simdjson::simdjson_result<dom::element> frames) {
  dom::array array;
  if (frames.get(array) != simdjson::SUCCESS) return;
  for (const dom::element element : array) {
    dom::object frame;
    if (element.get(frame) != simdjson::SUCCESS || !IsNameless(frame)) continue;
    const std::optional<std::uint64_t> address = AddressAt(frame, "offset");
    const auto module = address ? FindModule(modules_, *address) : modules_.end();
    if (module == modules_.end() || address_count_ == kMaxLateAddresses) continue;
    ++address_count_;
    if (module->second.offsets.empty()) order_.push_back(module);
    module->second.offsets.push_back({*address - module->first});
  }
}

LateNames::Found LateNames::Find(dom::object object) const {
  Found found;
  if (!LacksSymbols(object)) return found;
  const std::optional<std::uint64_t> base = AddressAt(object, "base_addr");
  if (base) {
    found.has_symbols = found.is_module = modules_.contains(*base);
    return found;
  }
  const std::optional<std::uint64_t> address = AddressAt(object, "offset");
  const auto place = address ? FindModule(modules_, *address) : modules_.end();
  if (place == modules_.end()) return found;
  const Module& module = place->second;
  found.has_symbols = true;
  const model::ModuleOffset offset{*address - place->first};
  const auto known = std::ranges::lower_bound(module.offsets, offset);
  if (!IsNameless(object) || known == module.offsets.end() || *known != offset) return found;
  const symbolication::NamedAddress& name =
      module.named.addresses[static_cast<std::size_t>(known - module.offsets.begin())];
  if (!name.is_known()) return found;
  found.name = &name;
  return found;
}

}  // namespace cairn::api
