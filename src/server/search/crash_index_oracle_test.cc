// An index finds what a look at every crash finds: thousands of random questions of every kind about random
// crashes.
#include <array>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "server/search/brute_force_for_test.h"
#include "server/search/crash_index_contract_for_test.h"

namespace cairn::search {
namespace {

constexpr std::size_t kCrashes = 20'000;
constexpr std::size_t kQueries = 2'000;
constexpr std::size_t kQueriesOfTest = 250;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t Below(std::size_t end) { return engine_() % end; }
  bool OneIn(std::size_t times) { return Below(times) == 0; }
  template <typename T, std::size_t count>
  const T& Of(const std::array<T, count>& choices) {
    return choices[Below(count)];
  }
  template <typename T>
  const T& Of(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

 private:
  std::mt19937 engine_;
};

const std::array<std::string, 6> kModules = {"libxul.so", "Kernel32.dll", "ntdll.dll",
                                             "libc.so.6", "app",          ""};
const std::array<std::string, 5> kFiles = {"a.cc", "dir/b.cpp", "dir/c.rs", "", "x/y/d.h"};

std::string FunctionName(std::size_t number) {
  return (number % 3 == 0 ? "ns::Class::f" : number % 3 == 1 ? "free_f" : "Rare::g") + std::to_string(number);
}

// Addresses whose names are the same in every stack.
std::vector<StackFrame> MakeAddresses(Dice& dice) {
  std::vector<StackFrame> addresses;
  for (std::size_t i = 0; i < 300; ++i) {
    StackFrame& frame = addresses.emplace_back();
    const std::size_t module = dice.Below(kModules.size());
    frame.module = kModules[module];
    if (!frame.module.empty()) frame.debug_id = "AB" + std::to_string(module);
    frame.module_offset = 16 * (i + 1);
    for (std::size_t inlined = dice.Below(4); inlined > 0; --inlined) {
      frame.names.push_back({FunctionName(dice.Below(120)), dice.Of(kFiles), static_cast<std::uint32_t>(i)});
    }
  }
  return addresses;
}

std::vector<SharedStack> MakeStacks(Dice& dice) {
  const std::vector<StackFrame> addresses = MakeAddresses(dice);
  std::vector<SharedStack> stacks;
  for (std::size_t i = 0; i < 1'500; ++i) {
    std::vector<StackFrame> frames;
    for (std::size_t length = dice.Below(14); length > 0; --length) {
      // Some addresses are frequent.
      frames.push_back(addresses[dice.OneIn(2) ? dice.Below(20) : dice.Below(addresses.size())]);
    }
    stacks.push_back(MakeStack(std::move(frames)));
  }
  return stacks;
}

std::vector<SharedInput> MakeInputs(Dice& dice, const std::vector<SharedStack>& stacks) {
  const std::array<std::string, 4> platforms = {"Linux", "Windows NT", "Mac OS X", ""};
  const std::array<std::string, 3> reasons = {"SIGSEGV / SEGV_MAPERR", "EXCEPTION_ACCESS_VIOLATION_READ", ""};
  std::vector<SharedInput> inputs;
  for (std::size_t i = 0; i < 2'000; ++i) {
    const std::string signature = dice.OneIn(50) ? "" : "mozalloc_abort | " + FunctionName(dice.Below(60));
    inputs.push_back(MakeInput({.stack = stacks[i % stacks.size()],
                                .platform = dice.Of(platforms),
                                .reason = dice.Of(reasons),
                                .annotations = {{"n", std::to_string(i)}},
                                .signature = {signature, signature + " | main", ""}}));
  }
  return inputs;
}

void AddAnnotations(Dice& dice, CrashRow& row) {
  const std::array<std::string, 4> words = {"MOZ_CRASH(one)", "two words", "Two_Words", "x|y"};
  const auto add = [&](const char* name, Value value) {
    row.annotations.emplace_back(FindField(name)->id, std::move(value));
  };
  if (!dice.OneIn(3)) add("moz_crash_reason", dice.Of(words));
  if (!dice.OneIn(3)) add("startup_crash", static_cast<std::int64_t>(dice.Below(2)));
  if (!dice.OneIn(3)) add("uptime_ts", static_cast<double>(dice.Below(4'000)) / 8);
  if (!dice.OneIn(3)) add("oom_allocation_size", static_cast<std::int64_t>(dice.Below(3'000)));
  if (!dice.OneIn(3))
    add("crash_time", kTestNowMs - static_cast<std::int64_t>(dice.Below(200)) * kTestDayMs / 3);
  const std::array<std::string, 5> names = {"main", "Main", "MOZ", "words two", "f1"};
  std::vector<std::string> addons;
  for (std::size_t count = dice.Below(4); count > 0; --count) addons.push_back(dice.Of(names));
  if (!addons.empty()) add("addons", JoinNames(addons));
  std::ranges::sort(row.annotations, {}, &std::pair<FieldId, Value>::first);
}

std::vector<CrashRow> MakeRows() {
  Dice dice(7);
  const std::vector<SharedStack> stacks = MakeStacks(dice);
  const std::vector<SharedInput> inputs = MakeInputs(dice, stacks);
  const std::array<std::string, 4> products = {"Crashy", "Editor", "crashy", ""};
  const std::array<std::string, 5> versions = {"1.0", "1.1", "2.0b1", "10.0", ""};
  const std::array<double, 3> weights = {1, 10, 2.5};
  std::vector<CrashRow> rows;
  for (std::size_t i = 0; i < kCrashes; ++i) {
    CrashRow& row = rows.emplace_back();
    row.kind = dice.OneIn(3) ? CrashKind::kReport : CrashKind::kPing;
    row.uuid = TestUuid(i);
    // Many at one moment, so that ids decide.
    row.date_ms = kTestNowMs - static_cast<std::int64_t>(dice.Below(28 * 24)) * 3'600'000;
    row.product = dice.Of(products);
    row.version = dice.Of(versions);
    row.build_id = dice.OneIn(9) ? "" : "202611" + std::to_string(10 + dice.Below(19));
    row.process_type = dice.OneIn(2) ? "main" : "content";
    row.client = static_cast<std::int64_t>(dice.Below(4'000));
    row.weight = dice.Of(weights);
    row.input = dice.Of(inputs);
    for (std::size_t threads = dice.OneIn(2) ? 0 : dice.Below(4); threads > 0; --threads) {
      row.other_threads.push_back(dice.Of(stacks));
    }
    AddAnnotations(dice, row);
  }
  return rows;
}

class QueryMaker {
 public:
  explicit QueryMaker(unsigned seed) : dice_(seed) {}

  Query Make() {
    Query query;
    const std::int64_t days = static_cast<std::int64_t>(dice_.Below(28)) + 1;
    query.window = {kTestNowMs - days * kTestDayMs, kTestNowMs - (days - 1) * kTestDayMs / 2};
    query.kinds = {CrashKind::kReport, CrashKind::kPing};
    if (dice_.OneIn(4)) query.kinds.pop_back();
    for (std::size_t count = dice_.Below(4); count > 0; --count) query.clauses.push_back(MakeClause());
    for (std::size_t count = dice_.OneIn(2) ? dice_.Below(3) : 0; count > 0; --count) {
      query.stacks.push_back(MakeStackClause());
    }
    query.columns = {FieldId::kUuid, FieldId::kKind, FieldId::kSignature, FindField("uptime_ts")->id,
                     FindField("addons")->id};
    for (std::size_t count = dice_.Below(3); count > 0; --count) {
      query.sort.push_back({dice_.Of(kFields), dice_.OneIn(2)});
    }
    query.hits_max = static_cast<std::uint32_t>(dice_.Below(60));
    query.hits_offset = dice_.OneIn(3) ? static_cast<std::uint32_t>(dice_.Below(40)) : 0;
    query.facet_size = static_cast<std::uint32_t>(1 + dice_.Below(20));
    query.with_estimates = dice_.OneIn(2);
    for (std::size_t count = dice_.Below(3); count > 0; --count) query.facets.push_back(MakeAggregation(1));
    return query;
  }

 private:
  Clause MakeClause() {
    if (dice_.OneIn(10)) {
      return {FieldId::kMissingDebugId,
              dice_.Of(kCombines),
              {{Operator::kMatches, "ab" + std::to_string(dice_.Below(5))}}};
    }
    Clause clause{dice_.Of(kFields), dice_.Of(kCombines), {}};
    for (std::size_t count = 1 + dice_.Below(2); count > 0; --count)
      clause.tests.push_back(MakeTest(clause.field));
    return clause;
  }

  Test MakeTest(FieldId field) {
    const FieldType type = FieldOf(field).type;
    if (dice_.OneIn(8)) return {Operator::kIsAbsent, {}};
    static const std::array<Operator, 4> orders = {Operator::kLess, Operator::kLessOrEqual,
                                                   Operator::kGreater, Operator::kGreaterOrEqual};
    if (type == FieldType::kDate)
      return {dice_.Of(orders), kTestNowMs - static_cast<std::int64_t>(dice_.Below(60)) * kTestDayMs};
    if (type == FieldType::kBoolean) return {Operator::kEquals, static_cast<std::int64_t>(dice_.Below(2))};
    if (!IsText(type)) {
      return {dice_.OneIn(2) ? Operator::kEquals : dice_.Of(orders),
              static_cast<std::int64_t>(dice_.Below(3'000))};
    }
    if (type == FieldType::kOrdered && dice_.OneIn(2))
      return {dice_.Of(orders), "202611" + std::to_string(10 + dice_.Below(19))};
    static const std::array<std::string, 12> texts = {"crashy", "Editor",  "1.0",  "mozalloc_abort | free_f1",
                                                      "f1",     "SIGSEGV", "main", "Linux",
                                                      "words",  "content", "MOZ",  "2.0b1"};
    static const std::array<Operator, 5> ops = {Operator::kMatches, Operator::kEquals, Operator::kContains,
                                                Operator::kStartsWith, Operator::kEndsWith};
    static const std::array<std::string, 3> regexes = {".*(free|Rare).*", "[A-Z].*", "mozalloc.*f[0-9]+"};
    if (dice_.OneIn(6)) return {Operator::kRegex, dice_.Of(regexes)};
    return {dice_.Of(ops), dice_.Of(texts)};
  }

  FrameTest MakeFrameTest() {
    const std::string function = FunctionName(dice_.Below(120));
    static const std::array<std::string, 4> parts = {"ns::", "f1", "Rare", "free_f2"};
    static const std::array<std::string, 3> regexes = {"ns::.*", ".*[05]", "(free_f|Rare::g)[0-9]"};
    switch (dice_.Below(8)) {
      case 0: return {FramePart::kModule, FrameOperator::kEquals, "kernel32.DLL", 0};
      case 1: return {FramePart::kModule, FrameOperator::kContains, "LIB", 0};
      case 2: return {FramePart::kFile, FrameOperator::kRegex, ".*[.]c.*", 0};
      case 3: return {FramePart::kInlined, FrameOperator::kContains, dice_.Of(parts), 0};
      case 4: return {FramePart::kOffset, FrameOperator::kEquals, "", 16 * (1 + dice_.Below(20))};
      case 5: return {FramePart::kFunction, FrameOperator::kContains, dice_.Of(parts), 0};
      case 6: return {FramePart::kFunction, FrameOperator::kRegex, dice_.Of(regexes), 0};
      default: return {FramePart::kFunction, FrameOperator::kEquals, function, 0};
    }
  }

  StackClause MakeStackClause() {
    StackClause clause;
    clause.scope = dice_.OneIn(2) ? ThreadScope::kAnyThread : ThreadScope::kCrashingThread;
    clause.negated = dice_.OneIn(4);
    for (std::size_t count = 1 + dice_.Below(3); count > 0; --count) {
      StackStep& step = clause.steps.emplace_back();
      step.tests.push_back(MakeFrameTest());
      if (dice_.OneIn(4)) step.tests.push_back(MakeFrameTest());
      if (dice_.OneIn(2))
        step.gap_max.reset();
      else if (dice_.OneIn(2))
        step.gap_max = static_cast<std::uint32_t>(dice_.Below(4));
    }
    return clause;
  }

  Aggregation MakeAggregation(std::size_t depth) {
    Aggregation aggregation;
    aggregation.field = dice_.Of(kFields);
    const FieldType type = FieldOf(aggregation.field).type;
    const bool is_measured = !IsText(type) && type != FieldType::kBoolean;
    static const std::array<AggregationKind, 7> measured = {
        AggregationKind::kHistogram,  AggregationKind::kCardinality, AggregationKind::kMinimum,
        AggregationKind::kMaximum,    AggregationKind::kAverage,     AggregationKind::kSum,
        AggregationKind::kPercentiles};
    static const std::array<double, 3> intervals = {1, 100, 0.5};
    static const std::array<DateStep, 5> steps = {DateStep::kMinute, DateStep::kHour, DateStep::kDay,
                                                  DateStep::kWeek, DateStep::kMonth};
    if (is_measured && !dice_.OneIn(4)) aggregation.kind = dice_.Of(measured);
    if (!is_measured && type != FieldType::kNames && dice_.OneIn(4))
      aggregation.kind = AggregationKind::kCardinality;
    if (dice_.OneIn(8)) aggregation = {FieldId::kClient, AggregationKind::kCardinality, {}, 1, {}};
    aggregation.interval = dice_.Of(intervals);
    aggregation.date_step = dice_.Of(steps);
    if (HasBuckets(aggregation.kind) && depth < 4) {
      for (std::size_t count = dice_.Below(3); count > 0; --count) {
        aggregation.inner.push_back(MakeAggregation(depth + 1));
      }
    }
    return aggregation;
  }

  static inline const std::array<Combine, 3> kCombines = {Combine::kAnyOf, Combine::kAllOf, Combine::kNoneOf};
  const std::vector<FieldId> kFields = {FieldId::kSignature,
                                        FieldId::kProduct,
                                        FieldId::kVersion,
                                        FieldId::kBuildId,
                                        FieldId::kProcessType,
                                        FieldId::kPlatform,
                                        FieldId::kReason,
                                        FieldId::kKind,
                                        FieldId::kDate,
                                        FindField("addons")->id,
                                        FindField("moz_crash_reason")->id,
                                        FindField("startup_crash")->id,
                                        FindField("uptime_ts")->id,
                                        FindField("oom_allocation_size")->id,
                                        FindField("crash_time")->id};
  Dice dice_;
};

// Sums of doubles may differ in their last digits, by the order of adding.
bool IsAlike(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

bool IsAlike(const Value& a, const Value& b) {
  const auto* const x = std::get_if<double>(&a);
  const auto* const y = std::get_if<double>(&b);
  return x != nullptr && y != nullptr ? IsAlike(*x, *y) : a == b;
}

bool IsAlike(const Estimate& a, const Estimate& b) {
  return IsAlike(a.count, b.count) && IsAlike(a.variance, b.variance);
}

bool IsAlike(const Facet& a, const Facet& b) {
  const auto same_term = [](const FacetTerm& x, const FacetTerm& y) {
    return IsAlike(x.term, y.term) && x.count == y.count && IsAlike(x.estimate, y.estimate) &&
           std::ranges::equal(x.facets, y.facets,
                              [](const Facet& p, const Facet& q) { return IsAlike(p, q); });
  };
  return a.aggregation == b.aggregation && std::ranges::equal(a.terms, b.terms, same_term) &&
         std::ranges::equal(a.values, b.values, [](const Value& x, const Value& y) { return IsAlike(x, y); });
}

class Indexes {
 public:
  Indexes() : rows(MakeRows()), brute_force(rows) {
    for (const CrashIndexImplementation& each : CrashIndexImplementations()) {
      std::unique_ptr<CrashIndex> index = each.open(folder);
      for (std::size_t i = 0; i < rows.size(); i += kMaxRowsPerBatch) {
        EXPECT_TRUE(index->Add(std::span(rows).subspan(i, std::min(kMaxRowsPerBatch, rows.size() - i))));
      }
      by_name[each.name] = std::move(index);
    }
  }
  store::TemporaryFolder folder;
  std::vector<CrashRow> rows;
  BruteForce brute_force;
  std::map<std::string, std::unique_ptr<CrashIndex>> by_name;
};

class ServerSearchOracle
    : public ::testing::TestWithParam<std::tuple<CrashIndexImplementation, std::size_t>> {
 protected:
  static void TearDownTestSuite() { indexes_.reset(); }
  static Indexes& All() {
    if (indexes_ == nullptr) indexes_ = std::make_unique<Indexes>();
    return *indexes_;
  }

 private:
  static inline std::unique_ptr<Indexes> indexes_;
};

void ExpectAlike(const SearchResult& found, const SearchResult& expected, std::size_t number) {
  EXPECT_EQ(found.total, expected.total) << "query " << number;
  EXPECT_TRUE(IsAlike(found.estimate, expected.estimate)) << "query " << number;
  EXPECT_EQ(found.hits, expected.hits) << "query " << number;
  ASSERT_EQ(found.facets.size(), expected.facets.size());
  for (std::size_t i = 0; i < found.facets.size(); ++i) {
    EXPECT_TRUE(IsAlike(found.facets[i], expected.facets[i])) << "query " << number << ", facet " << i;
  }
}

TEST_P(ServerSearchOracle, RandomQuestionsHaveTheAnswersOfALookAtEveryCrash) {
  const auto& [implementation, part] = GetParam();
  const CrashIndex& index = *All().by_name.at(implementation.name);
  std::size_t with_hits = 0;
  for (std::size_t i = 0; i < kQueriesOfTest && !HasFailure(); ++i) {
    const std::size_t number = part * kQueriesOfTest + i;
    const Query query = QueryMaker(static_cast<unsigned>(number)).Make();
    const base::Result<SearchResult> found = index.Search(query);
    ASSERT_TRUE(found) << "query " << number << ": " << base::Describe(found.error());
    ExpectAlike(*found, All().brute_force.Search(query), number);
    if (found->total > 0) ++with_hits;
  }
  EXPECT_GT(with_hits, kQueriesOfTest / 5) << "questions that find nothing prove little";
}

TEST_P(ServerSearchOracle, PagesByPositionShowEachCrashOnce) {
  const auto& [implementation, part] = GetParam();
  const CrashIndex& index = *All().by_name.at(implementation.name);
  Query query = QueryMaker(static_cast<unsigned>(10'000 + part)).Make();
  query.window = {kTestNowMs - 28 * kTestDayMs, kTestNowMs};
  query.clauses.clear();
  query.stacks.clear();
  query.facets.clear();
  query.hits_max = 100'000;
  query.hits_offset = 0;
  const SearchResult whole = All().brute_force.Search(query);
  query.hits_max = 997;
  std::vector<std::vector<Value>> pages;
  for (bool more = true; more;) {
    const base::Result<SearchResult> page = index.Search(query);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->total, whole.total) << "of all pages";
    pages.insert(pages.end(), page->hits.begin(), page->hits.end());
    query.after = page->next;
    more = page->next.has_value();
  }
  EXPECT_EQ(pages.size(), whole.hits.size());
  EXPECT_TRUE(pages == whole.hits);
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchOracle,
                         ::testing::Combine(::testing::ValuesIn(CrashIndexImplementations()),
                                            ::testing::Range<std::size_t>(0, kQueries / kQueriesOfTest)),
                         [](const auto& row) {
                           return std::get<0>(row.param).name + std::to_string(std::get<1>(row.param));
                         });

}  // namespace
}  // namespace cairn::search
