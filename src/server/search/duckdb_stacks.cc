#include "server/search/duckdb_stacks.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "server/search/duckdb_condition.h"
#include "server/search/stack_match.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

// Stacks whose order is looked at, at once: each takes about 300 bytes.
constexpr std::size_t kStacksAtOnce = 100'000;
// Crashes that are named by their rows from then on: whoever reads them passes over all other rows.
constexpr std::size_t kFewCrashes = 2'000;

std::string Numbered(std::string_view name, std::size_t number) {
  return std::string(name) + "_" + std::to_string(number);
}

// A step's tests that are of names, and those that are of places.
bool IsOfNames(FramePart part) {
  return part == FramePart::kFunction || part == FramePart::kInlined || part == FramePart::kFile;
}
bool AsksForNames(const StackStep& step) {
  for (const FrameTest& test : step.tests) {
    if (IsOfNames(test.part)) return true;
  }
  return false;
}
bool Has(const StackStep& step, FramePart part) {
  for (const FrameTest& test : step.tests) {
    if (test.part == part) return true;
  }
  return false;
}

std::string TextTest(const std::string& column, FrameOperator op) {
  switch (op) {
    case FrameOperator::kEquals: return column + " = ?";
    case FrameOperator::kContains: return "contains(" + column + ", ?)";
    default: return "regexp_full_match(" + column + ", ?)";
  }
}

// Over frames f, their places n and addresses a. Letter case of modules does not count: Windows has none.
Statement TestOf(const FrameTest& test, bool has_names) {
  switch (test.part) {
    case FramePart::kOffset: return {"a.module_offset = ?", {static_cast<std::int64_t>(test.offset)}};
    case FramePart::kFile: return {TextTest("f.file", test.op), {test.text}};
    case FramePart::kModule: {
      const std::string column = has_names ? "f.module" : "a.module";
      if (test.op == FrameOperator::kRegex) return {TextTest(column, test.op), {"(?i)" + test.text}};
      std::string sql = TextTest("lower(" + column + ")", test.op);
      sql.replace(sql.rfind('?'), 1, "lower(?)");
      return {std::move(sql), {test.text}};
    }
    case FramePart::kInlined:
    case FramePart::kFunction: break;
  }
  return {TextTest("f.function", test.op), {test.text}};
}

class StackFinder {
 public:
  StackFinder(DuckConnection& connection, const StackSources& sources)
      : connection_(connection), sources_(sources) {}

  // The condition of crashes that the clause asks for.
  base::Result<std::string> Find(const StackClause& clause) {
    if (clause.steps.empty()) return Error{Code::kBadValue, 0, "a stack is searched by frames"};
    if (clause.steps.size() > kMaxStackSteps) return Error{Code::kLimitExceeded, kMaxStackSteps, "frames"};
    std::vector<std::string> steps;
    for (const StackStep& step : clause.steps) {
      ASSIGN_OR_RETURN(std::string table, FindFrames(step));
      steps.push_back(std::move(table));
    }
    const std::string stacks = Numbered("stacks", tables_++);
    RETURN_IF_ERROR(FindCandidates(steps, stacks));
    if (steps.size() > 1) RETURN_IF_ERROR(KeepOrdered(clause.steps, steps, stacks));
    ASSIGN_OR_RETURN(const std::string condition, CrashesWith(stacks, clause.scope));
    return (clause.negated ? "NOT " : "") + condition;
  }

  // Crashes with a frame, of any thread, of a module of that debug id that has no names.
  base::Result<std::string> FindMissing(const Clause& clause) {
    if (clause.tests.empty()) return Error{Code::kBadValue, 0, "clause without tests"};
    std::string joined;
    for (const Test& test : clause.tests) {
      if (test.op == Operator::kIsAbsent)
        return Error{Code::kBadValue, 0, "a debug id is compared with a text"};
      ASSIGN_OR_RETURN(const Statement text, TextCondition(clause.field, "a.debug_id", test));
      const std::string stacks = Numbered("stacks", tables_++);
      RETURN_IF_ERROR(
          Create(stacks, {"SELECT DISTINCT stack_id AS id FROM " + sources_.dictionary +
                              ".postings WHERE address_id IN (SELECT a.id FROM " + sources_.dictionary +
                              ".addresses a WHERE " + text.sql + " AND a.id NOT IN (SELECT address_id FROM " +
                              sources_.dictionary + ".address_frames))",
                          text.parameters}));
      ASSIGN_OR_RETURN(const std::string condition, CrashesWith(stacks, ThreadScope::kAnyThread));
      if (!joined.empty()) joined += clause.combine == Combine::kAllOf ? " AND " : " OR ";
      joined += condition;
    }
    return (clause.combine == Combine::kNoneOf ? "NOT (" : "(") + joined + ")";
  }

  // How many tables of crashes' keys there are, and the last one.
  std::size_t crash_tables() const { return crash_tables_; }
  const std::string& last_crashes() const { return last_crashes_; }

 private:
  base::Status Create(const std::string& table, const Statement& content) {
    ASSIGN_OR_RETURN(
        const DuckRows done,
        connection_.Query("CREATE TEMP TABLE " + table + " AS " + content.sql, content.parameters));
    return {};
  }

  // A table (address_id, position) of the frames that pass the step's tests.
  base::Result<std::string> FindFrames(const StackStep& step) {
    if (step.tests.empty()) return Error{Code::kBadValue, 0, "a frame is searched by a name or a place"};
    const std::string& d = sources_.dictionary;
    const bool has_names = AsksForNames(step);
    Statement content;
    if (has_names) {
      content.sql = "SELECT n.address_id, n.position FROM " + d + ".frames f JOIN " + d +
                    ".address_frames n ON n.frame_id = f.id";
      if (Has(step, FramePart::kOffset)) content.sql += " JOIN " + d + ".addresses a ON a.id = n.address_id";
    } else {
      content.sql = "SELECT a.id AS address_id, coalesce(n.position, 0) AS position FROM " + d +
                    ".addresses a LEFT JOIN " + d + ".address_frames n ON n.address_id = a.id";
    }
    content.sql += " WHERE true";
    for (const FrameTest& test : step.tests) {
      const Statement one = TestOf(test, has_names);
      content.sql += " AND coalesce(" + one.sql + ", false)";
      content.parameters.insert(content.parameters.end(), one.parameters.begin(), one.parameters.end());
    }
    if (Has(step, FramePart::kInlined)) {
      content.sql += " AND (n.address_id, n.position + 1) IN (SELECT address_id, position FROM " + d +
                     ".address_frames)";
    }
    std::string table = Numbered("frames", tables_++);
    RETURN_IF_ERROR(Create(table, content));
    return table;
  }

  // The stacks that have a frame of each step, in whatever order.
  base::Status FindCandidates(std::span<const std::string> steps, const std::string& stacks) {
    Statement content;
    for (const std::string& step : steps) {
      if (!content.sql.empty()) content.sql += " INTERSECT ";
      content.sql += "SELECT DISTINCT stack_id AS id FROM " + sources_.dictionary +
                     ".postings WHERE address_id IN (SELECT address_id FROM " + step + ")";
    }
    return Create(stacks, content);
  }

  base::Result<StepFrames> ReadFrames(const std::string& table) {
    StepFrames frames;
    ASSIGN_OR_RETURN(DuckRows rows, connection_.Query("SELECT DISTINCT address_id, position FROM " + table +
                                                      " ORDER BY address_id, position"));
    while (rows.Next()) frames[rows.Integer(0)].push_back(static_cast<std::uint32_t>(rows.Integer(1)));
    return frames;
  }

  // Of all addresses of the candidates that stand for more than one frame.
  base::Result<FrameCounts> ReadCounts(const std::string& stacks) {
    const std::string& d = sources_.dictionary;
    FrameCounts counts;
    ASSIGN_OR_RETURN(DuckRows rows,
                     connection_.Query("SELECT address_id, count(*) FROM " + d +
                                       ".address_frames WHERE address_id IN (SELECT address_id FROM " + d +
                                       ".postings WHERE stack_id IN (SELECT id FROM " + stacks +
                                       ")) GROUP BY address_id HAVING count(*) > 1"));
    while (rows.Next()) counts[rows.Integer(0)] = static_cast<std::uint32_t>(rows.Integer(1));
    return counts;
  }

  // Leaves those stacks that have the steps in order and near enough to each other.
  base::Status KeepOrdered(std::span<const StackStep> steps, std::span<const std::string> tables,
                           const std::string& stacks) {
    std::vector<StepFrames> frames;
    for (const std::string& table : tables) {
      ASSIGN_OR_RETURN(StepFrames read, ReadFrames(table));
      frames.push_back(std::move(read));
    }
    ASSIGN_OR_RETURN(const FrameCounts counts, ReadCounts(stacks));
    std::vector<std::int64_t> kept;
    std::int64_t after = INT64_MIN;
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(
          DuckRows rows,
          connection_.Query("SELECT s.id, s.address_ids FROM " + sources_.dictionary +
                            ".stacks s WHERE s.id IN (SELECT id FROM " + stacks + ") AND s.id > " +
                            std::to_string(after) + " ORDER BY s.id LIMIT " + std::to_string(kStacksAtOnce)));
      std::size_t read = 0;
      for (; rows.Next(); ++read) {
        after = rows.Integer(0);
        if (HasSteps(rows.Integers(1), steps, frames, counts)) kept.push_back(after);
      }
      more = read == kStacksAtOnce;
    }
    RETURN_IF_ERROR(connection_.Execute("DELETE FROM " + stacks));
    ASSIGN_OR_RETURN(const DuckRows done,
                     connection_.QueryWithList("INSERT INTO " + stacks + " SELECT unnest(?)", kept));
    return {};
  }

  // The keys of the crashes that have any of the stacks, as a condition. Other threads are unrolled rather
  // than compared list by list: many stacks have a system's frames, and a list is compared slowly.
  base::Result<std::string> CrashesWith(const std::string& stacks, ThreadScope scope) {
    const std::string crashes = Numbered("crashes", tables_++);
    const std::string in_window = " WHERE c.date_ms >= ? AND c.date_ms < ? AND ";
    const std::vector<Value> window = {sources_.window.from_ms, sources_.window.to_ms};
    Statement content{"SELECT c.key FROM " + CrashSource(sources_.parts, "c.key, c.stack_id, c.date_ms") +
                          in_window + "c.stack_id IN (SELECT id FROM " + stacks + ")",
                      window};
    if (scope == ThreadScope::kAnyThread) {
      content.sql += " UNION SELECT key FROM (SELECT c.key, unnest(c.thread_stack_ids) AS stack_id FROM " +
                     CrashSource(sources_.parts, "c.key, c.thread_stack_ids, c.date_ms") + in_window +
                     "c.thread_stack_ids IS NOT NULL) WHERE stack_id IN (SELECT id FROM " + stacks + ")";
      content.parameters.insert(content.parameters.end(), window.begin(), window.end());
    }
    RETURN_IF_ERROR(Create(crashes, content));
    last_crashes_ = crashes;
    ++crash_tables_;
    return "(c.key IN (SELECT key FROM " + crashes + "))";
  }

  DuckConnection& connection_;
  const StackSources& sources_;
  std::size_t tables_ = 0;
  std::size_t crash_tables_ = 0;
  std::string last_crashes_;
};

// The parts that have any of the crashes that the statement gives the keys of, each with those rows alone;
// nothing if they are too many to be named one by one.
base::Result<std::optional<std::vector<CrashPart>>> FewOf(DuckConnection& connection,
                                                          const StackSources& sources,
                                                          const Statement& keys) {
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection.Query(keys.sql + " LIMIT " + std::to_string(kFewCrashes + 1), keys.parameters));
  std::map<std::int64_t, std::string> rows_of_part;
  std::size_t count = 0;
  for (; rows.Next(); ++count) {
    const CrashPlace place = PlaceOf(rows.Integer(0));
    std::string& list = rows_of_part[place.part];
    list += (list.empty() ? "" : ", ") + std::to_string(place.row);
  }
  if (count > kFewCrashes) return std::optional<std::vector<CrashPart>>();
  std::vector<CrashPart> parts;
  for (const CrashPart& part : sources.parts) {
    const auto found = rows_of_part.find(part.number);
    if (found == rows_of_part.end()) continue;
    parts.push_back(part);
    parts.back().rows = "rowid IN (" + found->second + ")";
  }
  return std::optional(std::move(parts));
}

}  // namespace

base::Result<StackMatches> FindStacks(DuckConnection& connection, const Query& query,
                                      const StackSources& sources) {
  StackFinder finder(connection, sources);
  StackMatches matches;
  const auto add = [&](const std::string& condition) {
    matches.condition += (matches.has_clauses ? " AND " : "") + condition;
    matches.has_clauses = true;
  };
  for (const StackClause& clause : query.stacks) {
    ASSIGN_OR_RETURN(const std::string condition, finder.Find(clause));
    add(condition);
  }
  for (const Clause& clause : query.clauses) {
    if (clause.field != FieldId::kMissingDebugId) continue;
    ASSIGN_OR_RETURN(const std::string condition, finder.FindMissing(clause));
    add(condition);
  }
  if (!matches.has_clauses) return matches;
  Statement keys{"SELECT c.key FROM " + CrashSource(sources.parts, "c.key, c.date_ms") +
                     " WHERE c.date_ms >= ? AND c.date_ms < ? AND " + matches.condition,
                 {sources.window.from_ms, sources.window.to_ms}};
  // What was found for the only clause are the crashes.
  const bool is_plain = query.stacks.size() == 1 && !query.stacks[0].negated && finder.crash_tables() == 1;
  if (is_plain) keys = {"SELECT key FROM " + finder.last_crashes(), {}};
  ASSIGN_OR_RETURN(matches.parts, FewOf(connection, sources, keys));
  return matches;
}

}  // namespace cairn::search
