#include "server/search/duckdb_sql.h"

#include <array>
#include <string_view>
#include <utility>

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

struct Column {
  FieldId field;
  std::string_view expression;
  bool needs_signatures = false;  // Lies in the dictionary's table s, not in the crash row c.
};

// In the order of FieldId.
constexpr std::array<Column, 16> kColumns = {{
    {FieldId::kUuid, "CAST(c.uuid AS VARCHAR)"},
    {FieldId::kKind, "c.kind"},
    {FieldId::kDate, "c.date_ms"},
    {FieldId::kSignature, "s.signature", true},
    {FieldId::kProtoSignature, "s.proto_signature", true},
    {FieldId::kProduct, "c.product"},
    {FieldId::kVersion, "c.version"},
    {FieldId::kReleaseChannel, "c.release_channel"},
    {FieldId::kBuildId, "c.build_id"},
    {FieldId::kProcessType, "c.process_type"},
    {FieldId::kPlatform, "c.platform"},
    {FieldId::kPlatformVersion, "c.platform_version"},
    {FieldId::kCpuArch, "c.cpu_arch"},
    {FieldId::kReason, "c.reason"},
    {FieldId::kAddress, "c.address"},
    {FieldId::kMinidumpSha256Hash, "c.minidump_sha256_hash"},
}};

constexpr bool TableIsInOrder() {
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    if (static_cast<std::size_t>(kColumns[i].field) != i) return false;
  }
  return true;
}
static_assert(TableIsInOrder());

const Column& ColumnOf(FieldId field) { return kColumns[static_cast<std::size_t>(field)]; }

bool IsWordCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// A regular expression (RE2) that finds any of the text's words, whole, in either letter case. Only word
// characters get into it, so nothing of the text acts as an operator. Without a word, it finds nothing.
std::string AnyWordOf(std::string_view text) {
  std::string alternatives;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsWordCharacter(text[i])) continue;
    if (!alternatives.empty()) alternatives += '|';
    while (i < text.size() && IsWordCharacter(text[i])) alternatives += text[i++];
  }
  constexpr std::string_view kOutside = "[\\x00-/:-@\\[-^`{-\\x7f]";
  if (alternatives.empty()) return "[^\\x00-\\x{10FFFF}]";
  return "(?is)(^|" + std::string(kOutside) + ")(" + alternatives + ")(" + std::string(kOutside) + "|$)";
}

// Text with one place for a column ("@") and at most one question mark.
struct Pattern {
  Operator op;
  std::string_view text;
};

constexpr std::array<Pattern, 9> kTextPatterns = {{
    {Operator::kEquals, "@ = ?"},
    {Operator::kContains, "contains(@, ?)"},
    {Operator::kStartsWith, "starts_with(@, ?)"},
    {Operator::kEndsWith, "ends_with(@, ?)"},
    {Operator::kRegex, "regexp_full_match(@, ?)"},
    {Operator::kLess, "@ < ?"},
    {Operator::kLessOrEqual, "@ <= ?"},
    {Operator::kGreater, "@ > ?"},
    {Operator::kGreaterOrEqual, "@ >= ?"},
}};

std::string_view PatternOf(Operator op) {
  for (const Pattern& pattern : kTextPatterns) {
    if (pattern.op == op) return pattern.text;
  }
  return {};
}

std::string Apply(std::string_view pattern, std::string_view column) {
  const std::size_t place = pattern.find('@');
  return std::string(pattern.substr(0, place)) + std::string(column) + std::string(pattern.substr(place + 1));
}

bool IsOrdering(Operator op) {
  return op == Operator::kLess || op == Operator::kLessOrEqual || op == Operator::kGreater ||
         op == Operator::kGreaterOrEqual;
}

// Builds the condition of a query with its parameters, and notes whether it needs the table of signatures.
class ConditionWriter {
 public:
  base::Status Add(const Clause& clause) {
    if (clause.tests.empty()) return Error{Code::kBadValue, 0, "clause without tests"};
    std::string joined;
    for (const Test& test : clause.tests) {
      ASSIGN_OR_RETURN(const std::string condition, ConditionOf(clause.field, test));
      if (!joined.empty()) joined += clause.combine == Combine::kAllOf ? " AND " : " OR ";
      // What is absent passes no test, so that "none of" keeps it.
      joined += "coalesce(" + condition + ", false)";
    }
    sql_ += clause.combine == Combine::kNoneOf ? " AND NOT (" : " AND (";
    sql_ += joined + ")";
    needs_signatures_ |= ColumnOf(clause.field).needs_signatures;
    return {};
  }

  void AddWindow(const DateWindow& window) {
    sql_ += "c.date_ms >= ? AND c.date_ms < ?";
    parameters_.emplace_back(window.from_ms);
    parameters_.emplace_back(window.to_ms);
  }

  const std::string& sql() const { return sql_; }
  const std::vector<Value>& parameters() const { return parameters_; }
  bool needs_signatures() const { return needs_signatures_; }

 private:
  base::Result<std::string> ConditionOf(FieldId field, const Test& test) {
    const std::string_view column = ColumnOf(field).expression;
    if (test.op == Operator::kIsAbsent) return std::string(column) + " IS NULL";
    if (FieldOf(field).type == FieldType::kDate) {
      if (!IsOrdering(test.op) || !std::holds_alternative<std::int64_t>(test.operand)) {
        return Error{Code::kBadValue, 0, "a date is compared with <, <=, > or >="};
      }
      parameters_.push_back(test.operand);
      return Apply(PatternOf(test.op), column);
    }
    const auto* const text = std::get_if<std::string>(&test.operand);
    if (text == nullptr) return Error{Code::kBadValue, 0, "a text is compared with a text"};
    if (IsOrdering(test.op) && FieldOf(field).type != FieldType::kOrdered) {
      return Error{Code::kBadValue, 0, "this field has no order"};
    }
    return TextCondition(field, column, test.op, *text);
  }

  std::string TextCondition(FieldId field, std::string_view column, Operator op, const std::string& text) {
    const bool whole = op == Operator::kEquals || op == Operator::kMatches;
    if (field == FieldId::kUuid && whole) {
      if (!ParseUuid(text)) return "false";
      parameters_.emplace_back(text);
      return "c.uuid = CAST(? AS UUID)";
    }
    if (op != Operator::kMatches) {
      parameters_.emplace_back(text);
      return Apply(PatternOf(op), column);
    }
    if (FieldOf(field).type == FieldType::kText) {
      parameters_.emplace_back(AnyWordOf(text));
      return Apply("regexp_matches(@, ?)", column);
    }
    parameters_.emplace_back(text);
    return Apply("lower(@) = lower(?)", column);
  }

  std::string sql_;
  std::vector<Value> parameters_;
  bool needs_signatures_ = false;
};

std::string From(std::span<const DuckDbWeeks::File> files, bool with_signatures) {
  std::string from = " FROM " + CrashSource(files);
  if (with_signatures) from += " LEFT JOIN signatures s ON s.input_id = c.input_id";
  return from + " WHERE ";
}

Statement HitsStatement(const Query& query, std::span<const DuckDbWeeks::File> files,
                        const ConditionWriter& condition) {
  bool with_signatures = condition.needs_signatures();
  std::string select;
  for (const FieldId field : query.columns) {
    if (!select.empty()) select += ", ";
    select += ColumnOf(field).expression;
    with_signatures |= ColumnOf(field).needs_signatures;
  }
  std::string order;
  for (const Sort& sort : query.sort) {
    order += ColumnOf(sort.field).expression;
    order += sort.descending ? " DESC NULLS LAST, " : " ASC NULLS LAST, ";
    with_signatures |= ColumnOf(sort.field).needs_signatures;
  }
  if (select.empty()) select = "c.kind";
  return {"SELECT " + select + From(files, with_signatures) + condition.sql() + " ORDER BY " + order +
              "c.date_ms DESC, c.uuid LIMIT " + std::to_string(query.hits_max) + " OFFSET " +
              std::to_string(query.hits_offset),
          condition.parameters()};
}

Statement FacetStatement(FieldId field, const Query& query, std::span<const DuckDbWeeks::File> files,
                         const ConditionWriter& condition) {
  const Column& column = ColumnOf(field);
  const std::string expression(column.expression);
  return {"SELECT " + expression + " AS term, count(*) AS crashes" +
              From(files, condition.needs_signatures() || column.needs_signatures) + condition.sql() +
              " AND " + expression + " IS NOT NULL GROUP BY term ORDER BY crashes DESC, term LIMIT " +
              std::to_string(query.facet_size),
          condition.parameters()};
}

}  // namespace

std::string CrashSource(std::span<const DuckDbWeeks::File> files) {
  std::string source;
  for (const DuckDbWeeks::File& file : files) {
    source += source.empty() ? "(" : " UNION ALL ";
    source +=
        "SELECT '" + std::string(CrashKindName(file.kind)) + "' AS kind, * FROM " + file.catalog + ".crashes";
  }
  return source + ") c";
}

base::Result<SearchStatements> MakeSearchStatements(const Query& query,
                                                    std::span<const DuckDbWeeks::File> files) {
  ConditionWriter condition;
  condition.AddWindow(query.window);
  for (const Clause& clause : query.clauses) RETURN_IF_ERROR(condition.Add(clause));
  SearchStatements statements;
  statements.total = {"SELECT count(*)" + From(files, condition.needs_signatures()) + condition.sql(),
                      condition.parameters()};
  statements.hits = HitsStatement(query, files, condition);
  for (const FieldId field : query.facets) {
    statements.facets.push_back(FacetStatement(field, query, files, condition));
  }
  return statements;
}

}  // namespace cairn::search
