#include "server/search/duckdb_sql.h"

#include <array>
#include <string_view>
#include <utility>

#include "server/search/duckdb_schema.h"
#include "server/search/uuid.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

struct Column {
  std::string expression;
  bool needs_signatures = false;  // Lies in the dictionary's table s, not in the crash row c.
};

struct OwnColumn {
  std::string_view expression;
  bool needs_signatures = false;
};

// The server's own fields, in the order of FieldId.
constexpr std::array<OwnColumn, static_cast<std::size_t>(FieldId::kFirstAnnotation)> kOwnColumns = {{
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
    {"CAST(NULL AS VARCHAR)"},  // A condition alone: MissingCondition.
}};

Column ColumnOf(FieldId field) {
  if (field >= FieldId::kFirstAnnotation) return {"c." + AnnotationColumnOf(FieldOf(field))};
  const OwnColumn& own = kOwnColumns[static_cast<std::size_t>(field)];
  return {std::string(own.expression), own.needs_signatures};
}

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

// Where a statement reads.
struct Sources {
  const std::string& dictionary;
  std::span<const DuckDbCrashes::File> files;
};

// Builds the condition of a query with its parameters, and notes whether it needs the table of signatures.
class ConditionWriter {
 public:
  ConditionWriter(const DateWindow& window, const Sources& sources) : window_(window), sources_(sources) {
    sql_ = kInWindow;
    AddWindowParameters();
  }

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

  const std::string& sql() const { return sql_; }
  const std::vector<Value>& parameters() const { return parameters_; }
  bool needs_signatures() const { return needs_signatures_; }

 private:
  static constexpr std::string_view kInWindow = "c.date_ms >= ? AND c.date_ms < ?";

  void AddWindowParameters() {
    parameters_.emplace_back(window_.from_ms);
    parameters_.emplace_back(window_.to_ms);
  }

  base::Result<std::string> ConditionOf(FieldId field, const Test& test) {
    if (field == FieldId::kMissingDebugId) return MissingCondition(test);
    const std::string column = ColumnOf(field).expression;
    const FieldType type = FieldOf(field).type;
    if (test.op == Operator::kIsAbsent) return column + " IS NULL";
    if (IsOrdering(test.op) && !IsComparable(type))
      return Error{Code::kBadValue, 0, "this field has no order"};
    if (!IsText(type)) return NumberCondition(type, column, test);
    const auto* const text = std::get_if<std::string>(&test.operand);
    if (text == nullptr) return Error{Code::kBadValue, 0, "a text is compared with a text"};
    return TextCondition(field, column, test.op, *text);
  }

  base::Result<std::string> NumberCondition(FieldType type, std::string_view column, const Test& test) {
    const bool is_equality = test.op == Operator::kEquals || test.op == Operator::kMatches;
    if (type == FieldType::kDate && !IsOrdering(test.op)) {
      return Error{Code::kBadValue, 0, "a date is compared with <, <=, > or >="};
    }
    if (!IsOrdering(test.op) && !is_equality) {
      return Error{Code::kBadValue, 0, "a number is compared with =, <, <=, > or >="};
    }
    const bool is_number = std::holds_alternative<std::int64_t>(test.operand) ||
                           (type != FieldType::kDate && std::holds_alternative<double>(test.operand));
    if (!is_number) return Error{Code::kBadValue, 0, "a number is compared with a number"};
    parameters_.push_back(test.operand);
    const std::string pattern(PatternOf(is_equality ? Operator::kEquals : test.op));
    // Compared as whole numbers where both are, so that large ones keep all their digits.
    const bool is_truth = type == FieldType::kBoolean;
    return Apply(pattern, is_truth ? "CAST(" + std::string(column) + " AS BIGINT)" : std::string(column));
  }

  // The crashed thread's stack, or one of the others, is among those that have a frame of such a module
  // without names. Others are unrolled rather than compared list by list: many stacks have a system's module.
  base::Result<std::string> MissingCondition(const Test& test) {
    const auto* const text = std::get_if<std::string>(&test.operand);
    if (text == nullptr || IsOrdering(test.op) || test.op == Operator::kIsAbsent)
      return Error{Code::kBadValue, 0, "a debug id is compared with a text"};
    const auto stacks = [&] {
      return "(SELECT stack_id FROM " + sources_.dictionary +
             ".postings WHERE address_id IN (SELECT a.id FROM " + sources_.dictionary +
             ".addresses a WHERE " + TextCondition(FieldId::kMissingDebugId, "a.debug_id", test.op, *text) +
             " AND a.id NOT IN (SELECT address_id FROM " + sources_.dictionary + ".address_frames)))";
    };
    std::string sql = "(c.stack_id IN " + stacks();
    AddWindowParameters();
    sql += " OR c.uuid IN (SELECT uuid FROM (SELECT c.uuid, unnest(c.thread_stack_ids) AS stack_id FROM " +
           CrashSource(sources_.files) + " WHERE " + std::string(kInWindow) + ") WHERE stack_id IN ";
    return sql + stacks() + "))";
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

  const DateWindow& window_;
  const Sources& sources_;
  std::string sql_;
  std::vector<Value> parameters_;
  bool needs_signatures_ = false;
};

std::string From(const Sources& sources, bool with_signatures) {
  std::string from = " FROM " + CrashSource(sources.files);
  if (with_signatures)
    from += " LEFT JOIN " + sources.dictionary + ".signatures s ON s.input_id = c.input_id";
  return from + " WHERE ";
}

Statement HitsStatement(const Query& query, const Sources& sources, const ConditionWriter& condition) {
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
  return {"SELECT " + select + From(sources, with_signatures) + condition.sql() + " ORDER BY " + order +
              "c.date_ms DESC, c.uuid LIMIT " + std::to_string(query.hits_max) + " OFFSET " +
              std::to_string(query.hits_offset),
          condition.parameters()};
}

Statement FacetStatement(FieldId field, const Query& query, const Sources& sources,
                         const ConditionWriter& condition) {
  const Column column = ColumnOf(field);
  const std::string& expression = column.expression;
  const std::string order = " ORDER BY crashes DESC, term LIMIT " + std::to_string(query.facet_size);
  if (column.needs_signatures && !condition.needs_signatures()) {
    // Crashes are counted by input first, so that signatures are looked up once for each input and not for
    // each crash.
    return {"SELECT " + expression +
                " AS term, CAST(sum(inputs.crashes) AS BIGINT) AS crashes FROM (SELECT " +
                "c.input_id, count(*) AS crashes" + From(sources, false) + condition.sql() +
                " GROUP BY c.input_id) inputs JOIN " + sources.dictionary +
                ".signatures s ON s.input_id = inputs.input_id WHERE " + expression +
                " IS NOT NULL GROUP BY term" + order,
            condition.parameters()};
  }
  return {"SELECT " + expression + " AS term, count(*) AS crashes" +
              From(sources, condition.needs_signatures() || column.needs_signatures) + condition.sql() +
              " AND " + expression + " IS NOT NULL GROUP BY term" + order,
          condition.parameters()};
}

}  // namespace

std::string CrashSource(std::span<const DuckDbCrashes::File> files) {
  std::string columns;
  for (const DuckDbColumn& column : CrashColumns()) columns += ", " + column.name;
  std::string source;
  for (const DuckDbCrashes::File& file : files) {
    source += source.empty() ? "(" : " UNION ALL ";
    source += "SELECT '" + std::string(CrashKindName(file.kind)) + "' AS kind" + columns + " FROM " +
              file.file->catalog + ".crashes";
  }
  return source + ") c";
}

base::Result<SearchStatements> MakeSearchStatements(const Query& query, const std::string& dictionary,
                                                    std::span<const DuckDbCrashes::File> files) {
  const Sources sources{dictionary, files};
  ConditionWriter condition(query.window, sources);
  for (const Clause& clause : query.clauses) RETURN_IF_ERROR(condition.Add(clause));
  SearchStatements statements;
  statements.total = {"SELECT count(*)" + From(sources, condition.needs_signatures()) + condition.sql(),
                      condition.parameters()};
  statements.hits = HitsStatement(query, sources, condition);
  for (const FieldId field : query.facets) {
    statements.facets.push_back(FacetStatement(field, query, sources, condition));
  }
  return statements;
}

}  // namespace cairn::search
