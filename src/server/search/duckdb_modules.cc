#include "server/search/duckdb_modules.h"

#include <algorithm>
#include <string>

#include "server/search/value.h"

namespace cairn::search {

base::Result<std::vector<StackFrame>> AddressesIn(DuckConnection& connection, const DuckDbFile& dictionary,
                                                  const AddressQuestion& question) {
  const std::size_t count = std::clamp<std::size_t>(question.addresses_max, 1, kMaxAddressesPerPage);
  // Offsets are kept in the engine's signed numbers, and go through them in the order of unsigned ones.
  std::string which = "debug_id = ?";
  std::vector<Value> parameters = {question.debug_id};
  if (question.after) {
    which +=
        " AND (CAST(module_offset AS HUGEINT) + CASE WHEN module_offset < 0 THEN 18446744073709551616 ELSE 0 "
        "END, module) > (" +
        std::to_string(question.after->module_offset) + "::HUGEINT, ?)";
    parameters.emplace_back(question.after->module);
  }
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query("SELECT module, module_offset FROM " + dictionary.catalog + ".addresses WHERE " +
                           which + " ORDER BY module_offset < 0, module_offset, module LIMIT " +
                           std::to_string(count),
                       parameters));
  std::vector<StackFrame> addresses;
  while (rows.Next()) {
    addresses.push_back({.module = rows.Text(0),
                         .debug_id = question.debug_id,
                         .module_offset = static_cast<std::uint64_t>(rows.Integer(1)),
                         .names = {}});
  }
  return addresses;
}

base::Result<std::vector<std::int64_t>> InputsIn(DuckConnection& connection, const DuckDbFile& dictionary,
                                                 std::string_view debug_id) {
  const std::string& catalog = dictionary.catalog;
  const Value parameter = std::string(debug_id);
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query(
          "WITH with_it AS (SELECT id FROM " + catalog +
              ".stacks WHERE number IN (SELECT stack_number FROM " + catalog +
              ".postings WHERE address_id IN (SELECT id FROM " + catalog +
              ".addresses WHERE debug_id = ?))) SELECT id FROM " + catalog +
              ".signature_inputs WHERE stack_id IN (FROM with_it) UNION SELECT id FROM (SELECT id, "
              "unnest(more_stack_ids) AS stack_id FROM " +
              catalog + ".signature_inputs) WHERE stack_id IN (FROM with_it) ORDER BY 1",
          std::span(&parameter, 1)));
  std::vector<std::int64_t> inputs;
  while (rows.Next()) inputs.push_back(rows.Integer(0));
  return inputs;
}

}  // namespace cairn::search
