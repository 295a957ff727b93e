#include "server/search/duckdb_alike.h"

#include <string>
#include <vector>

#include "server/search/duckdb_inputs.h"

namespace cairn::search {
namespace {

// What many stacks have tells nothing; and ten frames that few have are enough to find their likes.
constexpr std::size_t kRareFrames = 10;
constexpr std::size_t kStacksMax = 2'000;  // That share any of them.
constexpr std::size_t kInputsOfOneSignature = 3;

// Whether the input with the number that stands in a column counts.
std::string IsInScope(const AlikeScope& scope, const std::string& number) {
  if (!scope.sets) return "true";
  std::string condition = "(false";
  for (const std::string& set : *scope.sets) condition += " OR set_has(" + set + ", " + number + ")";
  return condition + ")";
}

base::Result<std::vector<std::int64_t>> InputsOf(DuckConnection& connection, const std::string& catalog,
                                                 const AlikeScope& scope) {
  const std::vector<Value> parameters = {std::string(scope.signature)};
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query("SELECT input_id FROM " + catalog + ".signatures WHERE signature = ? AND " +
                           IsInScope(scope, "input_number") + " ORDER BY input_id LIMIT " +
                           std::to_string(kMaxInputsOfSignature),
                       parameters));
  std::vector<std::int64_t> inputs;
  while (rows.Next()) inputs.push_back(rows.Integer(0));
  return inputs;
}

// Temporary tables: `query_keys`, the frames of these inputs by the names that they have in any build, or by
// address where they have none; and `alike_stacks`, the stacks that share the rarest, with how much that
// says.
base::Status FindStacks(DuckConnection& connection, const std::string& catalog, const std::string& inputs) {
  return connection.Execute(
      "CREATE OR REPLACE TEMP TABLE query_keys AS SELECT DISTINCT coalesce(n.frame_id, -1 - a.address_id) AS "
      "id FROM (SELECT unnest(s.address_ids) AS address_id FROM " +
      catalog + ".signature_inputs i JOIN " + catalog + ".stacks s ON s.id = i.stack_id WHERE i.id IN (" +
      inputs + ")) a LEFT JOIN " + catalog +
      ".address_frames n ON n.address_id = a.address_id; "
      "CREATE OR REPLACE TEMP TABLE key_stacks AS SELECT DISTINCT n.frame_id AS id, p.stack_number FROM " +
      catalog + ".address_frames n JOIN " + catalog +
      ".postings p ON p.address_id = n.address_id WHERE n.frame_id IN (FROM query_keys) UNION ALL SELECT -1 "
      "- "
      "p.address_id, p.stack_number FROM " +
      catalog +
      ".postings p WHERE -1 - p.address_id IN (FROM query_keys); "
      "CREATE OR REPLACE TEMP TABLE alike_stacks AS SELECT k.stack_number, sum(1 / r.stacks) AS weight FROM "
      "key_stacks k JOIN (SELECT id, count(*) AS stacks FROM key_stacks GROUP BY id HAVING count(*) > 1 "
      "ORDER "
      "BY stacks, id LIMIT " +
      std::to_string(kRareFrames) +
      ") r ON r.id = k.id GROUP BY k.stack_number ORDER BY weight DESC, k.stack_number LIMIT " +
      std::to_string(kStacksMax));
}

}  // namespace

base::Result<AlikeInputs> FindAlikeIn(DuckConnection& connection, const DuckDbFile& dictionary,
                                      const AlikeScope& scope) {
  const std::string& catalog = dictionary.catalog;
  AlikeInputs found;
  ASSIGN_OR_RETURN(found.of_signature, InputsOf(connection, catalog, scope));
  if (found.of_signature.empty()) return found;
  RETURN_IF_ERROR(FindStacks(connection, catalog, JoinNumbers(found.of_signature)));
  const std::vector<Value> parameters = {std::string(scope.signature)};
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query("SELECT id FROM (SELECT i.id, a.weight, row_number() OVER (PARTITION BY s.signature "
                       "ORDER BY a.weight DESC, i.id) AS place FROM alike_stacks a JOIN " +
                           catalog + ".stacks t ON t.number = a.stack_number JOIN " + catalog +
                           ".signature_inputs i ON i.stack_id = t.id JOIN " + catalog +
                           ".signatures s ON s.input_id = i.id WHERE s.signature <> ? AND " +
                           IsInScope(scope, "i.number") +
                           ") WHERE place <= " + std::to_string(kInputsOfOneSignature) +
                           " ORDER BY weight DESC, id LIMIT " + std::to_string(kMaxAlikeInputs),
                       parameters));
  while (rows.Next()) found.of_others.push_back(rows.Integer(0));
  return found;
}

}  // namespace cairn::search
