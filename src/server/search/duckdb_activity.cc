#include "server/search/duckdb_activity.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf8.h"
#include "server/search/content_hash.h"
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
  std::string ActivityDimensions::* member;
};
// In the order of the table's columns.
constexpr std::array<TextDimension, 9> kTexts = {{
    {ActivityDimension::kProduct, "product", &ActivityDimensions::product},
    {ActivityDimension::kVersion, "version", &ActivityDimensions::version},
    {ActivityDimension::kDisplayVersion, "display_version", &ActivityDimensions::display_version},
    {ActivityDimension::kBuildId, "build_id", &ActivityDimensions::build_id},
    {ActivityDimension::kReleaseChannel, "release_channel", &ActivityDimensions::release_channel},
    {ActivityDimension::kPlatform, "platform", &ActivityDimensions::platform},
    {ActivityDimension::kPlatformVersion, "platform_version", &ActivityDimensions::platform_version},
    {ActivityDimension::kCpuArch, "cpu_arch", &ActivityDimensions::cpu_arch},
    {ActivityDimension::kCountry, "country", &ActivityDimensions::country},
}};

struct Measure {
  std::string_view column;
  std::int64_t ActivityCounts::* member;
};
constexpr std::array<Measure, 10> kMeasures = {{
    {"pings", &ActivityCounts::pings},
    {"main_crashes", &ActivityCounts::main_crashes},
    {"content_crashes", &ActivityCounts::content_crashes},
    {"content_shutdown_crashes", &ActivityCounts::content_shutdown_crashes},
    {"startup_crashes", &ActivityCounts::startup_crashes},
    {"gpu_crashes", &ActivityCounts::gpu_crashes},
    {"plugin_crashes", &ActivityCounts::plugin_crashes},
    {"gmplugin_crashes", &ActivityCounts::gmplugin_crashes},
    {"sessions", &ActivityCounts::sessions},
    {"clients", &ActivityCounts::clients},
}};

std::string ListOfTexts() {
  std::string list;
  for (const TextDimension& text : kTexts) list += ", " + std::string(text.column);
  return list;
}

std::string Schema(std::string_view catalog) {
  std::string columns = "window_ms BIGINT";
  for (const TextDimension& text : kTexts) columns += ", " + std::string(text.column) + " VARCHAR";
  for (const Measure& measure : kMeasures) columns += ", " + std::string(measure.column) + " BIGINT";
  return WithSchemaVersion("CREATE TABLE @.sums (" + columns +
                               ", usage_hours DOUBLE);"
                               "CREATE TABLE @.pings (uuid UUID, day BIGINT);"
                               "CREATE TABLE @.clients (token BIGINT, day BIGINT);",
                           catalog);
}

// The sums of all measures of rows that a GROUP BY puts together, in the order of the table's columns.
std::string SumsOfMeasures() {
  std::string sums;
  for (const Measure& measure : kMeasures) {
    sums += ", CAST(coalesce(sum(" + std::string(measure.column) + "), 0) AS BIGINT)";
  }
  return sums + ", CAST(coalesce(sum(usage_hours), 0) AS DOUBLE)";
}

std::optional<std::string> ExpressionOf(ActivityDimension dimension) {
  if (dimension == ActivityDimension::kWindow) return "window_ms";
  // Towards the past also before 1970.
  if (dimension == ActivityDimension::kDay) return "CAST(floor(window_ms / 86400000.0) AS BIGINT) * 86400000";
  for (const TextDimension& text : kTexts) {
    if (text.dimension == dimension) return std::string(text.column);
  }
  return std::nullopt;
}

std::int64_t WindowOf(std::int64_t date_ms) {
  const std::int64_t start_of_day = DayOf(date_ms) * kDayMs;
  return start_of_day + (date_ms - start_of_day) / kActivityWindowMs * kActivityWindowMs;
}

ActivityDimensions WithValidText(ActivityDimensions dimensions) {
  for (const TextDimension& text : kTexts) {
    std::string& value = dimensions.*text.member;
    if (!base::IsUtf8(value)) value = base::ToValidUtf8(value);
  }
  return dimensions;
}

// Stands for a client on one day with one kind of usage, and for nothing else.
std::int64_t TokenOf(std::int64_t client, std::int64_t day, const ActivityDimensions& dimensions) {
  ContentHash hash;
  hash.Add(static_cast<std::uint64_t>(client)).Add(static_cast<std::uint64_t>(day));
  hash.Add(dimensions.product).Add(dimensions.version).Add(dimensions.build_id);
  return hash.Add(dimensions.release_channel).Add(dimensions.platform).Finish();
}

void AddTo(ActivityCounts& sum, const ActivityCounts& more) {
  for (const Measure& measure : kMeasures) sum.*measure.member += more.*measure.member;
  sum.usage_hours += more.usage_hours;
}

}  // namespace

DuckDbActivity::DuckDbActivity(std::string folder, DuckConnection& writer)
    : writer_(&writer),
      files_on_disk_(std::move(folder), writer),
      counted_([this](std::int64_t day) { return ReadDay(day); }) {}

base::Status DuckDbActivity::Open() {
  ASSIGN_OR_RETURN(const std::vector<std::string> stems, files_on_disk_.Open());
  for (const std::string& stem : stems) {
    const std::optional<std::int64_t> week = ParseWeekStem(stem, kPrefix);
    if (!week) continue;
    ASSIGN_OR_RETURN(DuckDbFileRef file, files_on_disk_.Attach(stem));
    RETURN_IF_ERROR(CheckSchemaVersion(*writer_, file->catalog));
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
    return connection.Execute(Schema(DuckDbFiles::kUnfinished));
  };
  ASSIGN_OR_RETURN(DuckDbFileRef file, files_on_disk_.Create(WeekStem(kPrefix, week), fill));
  const std::lock_guard lock(mutex_);
  files_[week] = file;
  return file;
}

base::Result<DuckDbActivity::Counted> DuckDbActivity::ReadDay(std::int64_t day) {
  Counted counted;
  const auto found = files_.find(WeekOf(day * kDayMs));
  if (found == files_.end()) return counted;
  const Value parameter = day;
  const std::string& catalog = found->second->catalog;
  ASSIGN_OR_RETURN(DuckRows pings, writer_->Query("SELECT uuid FROM " + catalog + ".pings WHERE day = ?",
                                                  std::span(&parameter, 1)));
  while (pings.Next()) counted.pings.insert(pings.Id(0));
  ASSIGN_OR_RETURN(DuckRows clients, writer_->Query("SELECT token FROM " + catalog + ".clients WHERE day = ?",
                                                    std::span(&parameter, 1)));
  while (clients.Next()) counted.clients.insert(clients.Integer(0));
  return counted;
}

base::Status DuckDbActivity::Note(const Activity& activity, Batch& batch) {
  const std::int64_t day = DayOf(activity.date_ms);
  ASSIGN_OR_RETURN(Counted* const counted, counted_.Of(day));
  const Uuid uuid = ParseUuid(activity.uuid).value_or(Uuid());
  if (!counted->pings.insert(uuid).second) return {};
  batch.pings.emplace_back(day, uuid);
  Key key(WindowOf(activity.date_ms), WithValidText(activity.dimensions));
  ActivityCounts counts = activity.counts;
  counts.pings = 1;
  counts.clients = 0;
  // Written so that what is not a number becomes 0.
  counts.usage_hours = counts.usage_hours > 0 ? std::min(counts.usage_hours, kMaxUsageHours) : 0;
  if (activity.client != 0) {
    const std::int64_t token = TokenOf(activity.client, day, key.second);
    if (counted->clients.insert(token).second) {
      counts.clients = 1;
      batch.clients.emplace_back(day, token);
    }
  }
  AddTo(batch.sums[std::move(key)], counts);
  return {};
}

base::Status DuckDbActivity::Add(std::span<const Activity> activities) {
  std::vector<const Activity*> sorted;
  sorted.reserve(activities.size());
  for (const Activity& activity : activities) sorted.push_back(&activity);
  std::ranges::stable_sort(sorted, {}, &Activity::date_ms);
  const auto add = [&]() -> base::Status {
    for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
      const std::int64_t week = WeekOf(sorted[begin]->date_ms);
      Batch batch;
      for (; end < sorted.size() && WeekOf(sorted[end]->date_ms) == week; ++end) {
        RETURN_IF_ERROR(Note(*sorted[end], batch));
      }
      if (batch.pings.empty()) continue;
      ASSIGN_OR_RETURN(const DuckDbFileRef file, FileFor(week));
      RETURN_IF_ERROR(writer_->InTransaction([&] { return Write(*file, batch); }));
    }
    return {};
  };
  const base::Status added = add();
  if (!added) counted_.Clear();  // Some were noted as counted that are not.
  return added;
}

base::Status DuckDbActivity::Write(const DuckDbFile& file, const Batch& batch) {
  ASSIGN_OR_RETURN(DuckAppender sums, DuckAppender::Create(*writer_, file.catalog, "sums"));
  for (const auto& [key, counts] : batch.sums) {
    sums.Integer(key.first);
    for (const TextDimension& text : kTexts) sums.Text(key.second.*text.member);
    for (const Measure& measure : kMeasures) sums.Integer(counts.*measure.member);
    sums.Number(counts.usage_hours).EndRow();
  }
  RETURN_IF_ERROR(sums.Finish());
  ASSIGN_OR_RETURN(DuckAppender pings, DuckAppender::Create(*writer_, file.catalog, "pings"));
  for (const auto& [day, uuid] : batch.pings) pings.Id(uuid).Integer(day).EndRow();
  RETURN_IF_ERROR(pings.Finish());
  ASSIGN_OR_RETURN(DuckAppender clients, DuckAppender::Create(*writer_, file.catalog, "clients"));
  for (const auto& [day, token] : batch.clients) clients.Integer(token).Integer(day).EndRow();
  return clients.Finish();
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
  const std::string select = keys.empty() ? "SELECT NULL" : "SELECT " + keys;
  const std::string grouping = keys.empty() ? "" : " GROUP BY " + keys + " ORDER BY " + keys;
  ASSIGN_OR_RETURN(DuckRows rows, reader.Query(select + SumsOfMeasures() + " FROM (" + sources + ") WHERE " +
                                                   condition + grouping,
                                               parameters));
  const std::size_t keys_count = query.group_by.size();
  const std::size_t first_measure = std::max<std::size_t>(keys_count, 1);
  while (rows.Next()) {
    ActivitySum& sum = sums.emplace_back();
    for (std::size_t i = 0; i < keys_count; ++i) sum.keys.push_back(rows.At(i));
    for (std::size_t i = 0; i < kMeasures.size(); ++i) {
      sum.counts.*kMeasures[i].member = rows.Integer(first_measure + i);
    }
    sum.counts.usage_hours = rows.Number(first_measure + kMeasures.size());
  }
  // Without groups SQL gives one row of nothing, also where nothing was.
  if (keys.empty() && sums.size() == 1 && sums[0].counts.pings == 0) sums.clear();
  return sums;
}

base::Status DuckDbActivity::Expire(std::int64_t before_ms) {
  for (const auto& [week, file] : Files()) {
    if (StartOfWeek(week + 1) > before_ms) continue;
    files_on_disk_.Retire(file);
    const std::lock_guard lock(mutex_);
    files_.erase(week);
  }
  counted_.Clear();
  return {};
}

// A file with `copy_sums` of the old one's sums and those of its ids for which the condition holds.
base::Status DuckDbActivity::PutSuccessor(std::int64_t week, const DuckDbFileRef& old,
                                          const std::string& copy_sums, const std::string& ids_kept,
                                          const std::vector<Value>& parameters) {
  const std::string to(DuckDbFiles::kUnfinished);
  const auto fill = [&](DuckConnection& connection) -> base::Status {
    RETURN_IF_ERROR(connection.Execute(Schema(to)));
    RETURN_IF_ERROR(connection.Execute("INSERT INTO " + to + ".sums " + copy_sums));
    RETURN_IF_ERROR(connection.Query(
        "INSERT INTO " + to + ".pings SELECT * FROM " + old->catalog + ".pings WHERE " + ids_kept,
        parameters));
    return connection.Execute("INSERT INTO " + to + ".clients SELECT * FROM " + old->catalog + ".clients" +
                              (ids_kept == "false" ? " WHERE false" : ""));
  };
  ASSIGN_OR_RETURN(DuckDbFileRef successor, files_on_disk_.Replace(old, fill));
  counted_.Clear();
  const std::lock_guard lock(mutex_);
  files_[week] = std::move(successor);
  return {};
}

base::Status DuckDbActivity::Settle(std::int64_t before_ms) {
  for (const auto& [week, file] : Files()) {
    if (StartOfWeek(week + 1) > before_ms) continue;
    ASSIGN_OR_RETURN(DuckRows ids, writer_->Query("SELECT 1 FROM " + file->catalog + ".pings LIMIT 1"));
    if (!ids.Next()) continue;  // Settled already.
    const std::string keys = "window_ms" + ListOfTexts();
    RETURN_IF_ERROR(PutSuccessor(
        week, file, "SELECT " + keys + SumsOfMeasures() + " FROM " + file->catalog + ".sums GROUP BY " + keys,
        "false", {}));
  }
  return {};
}

base::Status DuckDbActivity::ForgetIds(const std::string& comma_separated_uuids) {
  const std::vector<Value> parameters = {comma_separated_uuids};
  const std::string listed = "uuid IN (SELECT CAST(unnest(string_split(?, ',')) AS UUID))";
  for (const auto& [week, file] : Files()) {
    ASSIGN_OR_RETURN(
        DuckRows ids,
        writer_->Query("SELECT 1 FROM " + file->catalog + ".pings WHERE " + listed + " LIMIT 1", parameters));
    if (!ids.Next()) continue;
    RETURN_IF_ERROR(PutSuccessor(week, file, "SELECT * FROM " + file->catalog + ".sums",
                                 "NOT (" + listed + ")", parameters));
  }
  return {};
}

}  // namespace cairn::search
