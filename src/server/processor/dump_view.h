// DumpView looks into the JSON of a walked dump. What is not there, or of another type, is absent.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::processor {

class DumpView {
 public:
  // Text that is no JSON object is a dump that says nothing.
  explicit DumpView(std::string_view json);

  // Paths as in RFC 6901: "/crash_info/type".
  std::string Text(const char* path) const;
  std::optional<std::uint64_t> Number(const char* path) const;
  // The value's own JSON; empty if it is absent or null.
  std::string Json(const char* path) const;
  // Nothing to go through if it is no array.
  std::vector<simdjson::dom::element> Array(const char* path) const;

 private:
  std::optional<simdjson::dom::element> Find(const char* path) const;

  simdjson::dom::parser parser_;
  std::optional<simdjson::dom::element> root_;
};

// Of a value inside an array of the dump.
std::string TextAt(simdjson::dom::element element, std::string_view key);
bool TrueAt(simdjson::dom::element element, std::string_view key);

}  // namespace cairn::processor
