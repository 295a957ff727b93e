#include "server/search/duckdb_snapshot.h"

#include "os/clock.h"
#include "server/search/duckdb_columns.h"
#include "server/search/duckdb_sql.h"

namespace cairn::search {
namespace {

constexpr std::string_view kCrashes = "crashes";
constexpr std::string_view kFrames = "frames";

struct FrameColumn {
  std::string_view name;
  std::string_view type;
  std::string_view expression;  // Over st, a, f and n: see FramesOf.
  std::string_view description;
};
constexpr FrameColumn kFrameColumns[] = {
    {"stack_id", "BIGINT", "st.number", "That of crashes. Within one copy alone."},
    {"frame", "INTEGER", "st.frame", "Its place: 0 is where it crashed, 1 its caller."},
    {"inline_depth", "INTEGER", "coalesce(n.position, 0)", "0 is the innermost of calls inlined there."},
    {"module", "VARCHAR", "a.module", "File name of the code."},
    {"debug_id", "VARCHAR", "a.debug_id", "Of the module's build."},
    {"module_offset", "BIGINT", "a.module_offset", "Of the instruction in the module; alone, its address."},
    {"function", "VARCHAR", "f.function", "Absent without symbols."},
    {"file", "VARCHAR", "f.file", "Of the source."},
    {"line", "INTEGER", "nullif(n.line, 0)", "Of the source."},
};

std::string_view SnapshotTypeOf(FieldType type) {
  switch (type) {
    case FieldType::kDate: return "TIMESTAMP";
    case FieldType::kInteger: return "BIGINT";
    case FieldType::kNumber: return "DOUBLE";
    case FieldType::kBoolean: return "BOOLEAN";
    case FieldType::kNames: return "VARCHAR[]";
    default: return "VARCHAR";
  }
}

// Of a crash row c. Values that do not fit their type, such as dates beyond all calendars, are absent.
std::string SnapshotValueOf(const Field& field) {
  const std::string column = ColumnOf(field.id).expression;
  switch (field.type) {
    case FieldType::kDate: return "TRY(epoch_ms(" + column + "))";
    case FieldType::kNames: return NamesOf(column);
    default: return column;
  }
}

std::string Quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::vector<const Field*> ShownFields() {
  std::vector<const Field*> shown;
  for (const Field& field : Fields()) {
    if (field.use == FieldUse::kEverything && !field.is_protected) shown.push_back(&field);
  }
  return shown;
}

// Of the files' crashes.
std::string InsertCrashes(const SnapshotQuestion& question, const DuckDbSnapshots::Source& source,
                          const std::string& catalog) {
  std::string expressions;
  for (const Field* const field : ShownFields()) expressions += SnapshotValueOf(*field) + ", ";
  expressions += "c.weight, c.stack_number";
  const std::vector<CrashPart> parts = PartsOf(source.files);
  return "INSERT INTO " + catalog + "." + std::string(kCrashes) + " SELECT " + expressions + " FROM " +
         CrashSource(parts, expressions + " c.input_number c.date_ms") + " LEFT JOIN " +
         source.dictionary->catalog + ".signatures s ON s.input_number = c.input_number WHERE c.date_ms >= " +
         std::to_string(question.from_ms);
}

std::string InsertFrames(const std::string& dictionary, const std::string& catalog) {
  std::string expressions;
  for (const FrameColumn& column : kFrameColumns) {
    expressions += (expressions.empty() ? "" : ", ") + std::string(column.expression);
  }
  return "INSERT INTO " + catalog + "." + std::string(kFrames) + " SELECT " + expressions +
         " FROM (SELECT number, unnest(address_ids) AS address_id, generate_subscripts(address_ids, 1) - 1 "
         "AS "
         "frame FROM " +
         dictionary + ".stacks WHERE number IN (SELECT stack_id FROM " + catalog + "." +
         std::string(kCrashes) + ")) st JOIN " + dictionary +
         ".addresses a ON a.id = st.address_id LEFT JOIN " + dictionary +
         ".address_frames n ON n.address_id = a.id LEFT JOIN " + dictionary +
         ".frames f ON f.id = n.frame_id ORDER BY ALL";
}

std::string CreateTables(const std::string& catalog) {
  std::string statements;
  for (const SnapshotTable& table : SnapshotTables()) {
    std::string columns;
    for (const SnapshotColumn& column : table.columns) {
      columns += (columns.empty() ? "" : ", ") + Quoted(column.name) + " " + column.type;
    }
    statements += "CREATE TABLE " + catalog + "." + std::string(table.name) + " (" + columns + ");";
  }
  return statements;
}

base::Status Fill(const SnapshotQuestion& question, DuckConnection& connection,
                  const DuckDbSnapshots::Source& source, const std::string& catalog) {
  RETURN_IF_ERROR(connection.Execute(CreateTables(catalog)));
  if (!source.files.empty()) {
    RETURN_IF_ERROR(connection.Execute(InsertCrashes(question, source, catalog)));
    RETURN_IF_ERROR(connection.Execute(InsertFrames(source.dictionary->catalog, catalog)));
  }
  return connection.Execute("CHECKPOINT " + catalog);
}

}  // namespace

std::vector<SnapshotTable> SnapshotTables() {
  SnapshotTable crashes{kCrashes, {}};
  for (const Field* const field : ShownFields()) {
    crashes.columns.push_back({field->name, std::string(SnapshotTypeOf(field->type)), field->description});
  }
  crashes.columns.push_back({"weight", "DOUBLE", "How many crashes it stands for, where not all are kept."});
  crashes.columns.push_back({"stack_id", "BIGINT", "The crashing thread's, in frames."});
  SnapshotTable frames{kFrames, {}};
  for (const FrameColumn& column : kFrameColumns) {
    frames.columns.push_back(
        {std::string(column.name), std::string(column.type), std::string(column.description)});
  }
  return {std::move(crashes), std::move(frames)};
}

base::Status DuckDbSnapshots::Open() {
  RETURN_IF_ERROR(os::MakeDirectories(folder_));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder_));
  for (const std::string& name : names) RETURN_IF_ERROR(os::RemoveFile(folder_ + "/" + name));
  return {};
}

base::Result<Snapshot> DuckDbSnapshots::Take(const SnapshotQuestion& question, DuckConnection& connection,
                                             const ReadSource& read_source) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ms = os::UnixMillis();
  auto kept = kept_.find(question.kind);
  // A clock that was set back makes copies of the future.
  const bool is_fresh = kept != kept_.end() && kept->second.from_ms <= question.from_ms &&
                        kept->second.snapshot.made_ms <= now_ms &&
                        kept->second.snapshot.made_ms + question.max_age_ms > now_ms;
  if (!is_fresh) {
    kept_.erase(question.kind);
    ASSIGN_OR_RETURN(os::FileDescriptor file, Make(question, connection, read_source()));
    kept = kept_.insert_or_assign(question.kind, Kept{{std::move(file), now_ms}, question.from_ms}).first;
  }
  ASSIGN_OR_RETURN(os::FileDescriptor copy, os::Duplicate(kept->second.snapshot.file.get()));
  return Snapshot{std::move(copy), kept->second.snapshot.made_ms};
}

void DuckDbSnapshots::Forget() {
  const std::lock_guard lock(mutex_);
  kept_.clear();
}

base::Result<os::FileDescriptor> DuckDbSnapshots::Make(const SnapshotQuestion& question,
                                                       DuckConnection& connection,
                                                       const Source& source) const {
  const std::string catalog = "snapshot_" + std::string(CrashKindName(question.kind));
  const std::string path = folder_ + "/" + catalog + ".duckdb";
  RETURN_IF_ERROR(connection.Execute("ATTACH " + QuoteSql(path) + " AS " + catalog));
  base::Status made = Fill(question, connection, source, catalog);
  const base::Status detached = connection.Execute("DETACH " + catalog);
  if (made && !detached) made = detached.error();
  base::Result<os::FileDescriptor> file = os::OpenForReading(path);
  (void)os::RemoveFile(path + ".wal");
  RETURN_IF_ERROR(os::RemoveFile(path));
  if (!made) return made.error();
  return file;
}

}  // namespace cairn::search
