#include "server/search/duckdb_retention.h"

#include <utility>

#include "server/search/duckdb_schema.h"
#include "server/search/week.h"

namespace cairn::search {
namespace {

// In how many pieces of the postings an address may lie, in the mean.
constexpr int kMaxPostingPieces = 4;

bool IsAbout(const RetentionRule& rule, const DuckDbCrashes::File& file) {
  return !rule.kind || *rule.kind == file.kind;
}

bool IsAboutAll(const RetentionRule& rule) { return rule.product.empty() && rule.rule.empty(); }

// Whether every crash of the file is to go, whatever it is.
bool CoverWholeFile(std::span<const RetentionRule> rules, const DuckDbCrashes::File& file) {
  for (const RetentionRule& rule : rules) {
    if (!IsAbout(rule, file)) continue;
    if (StartOfWeek(file.week + 1) > rule.before_ms) return false;
    if (IsAboutAll(rule)) return true;
  }
  return false;
}

// The rows of a file that are to go; an empty condition if there can be none.
DuckDbCrashes::Rows RowsOf(std::span<const RetentionRule> rules, const DuckDbCrashes::File& file) {
  DuckDbCrashes::Rows rows;
  bool any_is_old = false;
  std::string otherwise = "false";
  for (const RetentionRule& rule : rules) {
    if (!IsAbout(rule, file)) continue;
    any_is_old |= StartOfWeek(file.week) < rule.before_ms;
    if (IsAboutAll(rule)) {
      otherwise = "date_ms < ?";
      rows.parameters.emplace_back(rule.before_ms);
      break;
    }
    rows.condition += " WHEN true";
    if (!rule.product.empty()) {
      rows.condition += " AND product = ?";
      rows.parameters.emplace_back(rule.product);
    }
    if (!rule.rule.empty()) {
      rows.condition += " AND rule = ?";
      rows.parameters.emplace_back(rule.rule);
    }
    rows.condition += " THEN date_ms < ?";
    rows.parameters.emplace_back(rule.before_ms);
  }
  if (!any_is_old) return {};
  rows.condition = rows.condition.empty() ? "(" + otherwise + ")"
                                          : "(CASE" + rows.condition + " ELSE " + otherwise + " END)";
  return rows;
}

base::Result<std::uint64_t> RemoveRows(DuckDbCrashes& crashes, const DuckDbCrashes::File& file,
                                       const DuckDbCrashes::Rows& rows) {
  ASSIGN_OR_RETURN(const DuckDbCrashes::Share share, crashes.Count(file, rows));
  if (share.rows == share.all) {
    RETURN_IF_ERROR(crashes.Remove(file));
  } else if (share.rows > 0) {
    RETURN_IF_ERROR(crashes.RemoveRows(file, rows));
  }
  return static_cast<std::uint64_t>(share.rows);
}

// Tables of the numbers that crashes refer to, in the connection's temporary space.
base::Status FindLive(DuckConnection& connection, const std::string& dictionary,
                      std::span<const DuckDbCrashes::File> crash_files) {
  std::string inputs = "SELECT 0::BIGINT AS number WHERE false";
  std::string stacks = inputs;
  for (const DuckDbCrashes::File& file : crash_files) {
    const std::string from = " FROM " + file.file->catalog + ".crashes";
    inputs += " UNION ALL SELECT DISTINCT input_number" + from;
    stacks += " UNION ALL SELECT DISTINCT stack_number" + from +
              " UNION ALL SELECT DISTINCT unnest(thread_stack_numbers)" + from;
  }
  const std::string& d = dictionary;
  const std::string of_live = " FROM " + d + ".signature_inputs WHERE number IN (FROM live_inputs)";
  return connection.Execute(
      "CREATE OR REPLACE TEMP TABLE live_inputs AS SELECT DISTINCT number FROM (" + inputs +
      ") WHERE number IS NOT NULL; CREATE OR REPLACE TEMP TABLE live_stacks AS SELECT DISTINCT number FROM "
      "(" +
      stacks + " UNION ALL SELECT number FROM " + d + ".stacks WHERE id IN (SELECT stack_id" + of_live +
      " UNION ALL SELECT unnest(more_stack_ids)" + of_live +
      ")) WHERE number IS NOT NULL; CREATE OR REPLACE TEMP TABLE live_addresses AS SELECT DISTINCT "
      "address_id "
      "AS id FROM " +
      d + ".postings WHERE stack_number IN (FROM live_stacks)");
}

base::Status CopyLive(DuckConnection& connection, const std::string& from, const std::string& to) {
  const auto copy = [&](const std::string& table, const std::string& condition) {
    return "INSERT INTO " + to + "." + table + " SELECT * FROM " + from + "." + table + " WHERE " +
           condition + "; ";
  };
  return connection.Execute(
      copy("signature_inputs", "number IN (FROM live_inputs)") +
      copy("signatures", "input_number IN (FROM live_inputs)") +
      copy("signature_texts", "signature IN (SELECT signature FROM " + to + ".signatures)") +
      copy("past_signatures", "input_id IN (SELECT id FROM " + to + ".signature_inputs)") +
      copy("stacks", "number IN (FROM live_stacks)") +
      copy("postings", "stack_number IN (FROM live_stacks) ORDER BY address_id, stack_number") +
      copy("addresses", "id IN (FROM live_addresses)") +
      copy("address_frames", "address_id IN (FROM live_addresses)") +
      copy("frames", "id IN (SELECT frame_id FROM " + to + ".address_frames)"));
}

// Whether the dictionary has what no crash refers to, or its postings lie so that a search for an address
// reads most of them: it passes over those pieces of 122,880 rows that cannot have the address.
base::Result<bool> IsWorthSweeping(DuckConnection& connection, const std::string& d) {
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query(
          "SELECT (SELECT count(*) FROM " + d +
          ".signature_inputs WHERE number NOT IN (FROM live_inputs)) + (SELECT count(*) FROM " + d +
          ".stacks WHERE number NOT IN (FROM live_stacks)) > 0 OR (SELECT sum(last - first) > " +
          std::to_string(kMaxPostingPieces) +
          " * (max(last) - min(first)) FROM (SELECT min(address_id) AS first, max(address_id) AS "
          "last FROM " +
          d + ".postings GROUP BY rowid // 122880))"));
  return rows.Next() && rows.Integer(0) != 0;
}

}  // namespace

base::Status FindExpiredCrashes(DuckConnection& reader, const DuckDbCrashes::File& file,
                                std::span<const RetentionRule> rules, const ExpiredCrash& after,
                                std::size_t crashes_max, std::vector<ExpiredCrash>& found) {
  DuckDbCrashes::Rows rows = RowsOf(rules, file);
  if (rows.condition.empty()) return {};
  std::string sql =
      "SELECT date_ms, CAST(uuid AS VARCHAR) FROM " + file.file->catalog + ".crashes WHERE " + rows.condition;
  if (after.kind == file.kind && !after.uuid.empty()) {
    sql += " AND (date_ms > ? OR (date_ms = ? AND uuid > CAST(? AS UUID)))";
    rows.parameters.insert(rows.parameters.end(), {after.date_ms, after.date_ms, after.uuid});
  }
  sql += " ORDER BY date_ms, uuid LIMIT " + std::to_string(crashes_max - found.size());
  ASSIGN_OR_RETURN(DuckRows expired, reader.Query(sql, rows.parameters));
  while (expired.Next()) found.push_back({file.kind, expired.Integer(0), expired.Text(1)});
  return {};
}

base::Result<std::uint64_t> ExpireCrashes(DuckDbCrashes& crashes, const DuckDbCrashes::File& file,
                                          std::span<const RetentionRule> rules) {
  const DuckDbCrashes::Rows rows = RowsOf(rules, file);
  if (rows.condition.empty()) return std::uint64_t{0};
  if (CoverWholeFile(rules, file)) {
    ASSIGN_OR_RETURN(const DuckDbCrashes::Share share, crashes.Count(file, {"true", {}}));
    RETURN_IF_ERROR(crashes.Remove(file));
    return static_cast<std::uint64_t>(share.all);
  }
  return RemoveRows(crashes, file, rows);
}

base::Result<std::uint64_t> RemoveCrashes(DuckDbCrashes& crashes, const DuckDbCrashes::File& file,
                                          const std::string& comma_separated_uuids) {
  return RemoveRows(crashes, file,
                    {"uuid IN (SELECT CAST(unnest(string_split(?, ',')) AS UUID))", {comma_separated_uuids}});
}

base::Result<DuckDbFileRef> SweepDictionary(DuckDbFiles& files, DuckConnection& connection,
                                            DuckDbFileRef dictionary,
                                            std::span<const DuckDbCrashes::File> crash_files) {
  const std::string& from = dictionary->catalog;
  RETURN_IF_ERROR(FindLive(connection, from, crash_files));
  ASSIGN_OR_RETURN(const bool is_worth_it, IsWorthSweeping(connection, from));
  DuckDbFileRef swept = dictionary;
  if (is_worth_it) {
    const std::string to(DuckDbFiles::kUnfinished);
    const auto fill = [&](DuckConnection& writer) -> base::Status {
      RETURN_IF_ERROR(writer.Execute(DictionarySchema(to)));
      return CopyLive(writer, from, to);
    };
    ASSIGN_OR_RETURN(swept, files.Replace(dictionary, fill));
  }
  RETURN_IF_ERROR(
      connection.Execute("DROP TABLE live_inputs; DROP TABLE live_stacks; DROP TABLE live_addresses"));
  return swept;
}

}  // namespace cairn::search
