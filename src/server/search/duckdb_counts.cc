#include "server/search/duckdb_counts.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <utility>

namespace cairn::search {
namespace {

// A temporary table `counted_stacks` (stack_number, n) of all stacks of the selection.
base::Status CountEach(DuckConnection& connection, const CrashSelection& selection, ThreadScope scope) {
  Statement crashing = SelectCrashes(
      {.expressions = "c.stack_number, count(*) AS n", .behind = {" GROUP BY c.stack_number", {}}},
      selection);
  std::string sql = "SELECT stack_number, n FROM (" + crashing.sql + ") WHERE stack_number IS NOT NULL";
  std::vector<Value> parameters = std::move(crashing.parameters);
  if (scope == ThreadScope::kAnyThread) {
    const Statement others =
        SelectCrashes({.expressions = "unnest(c.thread_stack_numbers) AS stack_number"}, selection);
    sql = "SELECT stack_number, CAST(sum(n) AS BIGINT) AS n FROM (" + sql +
          " UNION ALL SELECT stack_number, count(*) AS n FROM (" + others.sql +
          ") GROUP BY stack_number) GROUP BY stack_number";
    parameters.insert(parameters.end(), others.parameters.begin(), others.parameters.end());
  }
  ASSIGN_OR_RETURN(const DuckRows done,
                   connection.Query("CREATE TEMP TABLE counted_stacks AS " + sql, parameters));
  return {};
}

}  // namespace

base::Result<StackCounts> CountStacksOf(DuckConnection& connection, const CrashSelection& selection,
                                        ThreadScope scope, std::size_t stacks_max) {
  RETURN_IF_ERROR(CountEach(connection, selection, scope));
  StackCounts counts;
  const std::string& d = selection.dictionary;
  ASSIGN_OR_RETURN(DuckRows total,
                   connection.Query("SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM counted_stacks JOIN " +
                                    d + ".stacks s ON s.number = stack_number WHERE len(s.address_ids) > 0"));
  if (total.Next()) counts.total = static_cast<std::uint64_t>(total.Integer(0));
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query(
          "SELECT x.rank, x.n, coalesce(f.function, ''), coalesce(a.module, ''), a.module_offset "
          "FROM (SELECT rank, n, unnest(address_ids) AS address_id, "
          "generate_subscripts(address_ids, 1) AS place FROM (SELECT row_number() OVER (ORDER BY n "
          "DESC, s.id) AS rank, n, s.address_ids FROM counted_stacks JOIN " +
          d + ".stacks s ON s.number = stack_number WHERE len(s.address_ids) > 0) WHERE rank <= " +
          std::to_string(stacks_max) + ") x JOIN " + d + ".addresses a ON a.id = x.address_id LEFT JOIN " +
          d + ".address_frames n ON n.address_id = a.id LEFT JOIN " + d +
          ".frames f ON f.id = n.frame_id ORDER BY x.rank, x.place, n.position"));
  std::int64_t rank = 0;
  while (rows.Next()) {
    if (rank != std::exchange(rank, rows.Integer(0)) || counts.stacks.empty()) {
      counts.stacks.push_back({static_cast<std::uint64_t>(rows.Integer(1)), {}});
    }
    counts.stacks.back().frames.push_back(
        {rows.Text(2), rows.Text(3), static_cast<std::uint64_t>(rows.Integer(4))});
  }
  return counts;
}

base::Result<std::vector<ModuleCount>> CountModulesOf(DuckConnection& connection,
                                                      const CrashSelection& selection) {
  RETURN_IF_ERROR(CountEach(connection, selection, ThreadScope::kCrashingThread));
  const std::string& d = selection.dictionary;
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query(
          "SELECT module, CAST(sum(n) AS BIGINT) AS crashes FROM (SELECT DISTINCT c.stack_number, c.n, "
          "a.module FROM counted_stacks c JOIN " +
          d + ".postings p ON p.stack_number = c.stack_number JOIN " + d +
          ".addresses a ON a.id = p.address_id WHERE a.module <> '') GROUP BY module ORDER BY "
          "crashes DESC, module LIMIT " +
          std::to_string(kMaxCountedModules)));
  std::vector<ModuleCount> modules;
  while (rows.Next()) modules.push_back({rows.Text(0), static_cast<std::uint64_t>(rows.Integer(1))});
  return modules;
}

}  // namespace cairn::search
