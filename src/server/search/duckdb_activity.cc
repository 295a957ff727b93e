#include "server/search/duckdb_activity.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf8.h"
#include "os/clock.h"
#include "server/search/duckdb_appender.h"
#include "server/search/duckdb_schema.h"
#include "server/search/week.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kPrefix = "activity";

struct TextDimension {
  ActivityDimension dimension;
  std::string_view column;
  std::string stats::Dimensions::* member;
};
// In the order of the table's columns, which are called as those of crashes are.
constexpr std::array<TextDimension, 9> kTexts = {{
    {ActivityDimension::kProduct, "product", &stats::Dimensions::application},
    {ActivityDimension::kVersion, "version", &stats::Dimensions::version},
    {ActivityDimension::kDisplayVersion, "display_version", &stats::Dimensions::display_version},
    {ActivityDimension::kBuildId, "build_id", &stats::Dimensions::build_id},
    {ActivityDimension::kReleaseChannel, "release_channel", &stats::Dimensions::channel},
    {ActivityDimension::kPlatform, "platform", &stats::Dimensions::os_name},
    {ActivityDimension::kPlatformVersion, "platform_version", &stats::Dimensions::os_version},
    {ActivityDimension::kCpuArch, "cpu_arch", &stats::Dimensions::architecture},
    {ActivityDimension::kCountry, "country", &stats::Dimensions::country},
}};

struct Measure {
  std::string_view column;
  std::int64_t stats::Measures::* member;
};
constexpr std::array<Measure, 11> kMeasures = {{
    {"pings", &stats::Measures::count},
    {"main_crashes", &stats::Measures::main_crashes},
    {"content_crashes", &stats::Measures::content_crashes},
    {"content_shutdown_crashes", &stats::Measures::content_shutdown_crashes},
    {"startup_crashes", &stats::Measures::startup_crashes},
    {"gpu_crashes", &stats::Measures::gpu_crashes},
    {"plugin_crashes", &stats::Measures::plugin_crashes},
    {"gmplugin_crashes", &stats::Measures::gmplugin_crashes},
    {"sessions", &stats::Measures::sessions},
    {"clients", &stats::Measures::clients},
    {"usage_seconds", &stats::Measures::usage_seconds},
}};

// What tells rows of a table of sums apart.
std::string Keys() {
  std::string keys = "window_ms";
  for (const TextDimension& text : kTexts) keys += ", " + std::string(text.column);
  return keys;
}

// The sums of all measures of rows that a GROUP BY puts together, in the order of the table's columns.
std::string SumsOfMeasures() {
  std::string sums;
  for (const Measure& measure : kMeasures) {
    sums += ", CAST(sum(" + std::string(measure.column) + ") AS BIGINT) AS " + std::string(measure.column);
  }
  return sums;
}

// Towards the past also before 1970.
constexpr std::string_view kDayExpression = "CAST(floor(window_ms / 86400000.0) AS BIGINT) * 86400000";

std::optional<std::string> ExpressionOf(ActivityDimension dimension) {
  if (dimension == ActivityDimension::kWindow) return "window_ms";
  if (dimension == ActivityDimension::kDay) return std::string(kDayExpression);
  for (const TextDimension& text : kTexts) {
    if (text.dimension == dimension) return std::string(text.column);
  }
  return std::nullopt;
}

// As they are kept: in valid text, and the platform called as crashes call it.
stats::Dimensions KeptForm(stats::Dimensions dimensions) {
  dimensions.os_name = stats::PlatformOf(dimensions.os_name);
  for (const TextDimension& text : kTexts) {
    std::string& value = dimensions.*text.member;
    if (!base::IsUtf8(value)) value = base::ToValidUtf8(value);
  }
  return dimensions;
}

// "20261122" of the day that begins then.
std::string DayText(std::int64_t day_ms) {
  std::string text = os::FormatIso(day_ms).substr(0, 10);
  std::erase(text, '-');
  return text;
}

// Up to which number each source's sums are in the file.
base::Result<std::map<std::int64_t, std::int64_t>> ReadTaken(DuckConnection& connection,
                                                             const std::string& catalog) {
  std::map<std::int64_t, std::int64_t> taken;
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query("SELECT source, number FROM " + catalog + ".taken"));
  while (rows.Next()) taken[rows.Integer(0)] = rows.Integer(1);
  return taken;
}

base::Status NoteTaken(DuckConnection& connection, const std::string& catalog, std::int64_t source,
                       std::int64_t number) {
  const std::array<Value, 2> parameters = {number, source};
  ASSIGN_OR_RETURN(
      DuckRows changed,
      connection.Query("UPDATE " + catalog + ".taken SET number = ? WHERE source = ?", parameters));
  if (changed.Next() && changed.Integer(0) > 0) return {};
  RETURN_IF_ERROR(
      connection.Query("INSERT INTO " + catalog + ".taken (number, source) VALUES (?, ?)", parameters));
  return {};
}

base::Status Append(DuckConnection& connection, const std::string& catalog,
                    const std::vector<stats::Aggregate>& rows) {
  ASSIGN_OR_RETURN(DuckAppender sums, DuckAppender::Create(connection, catalog, "sums"));
  for (const stats::Aggregate& row : rows) {
    sums.Integer(row.window_start_ms);
    for (const TextDimension& text : kTexts) sums.Text(row.dimensions.*text.member);
    for (const Measure& measure : kMeasures) sums.Integer(row.measures.*measure.member);
    sums.EndRow();
  }
  return sums.Finish();
}

}  // namespace

DuckDbActivity::DuckDbActivity(std::string folder, DuckConnection& writer)
    : writer_(&writer), files_on_disk_(std::move(folder), writer) {}

base::Status DuckDbActivity::Open() {
  ASSIGN_OR_RETURN(const std::vector<std::string> stems, files_on_disk_.Open());
  for (const std::string& stem : stems) {
    const std::optional<std::int64_t> week = ParseWeekStem(stem, kPrefix);
    if (!week) continue;
    ASSIGN_OR_RETURN(DuckDbFileRef file, files_on_disk_.Attach(stem));
    RETURN_IF_ERROR(MigrateActivity(*writer_, file->catalog));
    const std::lock_guard lock(mutex_);
    files_[*week] = std::move(file);
  }
  return {};
}

std::map<std::int64_t, DuckDbFileRef> DuckDbActivity::Files() const {
  const std::lock_guard lock(mutex_);
  return files_;
}

base::Result<DuckDbFileRef> DuckDbActivity::FileFor(std::int64_t week) {
  if (const auto found = files_.find(week); found != files_.end()) return found->second;
  const auto fill = [](DuckConnection& connection) {
    return connection.Execute(ActivitySchema(DuckDbFiles::kUnfinished));
  };
  ASSIGN_OR_RETURN(DuckDbFileRef file, files_on_disk_.Create(WeekStem(kPrefix, week), fill));
  const std::lock_guard lock(mutex_);
  files_[week] = file;
  return file;
}

base::Status DuckDbActivity::Add(std::span<const stats::NumberedAggregate> sums) {
  std::map<std::int64_t, Sums> by_week;
  for (const stats::NumberedAggregate& sum : sums) {
    by_week[WeekOf(sum.aggregate.window_start_ms)].push_back(&sum);
  }
  for (const auto& [week, of_week] : by_week) RETURN_IF_ERROR(AddToWeek(week, of_week));
  return {};
}

base::Status DuckDbActivity::AddToWeek(std::int64_t week, const Sums& sums) {
  using Numbers = std::map<std::int64_t, std::int64_t>;
  ASSIGN_OR_RETURN(const DuckDbFileRef file, FileFor(week));
  ASSIGN_OR_RETURN(const Numbers taken, ReadTaken(*writer_, file->catalog));
  Numbers last;
  stats::ErrorAggregates added;
  for (const stats::NumberedAggregate* const sum : sums) {
    const auto found = taken.find(sum->source);
    if (found != taken.end() && sum->number <= found->second) continue;
    added.Add(sum->aggregate.window_start_ms, KeptForm(sum->aggregate.dimensions), sum->aggregate.measures);
    last[sum->source] = std::max(last[sum->source], sum->number);
  }
  if (added.empty()) return {};
  const std::vector<stats::Aggregate> rows = added.Rows();
  auto before = last_window_ms_.find(week);
  if (before == last_window_ms_.end()) {
    ASSIGN_OR_RETURN(DuckRows windows,
                     writer_->Query("SELECT max(window_ms) FROM " + file->catalog + ".sums"));
    before = last_window_ms_.emplace(week, windows.Next() ? windows.Integer(0) : 0).first;
  }
  const std::int64_t newest_ms = std::max(before->second, rows.back().window_start_ms);
  const auto write = [&]() -> base::Status {
    RETURN_IF_ERROR(Append(*writer_, file->catalog, rows));
    for (const auto& [source, number] : last) {
      RETURN_IF_ERROR(NoteTaken(*writer_, file->catalog, source, number));
    }
    return newest_ms > before->second ? AddUp(*file, before->second, newest_ms) : base::Status();
  };
  RETURN_IF_ERROR(writer_->InTransaction(write));
  before->second = newest_ms;
  return {};
}

// Of the windows [from_ms, to_ms): one row in place of all of the same keys.
base::Status DuckDbActivity::AddUp(const DuckDbFile& file, std::int64_t from_ms, std::int64_t to_ms) {
  const std::string rows = file.catalog + ".sums WHERE window_ms >= " + std::to_string(from_ms) +
                           " AND window_ms < " + std::to_string(to_ms);
  return writer_->Execute("CREATE OR REPLACE TEMP TABLE added_up AS SELECT " + Keys() + SumsOfMeasures() +
                          " FROM " + rows + " GROUP BY " + Keys() + "; DELETE FROM " + rows +
                          "; INSERT INTO " + file.catalog + ".sums FROM added_up; DROP TABLE added_up");
}

base::Result<std::vector<ActivitySum>> DuckDbActivity::Sum(const ActivityQuery& query,
                                                           DuckConnection& reader) const {
  std::string keys;
  for (const ActivityDimension dimension : query.group_by) {
    const std::optional<std::string> expression = ExpressionOf(dimension);
    if (!expression) return Error{Code::kBadValue, 0, "dimension of activity"};
    keys += (keys.empty() ? "" : ", ") + *expression;
  }
  std::string condition = "window_ms >= ? AND window_ms < ?";
  std::vector<Value> parameters = {query.window.from_ms, query.window.to_ms};
  for (const auto& [dimension, text] : query.filters) {
    const std::optional<std::string> expression = ExpressionOf(dimension);
    if (!expression || dimension == ActivityDimension::kDay || dimension == ActivityDimension::kWindow ||
        !base::IsUtf8(text)) {
      return Error{Code::kBadValue, 0, "filter of activity"};
    }
    condition += " AND coalesce(" + *expression + ", '') = ?";
    parameters.emplace_back(text);
  }
  const std::map<std::int64_t, DuckDbFileRef> files = Files();  // Held while they are read.
  std::string sources;
  for (const auto& [week, file] : files) {
    if (StartOfWeek(week + 1) <= query.window.from_ms || StartOfWeek(week) >= query.window.to_ms) continue;
    sources += (sources.empty() ? "" : " UNION ALL ") + ("SELECT * FROM " + file->catalog + ".sums");
  }
  std::vector<ActivitySum> sums;
  if (sources.empty()) return sums;
  // Old builds are told by the day of use, and by one implementation.
  std::string groups = keys;
  if (query.recent_builds_only) {
    groups += (keys.empty() ? "" : ", ") + std::string(kDayExpression) + ", build_id";
  }
  const std::string select = groups.empty() ? "SELECT count(*)" : "SELECT " + groups;
  const std::string grouping =
      groups.empty() ? " HAVING count(*) > 0" : " GROUP BY " + groups + " ORDER BY " + groups;
  ASSIGN_OR_RETURN(DuckRows rows, reader.Query(select + SumsOfMeasures() + " FROM (" + sources + ") WHERE " +
                                                   condition + grouping,
                                               parameters));
  const std::size_t keys_count = query.group_by.size();
  const std::size_t first_measure = std::max<std::size_t>(keys_count + (query.recent_builds_only ? 2 : 0), 1);
  while (rows.Next()) {
    if (query.recent_builds_only &&
        !stats::IsBuildRecent(rows.Text(keys_count + 1), DayText(rows.Integer(keys_count)))) {
      continue;
    }
    std::vector<Value> values;
    for (std::size_t i = 0; i < keys_count; ++i) values.push_back(rows.At(i));
    if (sums.empty() || sums.back().keys != values) sums.push_back({std::move(values), {}});
    stats::Measures measures;
    for (std::size_t i = 0; i < kMeasures.size(); ++i) {
      measures.*kMeasures[i].member = rows.Integer(first_measure + i);
    }
    sums.back().measures.Add(measures);
  }
  return sums;
}

base::Status DuckDbActivity::Expire(std::int64_t before_ms) {
  for (const auto& [week, file] : Files()) {
    if (StartOfWeek(week + 1) > before_ms) continue;
    files_on_disk_.Retire(file);
    last_window_ms_.erase(week);
    const std::lock_guard lock(mutex_);
    files_.erase(week);
  }
  return {};
}

}  // namespace cairn::search
