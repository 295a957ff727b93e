#include "server/search/duckdb_columns.h"

#include <array>
#include <string_view>

#include "server/search/duckdb_schema.h"

namespace cairn::search {
namespace {

struct OwnColumn {
  std::string_view expression;
  bool needs_signatures = false;
};

// The server's own fields, in the order of FieldId.
constexpr std::array<OwnColumn, static_cast<std::size_t>(FieldId::kFirstOfRegistry)> kOwnColumns = {{
    {"CAST(c.uuid AS VARCHAR)"},
    {"c.kind"},
    {"c.date_ms"},
    {"s.signature", true},
    {"s.proto_signature", true},
    {"c.product"},
    {"c.version"},
    {"c.release_channel"},
    {"c.build_id"},
    {"c.process_type"},
    {"c.platform"},
    {"c.platform_version"},
    {"c.cpu_arch"},
    {"c.reason"},
    {"c.address"},
    {"c.minidump_sha256_hash"},
    {"s.signature_group", true},
    // Groups by place have an offset (analysis/signature/group.h), those by name have none.
    {"CASE WHEN contains(s.signature_group, '+0x') THEN concat(s.signature, ' [', s.signature_group, ']') "
     "ELSE s.signature END",
     true},
    {"CAST(NULL AS VARCHAR)"},  // A condition alone: duckdb_stacks.h.
    {"nullif(c.client, 0)"},
}};

}  // namespace

FieldColumn ColumnOf(FieldId field) {
  if (field >= FieldId::kFirstOfRegistry) return {"c." + AnnotationColumnOf(FieldOf(field)), false, false};
  const OwnColumn& own = kOwnColumns[static_cast<std::size_t>(field)];
  return {std::string(own.expression), own.needs_signatures, false};
}

FieldColumn ShownColumnOf(FieldId field) {
  if (field == FieldId::kSignature) return {"t.signature", false, true};
  return ColumnOf(field);
}

std::string NamesOf(std::string_view column) {
  return "string_split(" + std::string(column) + ", chr(10))[2:-2]";
}

}  // namespace cairn::search
