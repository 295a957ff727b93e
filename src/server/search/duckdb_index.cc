#include "server/search/duckdb_index.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "os/file.h"
#include "server/search/duckdb_dictionary.h"
#include "server/search/duckdb_sql.h"
#include "server/search/duckdb_weeks.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kDictionaryFile = "/dictionary.duckdb";
constexpr std::string_view kWeeksFolder = "/weeks";

// From here on no statement can reach a file outside of the folder, or change a setting.
base::Status LockDown(DuckConnection& connection, const std::string& folder) {
  return connection.Execute("SET temp_directory = " + QuoteSql(folder + "/temporary") +
                            "; SET allowed_directories = [" + QuoteSql(folder + "/") +
                            "]; SET enable_external_access = false; SET lock_configuration = true");
}

// The engine keeps texts as UTF-8 and may misbehave on others.
CrashRow WithValidText(CrashRow row) {
  for (std::string* const text :
       {&row.product, &row.version, &row.release_channel, &row.build_id, &row.process_type, &row.platform,
        &row.platform_version, &row.cpu_arch, &row.reason, &row.address, &row.minidump_sha256_hash, &row.rule,
        &row.signature, &row.proto_signature}) {
    if (!base::IsUtf8(*text)) *text = base::ToValidUtf8(*text);
  }
  for (StackFrame& frame : row.stack) {
    frame.module = base::ToValidUtf8(frame.module);
    frame.debug_id = base::ToValidUtf8(frame.debug_id);
    for (NamedFrame& name : frame.names) {
      name.function = base::ToValidUtf8(name.function);
      name.file = base::ToValidUtf8(name.file);
    }
  }
  return row;
}

base::Status CheckText(const Query& query) {
  for (const Clause& clause : query.clauses) {
    for (const Test& test : clause.tests) {
      const auto* const text = std::get_if<std::string>(&test.operand);
      if (text != nullptr && !base::IsUtf8(*text)) return Error{Code::kBadValue, 0, "a value is not UTF-8"};
    }
  }
  return {};
}

// Finds out alone whether each regular expression is valid: within a search, the failure of one is a failure
// of all.
base::Status CheckRegexes(const Query& query, DuckConnection& connection) {
  for (const Clause& clause : query.clauses) {
    for (const Test& test : clause.tests) {
      if (test.op != Operator::kRegex) continue;
      if (!connection.Query("SELECT regexp_full_match('', ?)", std::span(&test.operand, 1))) {
        return Error{Code::kBadValue, 0, "not a regular expression that RE2 accepts"};
      }
    }
  }
  return {};
}

base::Result<std::vector<std::vector<Value>>> AllRows(DuckConnection& connection, const Statement& statement,
                                                      std::size_t columns) {
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query(statement.sql, statement.parameters));
  std::vector<std::vector<Value>> values;
  while (rows.Next()) {
    std::vector<Value>& row = values.emplace_back();
    for (std::size_t column = 0; column < columns; ++column) row.push_back(rows.At(column));
  }
  return values;
}

base::Result<SearchResult> RunSearch(DuckConnection& connection, const Query& query,
                                     const SearchStatements& statements) {
  SearchResult result;
  ASSIGN_OR_RETURN(DuckRows total, connection.Query(statements.total.sql, statements.total.parameters));
  if (total.Next()) result.total = static_cast<std::uint64_t>(total.Integer(0));
  if (query.hits_max > 0) {
    ASSIGN_OR_RETURN(result.hits, AllRows(connection, statements.hits, query.columns.size()));
  }
  for (std::size_t i = 0; i < query.facets.size(); ++i) {
    Facet& facet = result.facets.emplace_back();
    facet.field = query.facets[i];
    ASSIGN_OR_RETURN(std::vector<std::vector<Value>> rows, AllRows(connection, statements.facets[i], 2));
    for (std::vector<Value>& row : rows) {
      facet.terms.push_back({std::move(row[0]), static_cast<std::uint64_t>(std::get<std::int64_t>(row[1]))});
    }
  }
  return result;
}

}  // namespace

struct DuckDbIndex::State {
  State(DuckDatabase opened, DuckConnection connected)
      : database(std::move(opened)), writer(std::move(connected)) {}

  DuckDatabase database;
  std::mutex write_mutex;  // Guards writer, dictionary, and changes of weeks.
  DuckConnection writer;
  std::optional<DuckDbDictionary> dictionary;  // Both are there from Open on. They borrow the writer.
  std::optional<DuckDbWeeks> weeks;
};

base::Result<std::unique_ptr<DuckDbIndex>> DuckDbIndex::Open(const std::string& folder,
                                                             DuckDbIndexOptions options) {
  RETURN_IF_ERROR(os::MakeDirectories(folder));
  const std::string path = folder + std::string(kDictionaryFile);
  const base::Result<os::FileInfo> info = os::Inspect(path);
  if (!info && info.error().code != Code::kNotFound) return info.error();
  if (!info) RETURN_IF_ERROR(CreateDuckDbFile(path, DuckDbDictionary::Schema(), options.messages));
  ASSIGN_OR_RETURN(DuckDatabase database,
                   DuckDatabase::Open(path, options.settings, std::move(options.messages)));
  ASSIGN_OR_RETURN(DuckConnection writer, database.Connect());
  auto state = std::make_unique<State>(std::move(database), std::move(writer));
  RETURN_IF_ERROR(LockDown(state->writer, folder));
  ASSIGN_OR_RETURN(state->dictionary, DuckDbDictionary::Load(state->writer));
  RETURN_IF_ERROR(state->weeks.emplace(folder + std::string(kWeeksFolder), state->writer).AttachAll());
  return std::unique_ptr<DuckDbIndex>(new DuckDbIndex(std::move(state)));
}

DuckDbIndex::DuckDbIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
DuckDbIndex::~DuckDbIndex() = default;

base::Status DuckDbIndex::Add(std::span<const CrashRow> rows) {
  if (rows.size() > kMaxRowsPerBatch) return Error{Code::kLimitExceeded, kMaxRowsPerBatch, "rows in a batch"};
  std::vector<CrashRow> valid;
  std::vector<DuckDbWeeks::NewRow> added;
  valid.reserve(rows.size());
  for (const CrashRow& row : rows) {
    const std::optional<duckdb_uhugeint> uuid = ParseUuid(row.uuid);
    if (!uuid) return Error{Code::kBadValue, valid.size(), "uuid of a crash row"};
    valid.push_back(WithValidText(row));
    added.push_back({nullptr, *uuid, {}});
  }
  const std::lock_guard lock(state_->write_mutex);
  ASSIGN_OR_RETURN(const std::vector<DictionaryIds> ids, state_->dictionary->Add(valid));
  for (std::size_t i = 0; i < added.size(); ++i) {
    added[i].row = &valid[i];
    added[i].ids = ids[i];
  }
  return state_->weeks->Add(added);
}

base::Result<SearchResult> DuckDbIndex::Search(const Query& query) const {
  RETURN_IF_ERROR(CheckText(query));
  const std::vector<DuckDbWeeks::File> files = state_->weeks->Overlapping(query.kinds, query.window);
  ASSIGN_OR_RETURN(const SearchStatements statements, MakeSearchStatements(query, files));
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  RETURN_IF_ERROR(CheckRegexes(query, connection));
  if (files.empty()) {
    SearchResult nothing;
    for (const FieldId field : query.facets) nothing.facets.push_back({field, {}});
    return nothing;
  }
  // One transaction: total, hits and facets speak of the same crashes. The connection ends it.
  RETURN_IF_ERROR(connection.Execute("BEGIN TRANSACTION READ ONLY"));
  return RunSearch(connection, query, statements);
}

base::Result<std::optional<CrashReference>> DuckDbIndex::Get(std::string_view uuid) const {
  if (!ParseUuid(uuid)) return std::optional<CrashReference>();
  ASSIGN_OR_RETURN(std::vector<CrashReference> found,
                   Find("c.uuid = CAST(? AS UUID)", Value(std::string(uuid))));
  if (found.empty()) return std::optional<CrashReference>();
  return std::optional(std::move(found.front()));
}

base::Result<std::vector<CrashReference>> DuckDbIndex::FindByMinidumpHash(std::string_view sha256_hex) const {
  if (sha256_hex.empty() || !base::IsUtf8(sha256_hex)) return std::vector<CrashReference>();
  return Find("c.minidump_sha256_hash = ?", Value(std::string(sha256_hex)));
}

base::Result<std::vector<CrashReference>> DuckDbIndex::Find(const std::string& condition,
                                                            const Value& parameter) const {
  std::vector<CrashReference> found;
  const std::vector<DuckDbWeeks::File> files = state_->weeks->All();
  if (files.empty()) return found;
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query("SELECT c.kind, CAST(c.uuid AS VARCHAR), c.date_ms, s.signature, "
                       "s.proto_signature, c.minidump_sha256_hash FROM " +
                           CrashSource(files) + " LEFT JOIN signatures s ON s.input_id = c.input_id WHERE " +
                           condition + " ORDER BY c.date_ms, c.kind DESC, c.uuid",
                       std::span(&parameter, 1)));
  while (rows.Next()) {
    found.push_back(
        {.kind = rows.Text(0) == CrashKindName(CrashKind::kPing) ? CrashKind::kPing : CrashKind::kReport,
         .uuid = rows.Text(1),
         .date_ms = rows.Integer(2),
         .signature = rows.Text(3),
         .proto_signature = rows.Text(4),
         .minidump_sha256_hash = rows.Text(5)});
  }
  return found;
}

}  // namespace cairn::search
