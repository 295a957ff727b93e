// Schema is a JSON Schema, compiled once and then asked about many documents.
//
// Drafts 4, 6 and 7 of json-schema.org. `format`, titles and what no draft knows are passed over, as those
// drafts allow; a `$ref` may point into the same schema only. Where a document repeats a key, the last one
// counts: real pings do that. Patterns are run by RE2, in time linear in the text, whatever the text is.
// A Schema never changes once it is compiled, so that any number of threads may ask one at once.
#pragma once

#include <simdjson.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cairn::json_schema {

inline constexpr std::size_t kMaxSchemaBytes = 16 << 20;  // The largest of Mozilla's has 2 MB.
inline constexpr std::size_t kMaxSchemaNodes = 200'000;
inline constexpr int kMaxSchemaDepth = 256;    // Of a schema in itself.
inline constexpr int kMaxDocumentDepth = 512;  // Of schemas within schemas while a document is checked.

// What is wrong, and where.
struct Problem {
  std::string pointer;  // RFC 6901: "/payload/crashDate"; empty is the whole document.
  std::string reason;   // "must be a string"
};

class Schema {
 public:
  // The problem's pointer is one into the schema.
  static std::variant<Schema, Problem> Compile(std::string_view text);

  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  // The first problem that is found; nothing if the document is as the schema wants it.
  std::optional<Problem> Check(simdjson::dom::element document) const;

 private:
  struct Compiled;
  explicit Schema(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace cairn::json_schema
