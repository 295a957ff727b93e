// A search by looking at every crash: the slow and plain way, for tests that compare an index with it.
//
// Written from the descriptions in query.h and stack_query.h alone. Letter case is that of ASCII; regular
// expressions are those that std::regex and RE2 read alike.
#pragma once

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/search/query.h"

namespace cairn::search {

class BruteForce {
 public:
  explicit BruteForce(std::vector<CrashRow> rows) : rows_(std::move(rows)) {
    for (const CrashRow& row : rows_) {
      Look(row.input->parts().stack);
      for (const SharedStack& stack : row.other_threads) Look(stack);
    }
  }

  SearchResult Search(const Query& query) const {
    std::vector<const CrashRow*> found;
    for (const CrashRow& row : rows_) {
      if (Passes(row, query)) found.push_back(&row);
    }
    passing_.clear();
    SearchResult result;
    result.total = found.size();
    for (const CrashRow* const row : found) Count(*row, query, result.estimate);
    for (const Aggregation& aggregation : query.facets) {
      result.facets.push_back(Aggregate(found, aggregation, query));
    }
    std::ranges::sort(found,
                      [&](const CrashRow* a, const CrashRow* b) { return IsBefore(*a, *b, query.sort); });
    for (std::size_t i = query.hits_offset; i < found.size() && result.hits.size() < query.hits_max; ++i) {
      std::vector<Value>& hit = result.hits.emplace_back();
      for (const FieldId field : query.columns) hit.push_back(ValueOf(*found[i], field));
    }
    return result;
  }

  static Value ValueOf(const CrashRow& row, FieldId field) {
    const SignatureInput::Parts& input = row.input->parts();
    const auto text = [](std::string value) { return value.empty() ? Value() : Value(std::move(value)); };
    switch (field) {
      case FieldId::kUuid: return row.uuid;
      case FieldId::kKind: return std::string(CrashKindName(row.kind));
      case FieldId::kDate: return row.date_ms;
      case FieldId::kSignature: return text(input.signature.signature);
      case FieldId::kProtoSignature: return text(input.signature.proto_signature);
      case FieldId::kProduct: return text(row.product);
      case FieldId::kVersion: return text(row.version);
      case FieldId::kReleaseChannel: return text(row.release_channel);
      case FieldId::kBuildId: return text(row.build_id);
      case FieldId::kProcessType: return text(row.process_type);
      case FieldId::kPlatform: return text(input.platform);
      case FieldId::kPlatformVersion: return text(row.platform_version);
      case FieldId::kCpuArch: return text(row.cpu_arch);
      case FieldId::kReason: return text(input.reason);
      case FieldId::kAddress: return text(row.address);
      case FieldId::kMinidumpSha256Hash: return text(row.minidump_sha256_hash);
      case FieldId::kClient: return row.client == 0 ? Value() : Value(row.client);
      default: break;
    }
    for (const auto& [id, value] : row.annotations) {
      if (id == field) return value;
    }
    return {};
  }

 private:
  static std::string Lower(std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
  }

  // Each made once: making one takes longer than using it.
  static const std::regex& Regex(const std::string& text) {
    static std::map<std::string, std::regex> known;
    return known.try_emplace(text, text).first->second;
  }

  static std::set<std::string> WordsOf(const std::string& text) {
    std::set<std::string> words;
    std::string word;
    for (const char c : Lower(text) + " ") {
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
        word += c;
      } else if (!word.empty()) {
        words.insert(std::exchange(word, ""));
      }
    }
    return words;
  }

  static bool PassesText(const std::string& value, FieldType type, const Test& test) {
    const auto& operand = std::get<std::string>(test.operand);
    switch (test.op) {
      case Operator::kEquals: return value == operand;
      case Operator::kContains: return value.find(operand) != std::string::npos;
      case Operator::kStartsWith: return value.starts_with(operand);
      case Operator::kEndsWith: return value.ends_with(operand);
      case Operator::kRegex: return std::regex_match(value, Regex(operand));
      case Operator::kLess: return value < operand;
      case Operator::kLessOrEqual: return value <= operand;
      case Operator::kGreater: return value > operand;
      case Operator::kGreaterOrEqual: return value >= operand;
      default: break;
    }
    if (type != FieldType::kText) return Lower(value) == Lower(operand);
    const std::set<std::string> words = WordsOf(value);
    return std::ranges::any_of(WordsOf(operand),
                               [&](const std::string& word) { return words.contains(word); });
  }

  static double NumberOf(const Value& value) {
    const auto* const whole = std::get_if<std::int64_t>(&value);
    return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
  }

  static bool PassesNumber(const Value& value, const Test& test) {
    const double a = NumberOf(value);
    const double b = NumberOf(test.operand);
    switch (test.op) {
      case Operator::kLess: return a < b;
      case Operator::kLessOrEqual: return a <= b;
      case Operator::kGreater: return a > b;
      case Operator::kGreaterOrEqual: return a >= b;
      default: return a == b;
    }
  }

  static bool PassesTest(const CrashRow& row, FieldId field, const Test& test) {
    const Value value = ValueOf(row, field);
    const bool is_absent = std::holds_alternative<std::monostate>(value);
    if (test.op == Operator::kIsAbsent) return is_absent;
    if (is_absent) return false;
    const auto* const text = std::get_if<std::string>(&value);
    if (text == nullptr) return PassesNumber(value, test);
    const FieldType type = FieldOf(field).type;
    if (type != FieldType::kNames) return PassesText(*text, type, test);
    return std::ranges::any_of(SplitNames(*text), [&](const std::string& name) {
      return PassesText(name, FieldType::kKeyword, test);
    });
  }

  static bool PassesMissing(const CrashRow& row, const Test& test) {
    std::vector<SharedStack> stacks = row.other_threads;
    stacks.push_back(row.input->parts().stack);
    for (const SharedStack& stack : stacks) {
      if (stack == nullptr) continue;
      for (const StackFrame& frame : stack->frames()) {
        if (frame.names.empty() && !frame.debug_id.empty() &&
            PassesText(frame.debug_id, FieldType::kKeyword, test))
          return true;
      }
    }
    return false;
  }

  static bool PassesClause(const CrashRow& row, const Clause& clause) {
    const auto passes = [&](const Test& test) {
      return clause.field == FieldId::kMissingDebugId ? PassesMissing(row, test)
                                                      : PassesTest(row, clause.field, test);
    };
    switch (clause.combine) {
      case Combine::kAllOf: return std::ranges::all_of(clause.tests, passes);
      case Combine::kAnyOf: return std::ranges::any_of(clause.tests, passes);
      default: return std::ranges::none_of(clause.tests, passes);
    }
  }

  // A frame as a person sees it.
  struct SeenFrame {
    std::string function;
    std::string file;
    std::string module;
    std::uint64_t offset = 0;
    bool is_inlined = false;
    bool has_name = false;
  };

  static std::vector<SeenFrame> FramesOf(const RawStack& stack) {
    std::vector<SeenFrame> seen;
    for (const StackFrame& frame : stack.frames()) {
      if (frame.names.empty()) seen.push_back({"", "", frame.module, frame.module_offset, false, false});
      for (std::size_t i = 0; i < frame.names.size(); ++i) {
        seen.push_back({frame.names[i].function, frame.names[i].file, frame.module, frame.module_offset,
                        i + 1 < frame.names.size(), true});
      }
    }
    return seen;
  }

  static bool PassesFrame(const SeenFrame& frame, const FrameTest& test) {
    const auto passes = [&](const std::string& text, bool any_case) {
      const std::string a = any_case ? Lower(text) : text;
      const std::string b = any_case ? Lower(test.text) : test.text;
      if (test.op == FrameOperator::kEquals) return a == b;
      if (test.op == FrameOperator::kContains) return a.find(b) != std::string::npos;
      return std::regex_match(a, Regex(b));
    };
    switch (test.part) {
      case FramePart::kOffset: return frame.offset == test.offset;
      case FramePart::kModule: return passes(frame.module, true);
      case FramePart::kFile: return frame.has_name && passes(frame.file, false);
      case FramePart::kInlined: return frame.is_inlined && passes(frame.function, false);
      default: return frame.has_name && passes(frame.function, false);
    }
  }

  static bool PassesStep(const SeenFrame& frame, const StackStep& step) {
    return std::ranges::all_of(step.tests, [&](const FrameTest& test) { return PassesFrame(frame, test); });
  }

  // Tries every way.
  static bool HasFrom(const std::vector<SeenFrame>& frames, std::size_t from,
                      const std::vector<StackStep>& steps, std::size_t step) {
    if (step == steps.size()) return true;
    for (std::size_t i = from; i < frames.size(); ++i) {
      if (step > 0 && steps[step].gap_max && i - from > *steps[step].gap_max) return false;
      if (PassesStep(frames[i], steps[step]) && HasFrom(frames, i + 1, steps, step + 1)) return true;
    }
    return false;
  }

  void Look(const SharedStack& stack) {
    if (stack != nullptr) seen_.try_emplace(stack.get(), FramesOf(*stack));
  }

  bool PassesStack(const SharedStack& stack, const StackClause& clause) const {
    if (stack == nullptr) return false;
    const auto [known, fresh] = passing_.try_emplace({stack.get(), &clause}, false);
    if (fresh) known->second = HasFrom(seen_.at(stack.get()), 0, clause.steps, 0);
    return known->second;
  }

  bool PassesStacks(const CrashRow& row, const StackClause& clause) const {
    bool has = PassesStack(row.input->parts().stack, clause);
    for (const SharedStack& stack : row.other_threads) {
      if (has || clause.scope == ThreadScope::kCrashingThread) break;
      has = PassesStack(stack, clause);
    }
    return has != clause.negated;
  }

  bool Passes(const CrashRow& row, const Query& query) const {
    return std::ranges::find(query.kinds, row.kind) != query.kinds.end() &&
           row.date_ms >= query.window.from_ms && row.date_ms < query.window.to_ms &&
           std::ranges::all_of(
               query.clauses, [&](const Clause& each) { return PassesClause(row, each); }) &&
           std::ranges::all_of(
               query.stacks, [&](const StackClause& each) { return PassesStacks(row, each); });
  }

  static bool IsBefore(const CrashRow& a, const CrashRow& b, const std::vector<Sort>& sort) {
    for (const Sort& each : sort) {
      const Value x = ValueOf(a, each.field);
      const Value y = ValueOf(b, each.field);
      if (x == y) continue;
      if (std::holds_alternative<std::monostate>(x)) return false;
      if (std::holds_alternative<std::monostate>(y)) return true;
      return each.descending ? y < x : x < y;
    }
    if (a.date_ms != b.date_ms) return a.date_ms > b.date_ms;
    if (a.uuid != b.uuid) return a.uuid < b.uuid;
    return a.kind < b.kind;
  }

  static void Count(const CrashRow& row, const Query& query, Estimate& estimate) {
    if (!query.with_estimates) return;
    estimate.count += row.weight;
    estimate.variance += row.weight * (row.weight - 1);
  }

  static std::int64_t FloorTo(std::int64_t number, std::int64_t size) {
    const std::int64_t rest = ((number % size) + size) % size;
    return number - rest;
  }

  static Value BucketOf(const Value& value, const Aggregation& aggregation) {
    if (aggregation.kind != AggregationKind::kHistogram) return value;
    if (FieldOf(aggregation.field).type != FieldType::kDate)
      return std::floor(NumberOf(value) / aggregation.interval) * aggregation.interval;
    constexpr std::int64_t kMinuteMs = 60'000;
    constexpr std::int64_t kDayOfMs = 1440 * kMinuteMs;
    const std::int64_t time_ms = std::get<std::int64_t>(value);
    switch (aggregation.date_step) {
      case DateStep::kMinute: return FloorTo(time_ms, kMinuteMs);
      case DateStep::kHour: return FloorTo(time_ms, 60 * kMinuteMs);
      case DateStep::kDay: return FloorTo(time_ms, kDayOfMs);
      case DateStep::kWeek:
        return FloorTo(time_ms - 4 * kDayOfMs, 7 * kDayOfMs) + 4 * kDayOfMs;  // 1970-01-05.
      default: break;
    }
    const std::chrono::sys_days day{std::chrono::days(FloorTo(time_ms, kDayOfMs) / kDayOfMs)};
    const std::chrono::year_month_day date(day);
    const std::chrono::sys_days first(date.year() / date.month() / 1);
    return std::int64_t{first.time_since_epoch().count()} * kDayOfMs;
  }

  static Facet Aggregate(const std::vector<const CrashRow*>& rows, const Aggregation& aggregation,
                         const Query& query) {
    Facet facet = EmptyFacet(aggregation);
    if (!HasBuckets(aggregation.kind)) {
      Measure(rows, aggregation, facet);
      return facet;
    }
    std::map<Value, std::vector<const CrashRow*>> groups;
    for (const CrashRow* const row : rows) {
      const Value value = ValueOf(*row, aggregation.field);
      if (std::holds_alternative<std::monostate>(value)) continue;
      if (FieldOf(aggregation.field).type == FieldType::kNames) {
        const std::vector<std::string> names = SplitNames(std::get<std::string>(value));
        for (const std::string& name : std::set<std::string>(names.begin(), names.end()))
          groups[name].push_back(row);
      } else {
        groups[BucketOf(value, aggregation)].push_back(row);
      }
    }
    for (const auto& [key, members] : groups) {
      FacetTerm& term = facet.terms.emplace_back();
      term.term = key;
      term.count = members.size();
      for (const CrashRow* const row : members) Count(*row, query, term.estimate);
    }
    if (aggregation.kind == AggregationKind::kTerms) {
      std::ranges::stable_sort(facet.terms, std::greater(), &FacetTerm::count);
      if (facet.terms.size() > query.facet_size) facet.terms.resize(query.facet_size);
    }
    for (FacetTerm& term : facet.terms) {
      for (const Aggregation& inner : aggregation.inner) {
        term.facets.push_back(Aggregate(groups[term.term], inner, query));
      }
    }
    return facet;
  }

  static void Measure(const std::vector<const CrashRow*>& rows, const Aggregation& aggregation,
                      Facet& facet) {
    std::vector<Value> values;
    for (const CrashRow* const row : rows) {
      Value value = ValueOf(*row, aggregation.field);
      if (!std::holds_alternative<std::monostate>(value)) values.push_back(std::move(value));
    }
    std::ranges::sort(values);
    if (aggregation.kind == AggregationKind::kCardinality) {
      facet.values = {static_cast<std::int64_t>(std::set<Value>(values.begin(), values.end()).size())};
      return;
    }
    if (values.empty()) return;
    double sum = 0;
    for (const Value& value : values) sum += NumberOf(value);
    switch (aggregation.kind) {
      case AggregationKind::kMinimum: facet.values = {values.front()}; break;
      case AggregationKind::kMaximum: facet.values = {values.back()}; break;
      case AggregationKind::kSum: facet.values = {sum}; break;
      case AggregationKind::kAverage: facet.values = {sum / static_cast<double>(values.size())}; break;
      default:
        for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
          const double place = kPercentiles[i] / 100.0 * static_cast<double>(values.size() - 1);
          const auto below = static_cast<std::size_t>(place);
          const double low = NumberOf(values[below]);
          const double high = NumberOf(values[std::min(below + 1, values.size() - 1)]);
          facet.values[i] = low + (high - low) * (place - static_cast<double>(below));
        }
    }
  }

  std::vector<CrashRow> rows_;
  std::map<const RawStack*, std::vector<SeenFrame>> seen_;
  mutable std::map<std::pair<const RawStack*, const StackClause*>, bool> passing_;  // Of the query at hand.
};

}  // namespace cairn::search
