#include "server/search/duckdb_stacks.h"

#include <algorithm>
#include <cstdint>
#include <span>
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
  StackFinder(DuckConnection& connection, DuckDbFunctions& functions, const std::string& dictionary)
      : connection_(connection), functions_(functions), d_(dictionary) {}

  // The condition of crashes that the clause asks for.
  base::Result<std::string> Find(const StackClause& clause) {
    if (clause.steps.empty()) return Error{Code::kBadValue, 0, "a stack is searched by frames"};
    if (clause.steps.size() > kMaxStackSteps) return Error{Code::kLimitExceeded, kMaxStackSteps, "frames"};
    NumberSet stacks;
    if (clause.steps.size() == 1) {
      ASSIGN_OR_RETURN(const Statement frames, FramesOf(clause.steps[0]));
      ASSIGN_OR_RETURN(stacks, StacksWith(frames));
    } else {
      ASSIGN_OR_RETURN(stacks, InOrder(clause.steps));
    }
    return (clause.negated ? "NOT " : "") + CrashesWith(std::move(stacks), clause.scope);
  }

  // Crashes with a frame, of any thread, of a module of that debug id that has no names.
  base::Result<std::string> FindMissing(const Clause& clause) {
    if (clause.tests.empty()) return Error{Code::kBadValue, 0, "clause without tests"};
    std::string joined;
    for (const Test& test : clause.tests) {
      if (test.op == Operator::kIsAbsent)
        return Error{Code::kBadValue, 0, "a debug id is compared with a text"};
      ASSIGN_OR_RETURN(const Statement text, TextCondition(clause.field, "a.debug_id", test));
      ASSIGN_OR_RETURN(
          NumberSet stacks,
          Read({"SELECT stack_number FROM " + d_ + ".postings WHERE address_id IN (SELECT a.id FROM " + d_ +
                    ".addresses a WHERE " + text.sql + " AND a.id NOT IN (SELECT address_id FROM " + d_ +
                    ".address_frames))",
                text.parameters}));
      if (!joined.empty()) joined += clause.combine == Combine::kAllOf ? " AND " : " OR ";
      joined += CrashesWith(std::move(stacks), ThreadScope::kAnyThread);
    }
    return (clause.combine == Combine::kNoneOf ? "NOT (" : "(") + joined + ")";
  }

  std::vector<DuckDbFunctions::Shared> TakeSets() { return std::move(sets_); }

 private:
  base::Result<NumberSet> Read(const Statement& statement) {
    ASSIGN_OR_RETURN(DuckRows rows, connection_.Query(statement.sql, statement.parameters));
    return rows.ReadNumbers();
  }

  base::Result<NumberSet> StacksWith(const Statement& frames) {
    return Read({"SELECT stack_number FROM " + d_ +
                     ".postings WHERE address_id IN (SELECT address_id FROM (" + frames.sql + "))",
                 frames.parameters});
  }

  // Rows (address_id, position) of the frames that pass the step's tests.
  base::Result<Statement> FramesOf(const StackStep& step) {
    if (step.tests.empty()) return Error{Code::kBadValue, 0, "a frame is searched by a name or a place"};
    const bool has_names = AsksForNames(step);
    Statement content;
    if (has_names) {
      content.sql = "SELECT n.address_id, n.position FROM " + d_ + ".frames f JOIN " + d_ +
                    ".address_frames n ON n.frame_id = f.id";
      if (Has(step, FramePart::kOffset)) content.sql += " JOIN " + d_ + ".addresses a ON a.id = n.address_id";
    } else {
      content.sql = "SELECT a.id AS address_id, coalesce(n.position, 0) AS position FROM " + d_ +
                    ".addresses a LEFT JOIN " + d_ + ".address_frames n ON n.address_id = a.id";
    }
    content.sql += " WHERE true";
    for (const FrameTest& test : step.tests) {
      const Statement one = TestOf(test, has_names);
      content.sql += " AND " + one.sql;
      content.parameters.insert(content.parameters.end(), one.parameters.begin(), one.parameters.end());
    }
    if (Has(step, FramePart::kInlined)) {
      content.sql += " AND (n.address_id, n.position + 1) IN (SELECT address_id, position FROM " + d_ +
                     ".address_frames)";
    }
    return content;
  }

  base::Result<StepFrames> ReadFrames(const std::string& table) {
    StepFrames frames;
    ASSIGN_OR_RETURN(DuckRows rows, connection_.Query("SELECT DISTINCT address_id, position FROM " + table +
                                                      " ORDER BY address_id, position"));
    while (rows.Next()) frames[rows.Integer(0)].push_back(static_cast<std::uint32_t>(rows.Integer(1)));
    return frames;
  }

  // Of all addresses of the stacks that stand for more than one frame.
  base::Result<FrameCounts> ReadCounts(const std::string& stacks) {
    FrameCounts counts;
    ASSIGN_OR_RETURN(
        DuckRows rows,
        connection_.Query("SELECT address_id, count(*) FROM " + d_ +
                          ".address_frames WHERE address_id IN (SELECT unnest(address_ids) FROM " + d_ +
                          ".stacks WHERE set_has(" + stacks +
                          ", number)) GROUP BY address_id HAVING count(*) > 1"));
    while (rows.Next()) counts[rows.Integer(0)] = static_cast<std::uint32_t>(rows.Integer(1));
    return counts;
  }

  // The stacks that have the steps in order and near enough to each other: of those that have a frame of each
  // step, in whatever order.
  base::Result<NumberSet> InOrder(std::span<const StackStep> steps) {
    std::vector<StepFrames> frames;
    NumberSet stacks;
    for (const StackStep& step : steps) {
      const std::string table = "frames_" + std::to_string(tables_++);
      ASSIGN_OR_RETURN(const Statement content, FramesOf(step));
      ASSIGN_OR_RETURN(
          const DuckRows done,
          connection_.Query("CREATE TEMP TABLE " + table + " AS " + content.sql, content.parameters));
      ASSIGN_OR_RETURN(NumberSet with_it, StacksWith({"FROM " + table, {}}));
      if (frames.empty()) {
        stacks = std::move(with_it);
      } else {
        stacks.KeepThoseOf(with_it);
      }
      ASSIGN_OR_RETURN(StepFrames read, ReadFrames(table));
      frames.push_back(std::move(read));
    }
    const DuckDbFunctions::Shared candidates = functions_.Share(std::move(stacks));
    ASSIGN_OR_RETURN(const FrameCounts counts, ReadCounts(candidates.name()));
    NumberSet kept;
    std::int64_t after = -1;
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(
          DuckRows rows,
          connection_.Query("SELECT number, address_ids FROM " + d_ + ".stacks WHERE set_has(" +
                            candidates.name() + ", number) AND number > " + std::to_string(after) +
                            " ORDER BY number LIMIT " + std::to_string(kStacksAtOnce)));
      std::size_t read = 0;
      for (; rows.Next(); ++read) {
        after = rows.Integer(0);
        if (HasSteps(rows.Integers(1), steps, frames, counts)) kept.Add(after);
      }
      more = read == kStacksAtOnce;
    }
    return kept;
  }

  // The condition of crashes that have any of the stacks.
  std::string CrashesWith(NumberSet stacks, ThreadScope scope) {
    const std::string set = sets_.emplace_back(functions_.Share(std::move(stacks))).name();
    std::string condition = "(set_has(" + set + ", c.stack_number)";
    if (scope == ThreadScope::kAnyThread) condition += " OR set_has_any(" + set + ", c.thread_stack_numbers)";
    return condition + ")";
  }

  DuckConnection& connection_;
  DuckDbFunctions& functions_;
  const std::string& d_;  // The dictionary.
  std::vector<DuckDbFunctions::Shared> sets_;
  std::size_t tables_ = 0;
};

}  // namespace

base::Result<StackMatches> FindStacks(DuckConnection& connection, DuckDbFunctions& functions,
                                      const Query& query, const std::string& dictionary) {
  StackFinder finder(connection, functions, dictionary);
  StackMatches matches;
  const auto add = [&](const std::string& condition) {
    matches.condition += (matches.condition.empty() ? "" : " AND ") + condition;
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
  matches.sets = finder.TakeSets();
  return matches;
}

}  // namespace cairn::search
