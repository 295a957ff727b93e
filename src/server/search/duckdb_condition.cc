#include "server/search/duckdb_condition.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/search/duckdb_columns.h"
#include "server/search/uuid.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

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

constexpr Error kNoOrder{Code::kBadValue, 0, "this field has no order"};

base::Result<Statement> NumberCondition(FieldType type, std::string_view column, const Test& test) {
  const bool is_equality = test.op == Operator::kEquals || test.op == Operator::kMatches;
  if (IsOrdering(test.op) && !IsComparable(type)) return kNoOrder;
  if (type == FieldType::kDate && !IsOrdering(test.op)) {
    return Error{Code::kBadValue, 0, "a date is compared with <, <=, > or >="};
  }
  if (!IsOrdering(test.op) && !is_equality) {
    return Error{Code::kBadValue, 0, "a number is compared with =, <, <=, > or >="};
  }
  const bool is_number = std::holds_alternative<std::int64_t>(test.operand) ||
                         (type != FieldType::kDate && std::holds_alternative<double>(test.operand));
  if (!is_number) return Error{Code::kBadValue, 0, "a number is compared with a number"};
  const std::string pattern(PatternOf(is_equality ? Operator::kEquals : test.op));
  // Compared as whole numbers where both are, so that large ones keep all their digits.
  const std::string number =
      type == FieldType::kBoolean ? "CAST(" + std::string(column) + " AS BIGINT)" : std::string(column);
  return Statement{Apply(pattern, number), {test.operand}};
}

base::Result<Statement> ConditionOf(FieldId field, const Test& test) {
  const std::string column = ColumnOf(field).expression;
  const FieldType type = FieldOf(field).type;
  if (test.op == Operator::kIsAbsent) return Statement{column + " IS NULL", {}};
  return IsText(type) ? TextCondition(field, column, test) : NumberCondition(type, column, test);
}

void Append(Statement& to, const Statement& more) {
  to.sql += more.sql;
  to.parameters.insert(to.parameters.end(), more.parameters.begin(), more.parameters.end());
}

base::Status AddClause(const Clause& clause, Conditions& conditions) {
  if (clause.tests.empty()) return Error{Code::kBadValue, 0, "clause without tests"};
  if (FieldOf(clause.field).use == FieldUse::kDistinct)
    return Error{Code::kBadValue, 0, "this field can only be counted"};
  Statement joined;
  for (const Test& test : clause.tests) {
    ASSIGN_OR_RETURN(const Statement one, ConditionOf(clause.field, test));
    if (!joined.sql.empty()) joined.sql += clause.combine == Combine::kAllOf ? " AND " : " OR ";
    Append(joined, one);
  }
  // What is absent passes no test, so that "none of" keeps it.
  if (clause.combine == Combine::kNoneOf) joined.sql = "NOT coalesce(" + joined.sql + ", false)";
  Statement& to = ColumnOf(clause.field).needs_signatures ? conditions.inputs : conditions.crashes;
  Append(to, {(to.sql.empty() ? "(" : " AND (") + joined.sql + ")", joined.parameters});
  return {};
}

// Equal but for letter case: of ASCII letters, if the text has no others.
Statement SameLetters(std::string_view column, const std::string& text) {
  const bool is_ascii =
      std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return {Apply(is_ascii ? "same_letters(@, ?)" : "lower(@) = lower(?)", column), {text}};
}

// Of a text of several names (JoinNames), each between line feeds: whether one of them passes.
Statement NamesCondition(std::string_view column, Operator op, const std::string& text) {
  if (op == Operator::kRegex) {
    return {"len(list_filter(" + NamesOf(column) + ", lambda name: regexp_full_match(name, ?))) > 0", {text}};
  }
  if (text.find('\n') != std::string::npos) return {"false", {}};
  const bool at_begin = op != Operator::kContains && op != Operator::kEndsWith;
  const bool at_end = op != Operator::kContains && op != Operator::kStartsWith;
  const std::string part = (at_begin ? "\n" : "") + text + (at_end ? "\n" : "");
  return {Apply(op == Operator::kMatches ? "contains(lower(@), lower(?))" : "contains(@, ?)", column),
          {part}};
}

struct OrderKey {
  std::string expression;
  Value value;
  bool descending = false;
};

// Absent values come last in either direction.
Statement Behind(const OrderKey& key) {
  if (std::holds_alternative<std::monostate>(key.value)) return {"false", {}};
  return {"(" + key.expression + (key.descending ? " < ?" : " > ?") + " OR " + key.expression + " IS NULL)",
          {key.value}};
}

Statement AtSamePlace(const OrderKey& key) {
  if (std::holds_alternative<std::monostate>(key.value)) return {key.expression + " IS NULL", {}};
  return {key.expression + " = ?", {key.value}};
}

OrderKey KeyOf(const Sort& sort, const Value& value) {
  std::string expression = ShownColumnOf(sort.field).expression;
  if (FieldOf(sort.field).type == FieldType::kBoolean) expression = "CAST(" + expression + " AS BIGINT)";
  return {std::move(expression), value, sort.descending};
}

}  // namespace

base::Result<Statement> TextCondition(FieldId field, std::string_view column, const Test& test) {
  const FieldType type = FieldOf(field).type;
  if (IsOrdering(test.op) && !IsComparable(type)) return kNoOrder;
  const auto* const text = std::get_if<std::string>(&test.operand);
  if (text == nullptr) return Error{Code::kBadValue, 0, "a text is compared with a text"};
  if (type == FieldType::kNames) return NamesCondition(column, test.op, *text);
  const bool whole = test.op == Operator::kEquals || test.op == Operator::kMatches;
  if (field == FieldId::kUuid && whole) {
    if (!ParseUuid(*text)) return Statement{"false", {}};
    return Statement{"c.uuid = CAST(? AS UUID)", {*text}};
  }
  if (test.op != Operator::kMatches) return Statement{Apply(PatternOf(test.op), column), {*text}};
  if (type == FieldType::kText) return Statement{Apply("regexp_matches(@, ?)", column), {AnyWordOf(*text)}};
  return SameLetters(column, *text);
}

base::Result<Conditions> MakeConditions(const Query& query) {
  Conditions conditions;
  for (const Clause& clause : query.clauses) {
    if (clause.field != FieldId::kMissingDebugId) RETURN_IF_ERROR(AddClause(clause, conditions));
  }
  return conditions;
}

Statement BehindPosition(std::span<const Sort> sort, const HitPosition& position) {
  std::vector<OrderKey> keys;
  for (std::size_t i = 0; i < sort.size() && i < position.sort_values.size(); ++i) {
    keys.push_back(KeyOf(sort[i], position.sort_values[i]));
  }
  keys.push_back({"c.date_ms", position.date_ms, true});
  Statement condition{"(", {}};
  for (const OrderKey& key : keys) {
    Append(condition, Behind(key));
    condition.sql += " OR (";
    Append(condition, AtSamePlace(key));
    condition.sql += " AND (";
  }
  Append(condition, {"c.uuid > CAST(? AS UUID) OR (c.uuid = CAST(? AS UUID) AND c.kind < ?)",
                     {position.uuid, position.uuid, std::string(CrashKindName(position.kind))}});
  condition.sql += std::string(2 * keys.size() + 1, ')');
  return condition;
}

}  // namespace cairn::search
