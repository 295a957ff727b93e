#include "apps/server_config.h"

#include <charconv>
#include <string_view>

#include "base/toml.h"

namespace cairn::apps {
namespace {

template <typename T, typename Target>
bool Take(const toml::node& node, Target& target) {
  const toml::value<T>* const value = node.as<T>();
  if (value != nullptr) target = value->get();
  return value != nullptr;
}

bool TakeTexts(const toml::node& node, std::vector<std::string>& texts) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) return false;
  texts.clear();
  for (const toml::node& element : *array) {
    std::string text;
    if (!Take<std::string>(element, text)) return false;
    texts.push_back(text);
  }
  return true;
}

// Whether the key is known and its value fits.
bool TakeKey(std::string_view key, const toml::node& node, ServerConfig& config) {
  if (key == "listen") return Take<std::string>(node, config.listen);
  if (key == "data") return Take<std::string>(node, config.data);
  if (key == "web") return Take<std::string>(node, config.web);
  if (key == "roles") return Take<std::string>(node, config.roles);
  if (key == "anonymous_permissions") return TakeTexts(node, config.anonymous_permissions);
  if (key == "symbols_public") return Take<bool>(node, config.symbols_public);
  if (key == "ping_schemas") return Take<std::string>(node, config.ping_schemas);
  if (key == "ping_namespaces") return TakeTexts(node, config.ping_namespaces);
  if (key == "insecure") return Take<bool>(node, config.insecure);
  if (key == "profile") return Take<std::string>(node, config.profile);
  if (key == "annotations") return Take<std::string>(node, config.annotations);
  if (key == "scrub_dumps") return Take<bool>(node, config.scrub_dumps);
  if (key == "rules") return Take<std::string>(node, config.rules);
  return false;
}

}  // namespace

std::string ReadServerConfig(const std::string& path, ServerConfig& config) {
  const toml::parse_result parsed = toml::parse_file(path);
  if (!parsed) {
    return path + ": line " + std::to_string(parsed.error().source().begin.line) + ": " +
           std::string(parsed.error().description());
  }
  for (const auto& [key, node] : parsed.table()) {
    if (TakeKey(key.str(), node, config)) continue;
    return path + ": line " + std::to_string(node.source().begin.line) + ": " + std::string(key.str()) +
           ": unknown key, or a value of another type";
  }
  return {};
}

std::optional<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(colon + 1);
  ListenAddress address{std::string(host)};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return address;
}

}  // namespace cairn::apps
