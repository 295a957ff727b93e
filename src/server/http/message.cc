#include "server/http/message.h"

#include <algorithm>

#include "base/json_writer.h"

namespace cairn::http {
namespace {

std::optional<unsigned> HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A' + 10);
  return std::nullopt;
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

bool Caller::Has(std::string_view permission) const {
  return std::find(permissions.begin(), permissions.end(), permission) != permissions.end();
}

bool Caller::Has(std::string_view permission, std::string_view product) const {
  if (Has(permission)) return true;
  const auto grant = grants.find(product);
  return grant != grants.end() &&
         std::find(grant->second.begin(), grant->second.end(), permission) != grant->second.end();
}

std::vector<std::string> Caller::ProductsWith(std::string_view permission) const {
  std::vector<std::string> products;
  for (const auto& [product, names] : grants) {
    if (std::find(names.begin(), names.end(), permission) != names.end()) products.push_back(product);
  }
  return products;
}

std::string_view Request::FindHeader(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

std::string Request::Path() const {
  if (segments.empty()) return "/";
  std::string path;
  for (const std::string& segment : segments) path += "/" + segment;
  return path;
}

Response TextResponse(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Response JsonResponse(int status, std::string json) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(json);
  return response;
}

Response ErrorResponse(int status, std::string_view message) {
  return JsonResponse(status, "{\"error\":" + base::QuoteJson(message) + "}");
}

std::optional<std::string> PercentDecode(std::string_view text, Plus plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::kSpace) {
      decoded += ' ';
    } else if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const std::optional<unsigned> high = HexDigit(text[i + 1]);
      const std::optional<unsigned> low = HexDigit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      decoded += static_cast<char>(*high << 4 | *low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::optional<QueryFields> ParseQuery(std::string_view query) {
  QueryFields fields;
  while (!query.empty()) {
    const std::string_view field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), field.size() + 1));
    if (field.empty()) continue;
    if (fields.size() == kMaxQueryFields) return std::nullopt;
    const std::size_t equals = std::min(field.find('='), field.size());
    std::optional<std::string> name = PercentDecode(field.substr(0, equals), Plus::kSpace);
    std::optional<std::string> value =
        PercentDecode(field.substr(std::min(equals + 1, field.size())), Plus::kSpace);
    if (!name || !value) return std::nullopt;
    fields.emplace_back(std::move(*name), std::move(*value));
  }
  return fields;
}

std::string_view FindQueryField(const QueryFields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &QueryFields::value_type::first);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::vector<std::string>> SplitPath(std::string_view path) {
  if (path.empty() || path.front() != '/') return std::nullopt;
  std::vector<std::string> segments;
  if (path == "/") return segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // The slash.
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    std::optional<std::string> decoded = PercentDecode(segment, Plus::kPlus);
    if (!decoded || HasControl(*decoded) || *decoded == "." || *decoded == "..") return std::nullopt;
    segments.push_back(std::move(*decoded));
  }
  return segments;
}

}  // namespace cairn::http
