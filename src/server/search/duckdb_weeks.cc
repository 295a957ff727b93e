#include "server/search/duckdb_weeks.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "base/hex.h"
#include "base/iso_time.h"
#include "os/clock.h"
#include "os/file.h"

namespace cairn::search {
namespace {

using base::Code;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kWeekMs = 7 * kDayMs;
constexpr std::int64_t kFirstMondayMs = -3 * kDayMs;  // 1970-01-01 was a Thursday.
constexpr std::string_view kSuffix = ".duckdb";
constexpr CrashKind kKinds[] = {CrashKind::kReport, CrashKind::kPing};

constexpr const char* kSchema = R"sql(
  CREATE TABLE unfinished.crashes (
    uuid UUID, date_ms BIGINT, input_id BIGINT, stack_id BIGINT,
    product VARCHAR, version VARCHAR, release_channel VARCHAR, build_id VARCHAR, process_type VARCHAR,
    platform VARCHAR, platform_version VARCHAR, cpu_arch VARCHAR, reason VARCHAR, address VARCHAR,
    minidump_sha256_hash VARCHAR, rule VARCHAR, weight DOUBLE
  );
  CHECKPOINT unfinished
)sql";

// Rounds towards the past, also before 1970.
std::int64_t WeekOf(std::int64_t date_ms) {
  const std::int64_t since_monday = date_ms - kFirstMondayMs;
  return since_monday >= 0 ? since_monday / kWeekMs : (since_monday - kWeekMs + 1) / kWeekMs;
}

// "report-2026-11-16", the day of its Monday.
std::string FileStem(CrashKind kind, std::int64_t week) {
  const std::string monday = os::FormatIso(kFirstMondayMs + week * kWeekMs).substr(0, 10);
  return std::string(CrashKindName(kind)) + "-" + monday;
}

std::string CatalogOf(const std::string& stem) {
  std::string catalog = stem;
  std::ranges::replace(catalog, '-', '_');
  return catalog;
}

// The kind and week of a file's name, if it is exactly one that FileStem gives.
std::optional<std::pair<CrashKind, std::int64_t>> ParseFileName(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  const std::string_view stem = name.substr(0, name.size() - kSuffix.size());
  for (const CrashKind kind : kKinds) {
    const std::string_view kind_name = CrashKindName(kind);
    if (!stem.starts_with(kind_name) || stem.size() != kind_name.size() + 11) continue;
    const std::optional<std::int64_t> monday_ms = base::ParseIso(stem.substr(kind_name.size() + 1));
    if (!monday_ms) continue;
    const std::int64_t week = WeekOf(*monday_ms);
    if (FileStem(kind, week) == stem) return std::pair(kind, week);
  }
  return std::nullopt;
}

}  // namespace

base::Status CreateDuckDbFile(const std::string& path, const std::string& schema,
                              const EngineMessageSink& messages) {
  const std::string unfinished = path + std::string(kUnfinishedSuffix);
  RETURN_IF_ERROR(os::RemoveFile(unfinished));
  RETURN_IF_ERROR(os::RemoveFile(unfinished + ".wal"));
  {
    ASSIGN_OR_RETURN(const DuckDatabase database, DuckDatabase::Open(unfinished, {.threads = 1}, messages));
    ASSIGN_OR_RETURN(DuckConnection connection, database.Connect());
    RETURN_IF_ERROR(connection.Execute(schema));
    RETURN_IF_ERROR(connection.Execute("CHECKPOINT"));
  }
  return os::RenameDurably(unfinished, path);
}

std::optional<duckdb_uhugeint> ParseUuid(std::string_view text) {
  constexpr std::size_t kDashes[] = {8, 13, 18, 23};
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash_here = std::ranges::find(kDashes, i) != std::end(kDashes);
    if (dash_here != (text[i] == '-')) return std::nullopt;
    if (!dash_here) digits += text[i];
  }
  const std::optional<std::uint64_t> upper = base::ParseHex(std::string_view(digits).substr(0, 16));
  const std::optional<std::uint64_t> lower = base::ParseHex(std::string_view(digits).substr(16));
  if (!upper || !lower) return std::nullopt;
  return duckdb_uhugeint{.lower = *lower, .upper = *upper};
}

base::Status DuckDbWeeks::AttachAll() {
  RETURN_IF_ERROR(os::MakeDirectories(folder_));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder_));
  for (const std::string& name : names) {
    const auto key = ParseFileName(name);
    if (key) RETURN_IF_ERROR(Attach(*key));
  }
  return {};
}

base::Status DuckDbWeeks::Attach(const Key& key) {
  const std::string stem = FileStem(key.first, key.second);
  const std::string path = folder_ + "/" + stem + std::string(kSuffix);
  const base::Result<os::FileInfo> info = os::Inspect(path);
  if (!info && info.error().code != Code::kNotFound) return info.error();
  if (!info) RETURN_IF_ERROR(Create(path));
  const File file{key.first, key.second, CatalogOf(stem)};
  RETURN_IF_ERROR(writer_->Execute("ATTACH IF NOT EXISTS " + QuoteSql(path) + " AS " + file.catalog));
  const std::unique_lock lock(mutex_);
  files_[key] = file;
  return {};
}

// As CreateDuckDbFile, but without the cost of starting another engine: the writer waits for it.
base::Status DuckDbWeeks::Create(const std::string& path) {
  const std::string unfinished = path + std::string(kUnfinishedSuffix);
  RETURN_IF_ERROR(os::RemoveFile(unfinished));
  RETURN_IF_ERROR(os::RemoveFile(unfinished + ".wal"));
  RETURN_IF_ERROR(writer_->Execute("ATTACH " + QuoteSql(unfinished) + " AS unfinished"));
  const base::Status made = writer_->Execute(kSchema);
  RETURN_IF_ERROR(writer_->Execute("DETACH unfinished"));
  RETURN_IF_ERROR(made);
  return os::RenameDurably(unfinished, path);
}

base::Status DuckDbWeeks::Add(std::span<const NewRow> rows) {
  std::map<Key, std::vector<NewRow>> by_file;
  for (const NewRow& row : rows) by_file[{row.row->kind, WeekOf(row.row->date_ms)}].push_back(row);
  for (auto& [key, file_rows] : by_file) {
    if (!files_.contains(key)) RETURN_IF_ERROR(Attach(key));  // Only this thread changes files_.
    RETURN_IF_ERROR(AddToFile(files_.at(key), std::move(file_rows)));
  }
  return {};
}

base::Status DuckDbWeeks::AddToFile(const File& file, std::vector<NewRow> rows) {
  const auto number_of = [](duckdb_uhugeint uuid) { return std::pair(uuid.upper, uuid.lower); };
  std::vector<std::string> uuids;
  uuids.reserve(rows.size());
  for (const NewRow& row : rows) uuids.push_back(row.row->uuid);
  std::set<std::pair<std::uint64_t, std::uint64_t>> present;
  ASSIGN_OR_RETURN(
      DuckRows found,
      writer_->QueryWithList("SELECT CAST(uuid AS VARCHAR) FROM " + file.catalog +
                                 ".crashes WHERE uuid IN (SELECT CAST(unnest(CAST(? AS VARCHAR[])) AS UUID))",
                             uuids));
  while (found.Next()) {
    if (const auto uuid = ParseUuid(found.Text(0))) present.insert(number_of(*uuid));
  }
  // Also drops what stands in the batch twice.
  std::erase_if(rows, [&](const NewRow& row) { return !present.insert(number_of(row.uuid)).second; });
  if (rows.empty()) return {};

  RETURN_IF_ERROR(writer_->Execute("BEGIN TRANSACTION"));
  base::Status status = AppendRows(file, rows);
  if (status) status = writer_->Execute("COMMIT");
  if (!status) (void)writer_->Execute("ROLLBACK");  // Where the commit failed it is rolled back already.
  return status;
}

base::Status DuckDbWeeks::AppendRows(const File& file, std::span<const NewRow> rows) {
  ASSIGN_OR_RETURN(DuckAppender appender, DuckAppender::Create(*writer_, file.catalog, "crashes"));
  for (const NewRow& added : rows) {
    const CrashRow& row = *added.row;
    appender.Uuid(added.uuid).Integer(row.date_ms);
    appender.Integer(added.ids.signature_input).Integer(added.ids.stack);
    for (const std::string* const text :
         {&row.product, &row.version, &row.release_channel, &row.build_id, &row.process_type, &row.platform,
          &row.platform_version, &row.cpu_arch, &row.reason, &row.address, &row.minidump_sha256_hash,
          &row.rule}) {
      appender.Text(*text);
    }
    appender.Number(row.weight).EndRow();
  }
  return appender.Finish();
}

std::vector<DuckDbWeeks::File> DuckDbWeeks::Overlapping(std::span<const CrashKind> kinds,
                                                        const DateWindow& window) const {
  std::vector<File> files;
  if (window.from_ms >= window.to_ms) return files;
  const std::shared_lock lock(mutex_);
  for (const auto& [key, file] : files_) {
    const bool wanted = std::ranges::find(kinds, file.kind) != kinds.end();
    if (wanted && file.week >= WeekOf(window.from_ms) && file.week <= WeekOf(window.to_ms - 1))
      files.push_back(file);
  }
  return files;
}

std::vector<DuckDbWeeks::File> DuckDbWeeks::All() const {
  const std::shared_lock lock(mutex_);
  std::vector<File> files;
  files.reserve(files_.size());
  for (const auto& [key, file] : files_) files.push_back(file);
  return files;
}

}  // namespace cairn::search
