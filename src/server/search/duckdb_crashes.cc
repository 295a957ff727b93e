#include "server/search/duckdb_crashes.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/utf8.h"
#include "server/search/duckdb_appender.h"
#include "server/search/duckdb_schema.h"
#include "server/search/week.h"

namespace cairn::search {
namespace {

constexpr CrashKind kKinds[] = {CrashKind::kReport, CrashKind::kPing};

// "2026-11-16" of both kinds' stems to the key; nothing for other files.
std::optional<std::pair<CrashKind, std::int64_t>> ParseStem(std::string_view stem) {
  for (const CrashKind kind : kKinds) {
    if (const std::optional<std::int64_t> week = ParseWeekStem(stem, CrashKindName(kind))) {
      return std::pair(kind, *week);
    }
  }
  return std::nullopt;
}

// The engine keeps texts as UTF-8 and may misbehave on others.
void AppendText(DuckAppender& appender, const std::string& text) {
  if (base::IsUtf8(text)) {
    appender.Text(text);
  } else {
    appender.Text(base::ToValidUtf8(text));
  }
}

void AppendThreads(DuckAppender& appender, const std::vector<SharedStack>& threads,
                   const DuckDbDictionary& dictionary) {
  if (threads.empty()) {
    appender.Absent();
    return;
  }
  std::vector<std::int64_t> numbers;
  numbers.reserve(threads.size());
  for (const SharedStack& stack : threads) numbers.push_back(dictionary.StackNumberOf(stack->id()));
  appender.Integers(numbers);
}

void AppendValue(DuckAppender& appender, FieldType type, const Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) {
    AppendText(appender, *text);
  } else if (const auto* const number = std::get_if<double>(&value)) {
    appender.Number(*number);
  } else if (const auto* const whole = std::get_if<std::int64_t>(&value)) {
    type == FieldType::kBoolean ? appender.Boolean(*whole != 0) : appender.Integer(*whole);
  } else {
    appender.Absent();
  }
}

// One column per annotation field; most crashes have few of them.
void AppendAnnotations(DuckAppender& appender, const CrashRow& row) {
  auto next = row.annotations.begin();
  for (const Field& field : Fields().subspan(static_cast<std::size_t>(FieldId::kFirstOfRegistry))) {
    if (next != row.annotations.end() && next->first == field.id) {
      AppendValue(appender, field.type, next->second);
      ++next;
    } else {
      appender.Absent();
    }
  }
}

// In the order of CrashColumns.
void AppendRow(DuckAppender& appender, const CrashRow& row, const DuckDbDictionary& dictionary) {
  const SignatureInput& input = InputOf(row);
  const SignatureInput::Parts& parts = input.parts();
  appender.Id(ParseUuid(row.uuid).value_or(Uuid())).Integer(row.date_ms);
  row.client_date_ms == 0 ? appender.Absent() : appender.Integer(row.client_date_ms);
  appender.Integer(dictionary.InputNumberOf(input.id()));
  appender.Integer(dictionary.StackNumberOf(parts.stack->id()));
  AppendThreads(appender, row.other_threads, dictionary);
  for (const std::string* const text :
       {&row.product, &row.version, &row.release_channel, &row.build_id, &row.process_type, &parts.platform,
        &row.platform_version, &row.cpu_arch, &parts.reason, &row.address, &row.minidump_sha256_hash,
        &row.counterpart_id, &row.rule, &row.pack}) {
    AppendText(appender, *text);
  }
  row.client == 0 ? appender.Absent() : appender.Integer(row.client);
  appender.Number(row.weight);
  AppendAnnotations(appender, row);
  appender.EndRow();
}

std::vector<std::string> NamesOfColumns() {
  std::vector<std::string> names;
  for (const DuckDbColumn& column : CrashColumns()) names.push_back(column.name);
  return names;
}

}  // namespace

DuckDbCrashes::DuckDbCrashes(std::string folder, DuckConnection& writer)
    : writer_(&writer),
      files_on_disk_(std::move(folder), writer),
      known_([this](const KindAndDay& day) { return ReadDay(day); }) {}

base::Status DuckDbCrashes::Open(const DuckDbDictionary& dictionary) {
  ASSIGN_OR_RETURN(const std::vector<std::string> stems, files_on_disk_.Open());
  for (const std::string& stem : stems) {
    const std::optional<Key> key = ParseStem(stem);
    if (!key) continue;
    ASSIGN_OR_RETURN(DuckDbFileRef file, files_on_disk_.Attach(stem));
    RETURN_IF_ERROR(MigrateCrashes(*writer_, file->catalog, dictionary.file()->catalog));
    ASSIGN_OR_RETURN(DuckRows threads,
                     writer_->Query("SELECT 1 FROM " + file->catalog +
                                    ".crashes WHERE thread_stack_numbers IS NOT NULL LIMIT 1"));
    Put(*key, {std::move(file), threads.Next()});
  }
  return {};
}

void DuckDbCrashes::Put(const Key& key, Attached file) {
  const std::unique_lock lock(mutex_);
  files_[key] = std::move(file);
}

// Before the rows are there for anybody to read.
void DuckDbCrashes::NoteThreads(const Key& key, std::span<const CrashRow* const> rows) {
  if (std::ranges::all_of(rows, [](const CrashRow* row) { return row->other_threads.empty(); })) return;
  const std::unique_lock lock(mutex_);
  files_[key].has_threads = true;
}

// Counts the change once it is there for all to read, or may be: one too many costs little.
base::Status DuckDbCrashes::Change(const Key& key, const std::function<base::Status()>& work) {
  const base::Status done = writer_->InTransaction(work);
  const std::unique_lock lock(mutex_);
  ++files_[key].changes;
  return done;
}

base::Result<DuckDbFileRef> DuckDbCrashes::FileFor(const Key& key) {
  if (const auto found = files_.find(key); found != files_.end()) return found->second.file;
  ASSIGN_OR_RETURN(
      DuckDbFileRef file,
      files_on_disk_.Create(WeekStem(CrashKindName(key.first), key.second), [](DuckConnection& connection) {
        return connection.Execute(CrashesSchema(DuckDbFiles::kUnfinished));
      }));
  Put(key, {file, false});
  return file;
}

base::Result<DuckDbCrashes::Ids> DuckDbCrashes::ReadDay(const KindAndDay& kind_and_day) {
  const auto [kind, day] = kind_and_day;
  Ids ids;
  const auto found = files_.find({kind, WeekOf(day * kDayMs)});
  if (found == files_.end()) return ids;
  const std::vector<Value> bounds = {day * kDayMs, (day + 1) * kDayMs};
  ASSIGN_OR_RETURN(DuckRows rows, writer_->Query("SELECT uuid FROM " + found->second.file->catalog +
                                                     ".crashes WHERE date_ms >= ? AND date_ms < ?",
                                                 bounds));
  while (rows.Next()) ids.insert(rows.Id(0));
  return ids;
}

// The rows that are neither there nor twice in the batch, by kind and day. They count as known from now on.
base::Result<std::vector<const CrashRow*>> DuckDbCrashes::NewOf(std::span<const CrashRow> rows) {
  std::vector<const CrashRow*> sorted;
  sorted.reserve(rows.size());
  for (const CrashRow& row : rows) sorted.push_back(&row);
  const auto day_of = [](const CrashRow* row) { return KindAndDay(row->kind, DayOf(row->date_ms)); };
  std::ranges::stable_sort(sorted, {}, day_of);
  std::vector<const CrashRow*> fresh;
  fresh.reserve(rows.size());
  Ids* known = nullptr;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || day_of(sorted[i]) != day_of(sorted[i - 1])) {
      ASSIGN_OR_RETURN(known, known_.Of(day_of(sorted[i])));
    }
    if (known->insert(ParseUuid(sorted[i]->uuid).value_or(Uuid())).second) fresh.push_back(sorted[i]);
  }
  return fresh;
}

base::Status DuckDbCrashes::Add(std::span<const CrashRow> rows, const DuckDbDictionary& dictionary) {
  const auto add = [&]() -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<const CrashRow*> fresh, NewOf(rows));
    const auto key_of = [](const CrashRow* row) { return Key(row->kind, WeekOf(row->date_ms)); };
    for (std::size_t begin = 0, end = 0; begin < fresh.size(); begin = end) {
      while (end < fresh.size() && key_of(fresh[end]) == key_of(fresh[begin])) ++end;
      ASSIGN_OR_RETURN(const DuckDbFileRef file, FileFor(key_of(fresh[begin])));
      const std::span<const CrashRow* const> of_file(&fresh[begin], end - begin);
      NoteThreads(key_of(fresh[begin]), of_file);
      RETURN_IF_ERROR(Change(key_of(fresh[begin]), [&] { return AppendRows(*file, of_file, dictionary); }));
    }
    return {};
  };
  const base::Status added = add();
  if (!added) known_.Clear();  // Some were counted as known that are not there.
  return added;
}

base::Status DuckDbCrashes::Replace(std::span<const CrashRow> rows, const DuckDbDictionary& dictionary) {
  std::map<Key, std::map<Uuid, const CrashRow*>> by_file;  // Of an id that comes twice the last one counts.
  for (const CrashRow& row : rows) {
    by_file[{row.kind, WeekOf(row.date_ms)}][ParseUuid(row.uuid).value_or(Uuid())] = &row;
  }
  for (const auto& [key, file_rows] : by_file) {
    std::vector<std::string> uuids;
    std::vector<const CrashRow*> list;
    for (const auto& [uuid, row] : file_rows) {
      uuids.push_back(row->uuid);
      list.push_back(row);
    }
    ASSIGN_OR_RETURN(const DuckDbFileRef file, FileFor(key));
    NoteThreads(key, list);
    const auto replace = [&]() -> base::Status {
      RETURN_IF_ERROR(
          writer_->QueryWithList("DELETE FROM " + file->catalog +
                                     ".crashes WHERE uuid IN (SELECT CAST(unnest(?::VARCHAR[]) AS UUID))",
                                 uuids));
      return AppendRows(*file, list, dictionary);
    };
    RETURN_IF_ERROR(Change(key, replace));
    for (const auto& [uuid, row] : file_rows) {
      if (Ids* const known = known_.Find({row->kind, DayOf(row->date_ms)})) known->insert(uuid);
    }
  }
  return {};
}

base::Status DuckDbCrashes::AppendRows(const DuckDbFile& file, std::span<const CrashRow* const> rows,
                                       const DuckDbDictionary& dictionary) {
  static const std::vector<std::string> columns = NamesOfColumns();
  ASSIGN_OR_RETURN(DuckAppender appender, DuckAppender::Create(*writer_, file.catalog, "crashes", columns));
  for (const CrashRow* const row : rows) AppendRow(appender, *row, dictionary);
  return appender.Finish();
}

base::Status DuckDbCrashes::Remove(const File& file) {
  {
    const std::unique_lock lock(mutex_);
    files_.erase({file.kind, file.week});
  }
  known_.Clear();
  files_on_disk_.Retire(file.file);
  return {};
}

base::Result<DuckDbCrashes::Share> DuckDbCrashes::Count(const File& file, const Rows& rows) {
  ASSIGN_OR_RETURN(DuckRows counts, writer_->Query("SELECT count(*) FILTER (WHERE " + rows.condition +
                                                       "), count(*) FROM " + file.file->catalog + ".crashes",
                                                   rows.parameters));
  if (!counts.Next()) return Share{};
  return Share{counts.Integer(0), counts.Integer(1)};
}

base::Status DuckDbCrashes::RemoveRows(const File& file, const Rows& rows) {
  const std::string catalog(DuckDbFiles::kUnfinished);
  const auto copy_the_others = [&](DuckConnection& connection) -> base::Status {
    // With every column that is there: whoever removes may not know of the operator's annotations.
    RETURN_IF_ERROR(connection.Execute(WithSchemaVersion(
        "CREATE TABLE @.crashes AS FROM " + file.file->catalog + ".crashes LIMIT 0;", catalog)));
    RETURN_IF_ERROR(connection.Query("INSERT INTO " + catalog + ".crashes FROM " + file.file->catalog +
                                         ".crashes WHERE NOT coalesce(" + rows.condition + ", false)",
                                     rows.parameters));
    return {};
  };
  ASSIGN_OR_RETURN(DuckDbFileRef successor, files_on_disk_.Replace(file.file, copy_the_others));
  Put({file.kind, file.week}, {std::move(successor), file.has_threads});
  known_.Clear();
  return {};
}

std::vector<DuckDbCrashes::File> DuckDbCrashes::Overlapping(std::span<const CrashKind> kinds,
                                                            const DateWindow& window) const {
  std::vector<File> files;
  if (window.from_ms >= window.to_ms) return files;
  for (File& file : All()) {
    const bool wanted = std::ranges::find(kinds, file.kind) != kinds.end();
    if (wanted && file.week >= WeekOf(window.from_ms) && file.week <= WeekOf(window.to_ms - 1)) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

std::vector<DuckDbCrashes::File> DuckDbCrashes::All() const {
  const std::shared_lock lock(mutex_);
  std::vector<File> files;
  files.reserve(files_.size());
  for (const auto& [key, attached] : files_) {
    files.push_back({key.first, key.second, attached.file, attached.has_threads, attached.changes});
  }
  return files;
}

}  // namespace cairn::search
