#include "server/collector/rule_tests.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>

#include "base/time_units.h"
#include "server/collector/version_order.h"

namespace cairn::collector {
namespace {

constexpr std::int64_t kRegexMemoryBytes = 1 << 20;

std::string FoldCase(std::string_view text, bool ignore_case) {
  std::string folded(text);
  if (!ignore_case) return folded;
  std::ranges::transform(folded, folded.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return folded;
}

bool AreDigits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Unix time of the beginning of the day that a build id begins with, "20261122...", in UTC.
std::optional<std::int64_t> DayOfBuild(std::string_view build_id) {
  if (build_id.size() < 8 || !AreDigits(build_id.substr(0, 8))) return std::nullopt;
  const auto number = [&build_id](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(build_id.data() + at, build_id.data() + at + size, value);
    return value;
  };
  const std::chrono::year_month_day day(std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(6, 2))));
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day).time_since_epoch().count() * base::kDayMs;
}

std::optional<double> NumberOf(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Each gives what is wrong with the value; empty if nothing is.
using Make = std::string (*)(const TestMaker& maker, const toml::node& value, Condition& condition);

std::string MakePresent(const TestMaker&, const toml::node& value, Condition& condition) {
  if (!value.is_boolean()) return "`present` must be true or false";
  condition.present = value.value_or(true);
  return {};
}

// A test that compares with one text.
template <typename Compare>
std::string MakeOfText(const toml::node& value, Condition& condition, Compare compare) {
  const auto* const text = value.as_string();
  if (text == nullptr) return "the test compares with a text: put it in quotes";
  condition.test = [wanted = text->get(), compare](std::string_view found, std::int64_t) {
    return compare(found, wanted);
  };
  return {};
}

std::string MakeEquals(const TestMaker& maker, const toml::node& value, Condition& condition) {
  return MakeOfText(value, condition,
                    [fold = maker.ignore_case](std::string_view found, const std::string& wanted) {
                      return FoldCase(found, fold) == FoldCase(wanted, fold);
                    });
}

std::string MakePrefix(const TestMaker& maker, const toml::node& value, Condition& condition) {
  return MakeOfText(value, condition,
                    [fold = maker.ignore_case](std::string_view found, const std::string& wanted) {
                      return FoldCase(found, fold).starts_with(FoldCase(wanted, fold));
                    });
}

std::string MakeVersionBelow(const TestMaker&, const toml::node& value, Condition& condition) {
  return MakeOfText(value, condition, [](std::string_view found, const std::string& wanted) {
    return CompareVersions(found, wanted) < 0;
  });
}

std::string MakeVersionAtLeast(const TestMaker&, const toml::node& value, Condition& condition) {
  return MakeOfText(value, condition, [](std::string_view found, const std::string& wanted) {
    return CompareVersions(found, wanted) >= 0;
  });
}

std::string MakeIn(const TestMaker& maker, const toml::node& value, Condition& condition) {
  std::optional<std::vector<std::string>> texts = TextsOf(value);
  if (const auto* const name = value.as_string()) {
    const auto list = maker.lists.find(name->get());
    if (list == maker.lists.end()) return "there is no list `" + name->get() + "`: write it under [lists]";
    texts = list->second;
  }
  if (!texts) return "`in` must be an array of texts, or the name of a list under [lists]";
  for (std::string& text : *texts) text = FoldCase(text, maker.ignore_case);
  condition.test = [wanted = *std::move(texts), fold = maker.ignore_case](std::string_view found,
                                                                          std::int64_t) {
    return std::ranges::find(wanted, FoldCase(found, fold)) != wanted.end();
  };
  return {};
}

std::string MakeMatches(const TestMaker& maker, const toml::node& value, Condition& condition) {
  const auto* const text = value.as_string();
  if (text == nullptr) return "`matches` must be a regular expression (RE2) in quotes";
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexMemoryBytes);
  options.set_case_sensitive(!maker.ignore_case);
  // Shared because std::function wants to be copied, and RE2 does not.
  auto expression = std::make_shared<const RE2>(text->get(), options);
  if (!expression->ok()) return "the regular expression (RE2) has a fault: " + expression->error();
  condition.test = [expression = std::move(expression)](std::string_view found, std::int64_t) {
    return RE2::PartialMatch(re2::StringPiece(found.data(), found.size()), *expression);
  };
  return {};
}

template <typename Compare>
std::string MakeBuildAge(const toml::node& value, Condition& condition, Compare compare) {
  const std::optional<double> days = value.value<double>();
  if (!days || *days < 0 || !std::isfinite(*days)) return "the age of a build is a number of days";
  condition.test = [days = *days, compare](std::string_view build_id, std::int64_t now_ms) {
    const std::optional<std::int64_t> built = DayOfBuild(build_id);
    return built && compare(static_cast<double>(now_ms - *built) / base::kDayMs, days);
  };
  return {};
}

std::string MakeBuildOlder(const TestMaker&, const toml::node& value, Condition& condition) {
  return MakeBuildAge(value, condition, [](double age, double days) { return age > days; });
}

std::string MakeBuildNewer(const TestMaker&, const toml::node& value, Condition& condition) {
  return MakeBuildAge(value, condition, [](double age, double days) { return age < days; });
}

// Build ids are times, so their order is that of their letters.
std::string MakeBuildBefore(const TestMaker&, const toml::node& value, Condition& condition) {
  const auto* const text = value.as_string();
  if (text == nullptr || !DayOfBuild(text->get()) || !AreDigits(text->get())) {
    return "`build_before` is a build id or its beginning, such as \"20261122\"";
  }
  condition.test = [wanted = text->get()](std::string_view found, std::int64_t) { return found < wanted; };
  return {};
}

template <typename Compare>
std::string MakeOfNumber(const toml::node& value, Condition& condition, Compare compare) {
  const std::optional<double> wanted = value.value<double>();
  if (!wanted) return "the test compares with a number";
  condition.test = [wanted = *wanted, compare](std::string_view found, std::int64_t) {
    const std::optional<double> number = NumberOf(found);
    return number && compare(*number, wanted);
  };
  return {};
}

std::string MakeNumberAtMost(const TestMaker&, const toml::node& value, Condition& condition) {
  return MakeOfNumber(value, condition, [](double found, double wanted) { return found <= wanted; });
}

std::string MakeNumberAtLeast(const TestMaker&, const toml::node& value, Condition& condition) {
  return MakeOfNumber(value, condition, [](double found, double wanted) { return found >= wanted; });
}

struct TestRow {
  std::string_view key;
  Make make;
};

constexpr TestRow kTests[] = {
    {"present", MakePresent},
    {"equals", MakeEquals},
    {"in", MakeIn},
    {"prefix", MakePrefix},
    {"matches", MakeMatches},
    {"version_below", MakeVersionBelow},
    {"version_at_least", MakeVersionAtLeast},
    {"build_older_than_days", MakeBuildOlder},
    {"build_newer_than_days", MakeBuildNewer},
    {"build_before", MakeBuildBefore},
    {"number_at_most", MakeNumberAtMost},
    {"number_at_least", MakeNumberAtLeast},
};

}  // namespace

bool IsTestName(std::string_view key) {
  return std::ranges::find(kTests, key, &TestRow::key) != std::end(kTests);
}

std::string AllTestNames() {
  std::string names;
  for (const TestRow& row : kTests) names += (names.empty() ? "" : ", ") + std::string(row.key);
  return names;
}

std::optional<std::vector<std::string>> TextsOf(const toml::node& node) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const toml::node& element : *array) {
    const auto* const text = element.as_string();
    if (text == nullptr) return std::nullopt;
    texts.push_back(text->get());
  }
  return texts;
}

std::string TestMaker::Make(std::string_view key, const toml::node& value, Condition& condition) const {
  return std::ranges::find(kTests, key, &TestRow::key)->make(*this, value, condition);
}

}  // namespace cairn::collector
