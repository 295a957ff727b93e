#include "server/api/search_parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/iso_time.h"
#include "base/time_units.h"
#include "base/utf8.h"
#include "server/api/cursor.h"
#include "server/api/stack_parameter.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using search::Clause;
using search::Combine;
using search::Field;
using search::FieldId;
using search::FieldType;
using search::Operator;
using search::Query;
using search::Test;

using base::kDayMs;
constexpr std::string_view kAbsent = "__null__";
constexpr std::string_view kDateForms =
    "a date such as 2026-11-22, 2026-11-22T10:30:00, -7d (days; w, h and m as well) or now";

struct OperatorPrefix {
  std::string_view prefix;
  Operator op;
  bool is_ordering;
};

// Longer prefixes before those that begin them.
constexpr std::array<OperatorPrefix, 9> kPrefixes = {{
    {">=", Operator::kGreaterOrEqual, true},
    {"<=", Operator::kLessOrEqual, true},
    {">", Operator::kGreater, true},
    {"<", Operator::kLess, true},
    {"=", Operator::kEquals, false},
    {"~", Operator::kContains, false},
    {"^", Operator::kStartsWith, false},
    {"$", Operator::kEndsWith, false},
    {"@", Operator::kRegex, false},
}};

struct ParsedTest {
  Test test;
  bool negated = false;
  bool is_ordering = false;
};

// "!~text" and the like. "<" and ">" begin a text where the field has no order: "<name omitted>" is a
// signature.
ParsedTest ParseTest(const Field& field, std::string_view value) {
  ParsedTest parsed;
  if (value.starts_with('!')) {
    parsed.negated = true;
    value.remove_prefix(1);
  }
  if (value == kAbsent) {
    parsed.test = {Operator::kIsAbsent, {}};
    return parsed;
  }
  parsed.test.op = Operator::kMatches;
  for (const OperatorPrefix& row : kPrefixes) {
    if (!value.starts_with(row.prefix) || (row.is_ordering && !search::IsComparable(field.type))) continue;
    parsed.test.op = row.op;
    parsed.is_ordering = row.is_ordering;
    value.remove_prefix(row.prefix.size());
    break;
  }
  // As in Super Search: "57.0b" is every beta of 57.0.
  if (field.id == FieldId::kVersion && parsed.test.op == Operator::kMatches && value.ends_with('b'))
    parsed.test.op = Operator::kStartsWith;
  parsed.test.operand = std::string(value);
  return parsed;
}

// Adds pings to a query that is about products alone of which the caller may see them.
void ShowPingsOfGrants(const http::Caller& caller, Query& query) {
  constexpr std::string_view kViewPings = store::NameOf(store::Permission::kViewPings);
  if (caller.Has(kViewPings)) return;
  const std::vector<std::string> products = caller.ProductsWith(kViewPings);
  const auto is_granted = [&](const Test& test) {
    const auto* const product = std::get_if<std::string>(&test.operand);
    return (test.op == Operator::kMatches || test.op == Operator::kEquals) && product != nullptr &&
           std::ranges::find(products, *product) != products.end();
  };
  for (const Clause& clause : query.clauses) {
    if (clause.field != FieldId::kProduct || clause.combine == Combine::kNoneOf) continue;
    if (!std::ranges::all_of(clause.tests, is_granted)) continue;
    // A name matches in any letter case, and is granted in one.
    Clause exact{FieldId::kProduct, Combine::kAnyOf, {}};
    for (const Test& test : clause.tests) exact.tests.push_back({Operator::kEquals, test.operand});
    query.clauses.push_back(std::move(exact));
    query.kinds.push_back(search::CrashKind::kPing);
    return;
  }
}

// What a value of that type looks like, in words.
std::string_view FormOf(FieldType type) {
  switch (type) {
    case FieldType::kDate: return kDateForms;
    case FieldType::kBoolean: return "true or false";
    case FieldType::kInteger: return "a whole number";
    default: return "a number";
  }
}

// How long one of these is.
struct TimeUnit {
  char letter;
  std::int64_t ms;
};
constexpr std::array<TimeUnit, 4> kTimeUnits = {
    {{'m', 60'000}, {'h', 3'600'000}, {'d', kDayMs}, {'w', 7 * kDayMs}}};

// A date, or one that is so long before now.
std::optional<std::int64_t> ParseDate(std::string_view text, std::int64_t now_ms) {
  if (text == "now") return now_ms;
  if (text.size() < 3 || text.front() != '-') return base::ParseIso(text);
  const auto* const unit = std::ranges::find(kTimeUnits, text.back(), &TimeUnit::letter);
  std::uint32_t count = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [stop, error] = std::from_chars(text.data() + 1, end, count);
  if (unit == kTimeUnits.end() || error != std::errc() || stop != end) return std::nullopt;
  return now_ms - std::int64_t{count} * unit->ms;
}

template <typename Number>
std::optional<search::Value> ParseWhole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return search::Value(number);
}

// Of a field that is no text.
std::optional<search::Value> ParseNumber(const Field& field, const std::string& text, std::int64_t now_ms) {
  switch (field.type) {
    case FieldType::kDate: {
      const std::optional<std::int64_t> time_ms = ParseDate(text, now_ms);
      return time_ms ? std::optional<search::Value>(*time_ms) : std::nullopt;
    }
    case FieldType::kBoolean:
      // Super Search has these two words for it.
      if (text == "true" || text == "1" || text == "__true__") return search::Value(std::int64_t{1});
      if (text == "false" || text == "0" || text == "__false__") return search::Value(std::int64_t{0});
      return std::nullopt;
    case FieldType::kInteger: return ParseWhole<std::int64_t>(text);
    default: return ParseWhole<double>(text);
  }
}

void AddFields(const std::vector<search::Aggregation>& aggregations, std::set<FieldId>& fields) {
  for (const search::Aggregation& aggregation : aggregations) {
    fields.insert(aggregation.field);
    AddFields(aggregation.inner, fields);
  }
}

class Reader {
 public:
  Reader(const http::Caller& caller, std::int64_t now_ms) : caller_(caller), now_ms_(now_ms) {}

  std::variant<Query, Refusal> Read(const http::QueryFields& parameters) {
    for (const auto& [name, value] : parameters) {
      if (!base::IsUtf8(name) || !base::IsUtf8(value)) {
        Refuse("A parameter is not UTF-8");
      } else if (name.starts_with('_')) {
        ReadMeta(name, value);
      } else if (name == "stack" || name.starts_with("stack(")) {
        ReadStack(name, value);
      } else if (const Field* const field = KnownField(name); field != nullptr && !value.empty()) {
        ReadFilter(*field, value);
      }
      if (refusal_) return *refusal_;
    }
    SetWindow();
    SetDefaults();
    for (auto& [field, clauses] : clauses_) {
      for (Clause& clause : clauses) {
        if (!clause.tests.empty()) query_.clauses.push_back(std::move(clause));
      }
    }
    RefuseProtected();
    if (refusal_) return *refusal_;
    ShowPingsOfGrants(caller_, query_);
    return std::move(query_);
  }

 private:
  // What searches by it, shows it or counts it tells of it.
  void RefuseProtected() {
    constexpr std::string_view kViewPii = store::NameOf(store::Permission::kViewPii);
    const std::string fields = ProtectedFieldsOf(query_);
    if (!fields.empty() && !caller_.Has(kViewPii))
      Refuse("Protected, and only for who has the permission " + std::string(kViewPii) + ": " + fields, 403);
  }

  void Refuse(std::string message, int status = 400) {
    if (!refusal_) refusal_ = Refusal{status, std::move(message)};
  }

  const Field* KnownField(const std::string& name) {
    const Field* const field = search::FindField(name);
    if (field == nullptr) {
      Refuse("There is no field or parameter \"" + name + "\"");
      return nullptr;
    }
    return field;
  }

  // For _columns, _facets and _sort.
  const Field* ValueField(const std::string& name) {
    const Field* const field = KnownField(name);
    if (field == nullptr || field->use == search::FieldUse::kEverything) return field;
    Refuse(name + (field->use == search::FieldUse::kCondition
                       ? " can be searched for, but not be shown, counted or sorted by"
                       : " can only be counted: _cardinality." + name));
    return nullptr;
  }

  // "stack", "stack(any)" and "stack(crashing)".
  void ReadStack(const std::string& name, std::string_view value) {
    search::StackClause clause;
    if (name == "stack(crashing)") {
      clause.scope = search::ThreadScope::kCrashingThread;
    } else if (name != "stack" && name != "stack(any)") {
      return Refuse("There is no parameter \"" + name +
                    "\": there are stack, stack(any) and stack(crashing)");
    }
    clause.negated = value.starts_with('!');
    if (clause.negated) value.remove_prefix(1);
    if (value.empty()) return;
    auto parsed = ParseStackText(value);
    if (const auto* const problem = std::get_if<std::string>(&parsed))
      return Refuse(name + "=" + std::string(value) + ": " + *problem);
    clause.steps = std::get<std::vector<search::StackStep>>(std::move(parsed));
    query_.stacks.push_back(std::move(clause));
    if (query_.stacks.size() > search::kMaxStackClauses)
      Refuse("More than " + std::to_string(search::kMaxStackClauses) + " questions about stacks");
  }

  void ReadFilter(const Field& field, std::string_view value) {
    if (++tests_ > kMaxTests)
      return Refuse("More than " + std::to_string(kMaxTests) + " values to search for");
    if (field.use == search::FieldUse::kDistinct)
      return Refuse(field.name + " can only be counted: _cardinality." + field.name);
    ParsedTest parsed = ParseTest(field, value);
    if (field.id == FieldId::kDate) return ReadDate(parsed, value);
    if (!search::IsText(field.type) && parsed.test.op != Operator::kIsAbsent) {
      const std::optional<search::Value> number =
          ParseNumber(field, std::get<std::string>(parsed.test.operand), now_ms_);
      if (!number) {
        return Refuse(field.name + "=" + std::string(value) + ": not " + std::string(FormOf(field.type)));
      }
      parsed.test.operand = *number;
    }
    // Any of the plain ones, none of the negated ones, all of the bounds.
    const Combine combine = parsed.negated       ? Combine::kNoneOf
                            : parsed.is_ordering ? Combine::kAllOf
                                                 : Combine::kAnyOf;
    std::vector<Clause>& clauses = clauses_[field.id];
    const auto same = std::ranges::find(clauses, combine, &Clause::combine);
    Clause& clause = same != clauses.end() ? *same : clauses.emplace_back(Clause{field.id, combine, {}});
    clause.tests.push_back(std::move(parsed.test));
  }

  void ReadDate(const ParsedTest& parsed, std::string_view value) {
    const auto* const text = std::get_if<std::string>(&parsed.test.operand);
    if (!parsed.is_ordering || parsed.negated || text == nullptr) {
      return Refuse("date=" + std::string(value) + ": a date needs one of the operators >= > <= <");
    }
    const std::optional<std::int64_t> time_ms = ParseDate(*text, now_ms_);
    if (!time_ms) return Refuse("date=" + std::string(value) + ": not " + std::string(kDateForms));
    switch (parsed.test.op) {
      case Operator::kGreaterOrEqual: from_ms_ = std::max(from_ms_.value_or(*time_ms), *time_ms); break;
      case Operator::kGreater: from_ms_ = std::max(from_ms_.value_or(*time_ms + 1), *time_ms + 1); break;
      case Operator::kLess: to_ms_ = std::min(to_ms_.value_or(*time_ms), *time_ms); break;
      default: to_ms_ = std::min(to_ms_.value_or(*time_ms + 1), *time_ms + 1); break;
    }
  }

  void ReadMeta(const std::string& name, const std::string& value) {
    if (name == "_columns") {
      const Field* const field = ValueField(value);
      if (field != nullptr && std::ranges::find(query_.columns, field->id) == query_.columns.end()) {
        query_.columns.push_back(field->id);
      }
    } else if (AggregationParameters::Knows(name)) {
      if (std::optional<std::string> problem = aggregations_.Take(name, value)) Refuse(*std::move(problem));
    } else if (name == "_sort") {
      const bool descending = value.starts_with('-');
      const Field* const field = ValueField(descending ? value.substr(1) : value);
      if (field != nullptr) query_.sort.push_back({field->id, descending});
      if (query_.sort.size() > search::Fields().size())
        Refuse("_sort is given more often than there are fields");
    } else if (name == "_facets_size") {
      query_.facet_size = Number(name, value, kMaxFacetTerms);
    } else if (name == "_results_number") {
      query_.hits_max = Number(name, value, kMaxHits);
    } else if (name == "_results_offset") {
      query_.hits_offset = Number(name, value, kMaxHitsWindow);
    } else if (name == "_cursor") {
      cursor_ = value;
    } else if (name == "_weights") {
      query_.with_estimates = value == "true" || value == "1";
    } else {
      Refuse("There is no field or parameter \"" + name + "\"");
    }
  }

  std::uint32_t Number(const std::string& name, const std::string& value, std::uint32_t max) {
    std::uint32_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || stop != end || number > max) {
      Refuse(name + "=" + value + ": not a number from 0 to " + std::to_string(max));
    }
    return number;
  }

  void SetWindow() {
    const std::int64_t default_ms = kDefaultWindowDays * kDayMs;
    if (!from_ms_ && !to_ms_) to_ms_ = now_ms_ + 1;  // What arrives in this very millisecond is found.
    const std::int64_t from_ms = from_ms_.value_or(to_ms_.value_or(0) - default_ms);
    const std::int64_t to_ms = to_ms_.value_or(from_ms + default_ms);
    query_.window = {from_ms, to_ms};
    if (from_ms > to_ms) Refuse("date: the search would end before it begins");
    if (to_ms - from_ms > kMaxWindowDays * kDayMs) {
      Refuse("date: more than " + std::to_string(kMaxWindowDays) + " days in one search");
    }
  }

  void SetDefaults() {
    if (query_.columns.empty()) {
      query_.columns = {FieldId::kUuid,    FieldId::kDate,    FieldId::kSignature,
                        FieldId::kProduct, FieldId::kVersion, FieldId::kKind};
    }
    if (query_.facet_size > 0) query_.facets = aggregations_.Finish();
    if (!cursor_.empty()) query_.after = ReadCursor(query_.sort, cursor_);
    if (!cursor_.empty() && (!query_.after || query_.hits_offset > 0)) {
      Refuse("_cursor: not one of an answer to this search with this _sort and without _results_offset");
    }
    if (query_.hits_offset + query_.hits_max > kMaxHitsWindow) {
      Refuse("_results_offset and _results_number together are more than " + std::to_string(kMaxHitsWindow));
    }
    query_.kinds = VisibleKinds(caller_);
  }

  const http::Caller& caller_;
  std::int64_t now_ms_;
  Query query_;
  std::map<FieldId, std::vector<Clause>> clauses_;
  std::size_t tests_ = 0;
  AggregationParameters aggregations_;
  std::string cursor_;
  std::optional<std::int64_t> from_ms_;
  std::optional<std::int64_t> to_ms_;
  std::optional<Refusal> refusal_;  // The first.
};

}  // namespace

std::string ProtectedFieldsOf(const Query& query) {
  std::set<FieldId> fields(query.columns.begin(), query.columns.end());
  for (const Clause& clause : query.clauses) fields.insert(clause.field);
  for (const search::Sort& sort : query.sort) fields.insert(sort.field);
  AddFields(query.facets, fields);
  std::string names;
  for (const FieldId id : fields) {
    const Field& field = search::FieldOf(id);
    if (field.is_protected) names += (names.empty() ? "" : ", ") + field.name;
  }
  return names;
}

std::vector<search::CrashKind> VisibleKinds(const http::Caller& caller) {
  std::vector<search::CrashKind> kinds = {search::CrashKind::kReport};
  if (caller.Has(store::NameOf(store::Permission::kViewPings))) kinds.push_back(search::CrashKind::kPing);
  return kinds;
}

std::variant<Query, Refusal> ReadSearchParameters(const http::QueryFields& parameters,
                                                  const http::Caller& caller, std::int64_t now_ms) {
  return Reader(caller, now_ms).Read(parameters);
}

}  // namespace cairn::api
