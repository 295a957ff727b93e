#include "server/search/duckdb_index.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "os/file.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/duckdb_dictionary.h"
#include "server/search/duckdb_files.h"
#include "server/search/duckdb_schema.h"
#include "server/search/duckdb_sql.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kDictionaryStem = "dictionary";
constexpr std::string_view kWeeksFolder = "/weeks";

// From here on no statement can reach a file outside of the folder, or change a setting.
base::Status LockDown(DuckConnection& connection, const std::string& folder) {
  return connection.Execute("SET temp_directory = " + QuoteSql(folder + "/temporary") +
                            "; SET allowed_directories = [" + QuoteSql(folder + "/") +
                            "]; SET enable_external_access = false; SET lock_configuration = true");
}

base::Status CheckRows(std::span<const CrashRow> rows) {
  if (rows.size() > kMaxRowsPerBatch) return Error{Code::kLimitExceeded, kMaxRowsPerBatch, "rows in a batch"};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!ParseUuid(rows[i].uuid)) return Error{Code::kBadValue, i, "uuid of a crash row"};
  }
  return {};
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
  State(DuckDatabase opened, DuckConnection connected, const std::string& folder)
      : database(std::move(opened)),
        writer(std::move(connected)),
        dictionary_files(folder, writer),
        crashes(folder + std::string(kWeeksFolder), writer) {}

  DuckDatabase database;
  std::mutex write_mutex;  // Guards all below against each other's writing.
  DuckConnection writer;
  DuckDbFiles dictionary_files;
  std::optional<DuckDbDictionary> dictionary;  // There from Open on.
  DuckDbCrashes crashes;

  // The dictionary's file for searches.
  DuckDbFileRef DictionaryFile() const {
    const std::lock_guard lock(view_mutex);
    return dictionary_file;
  }
  mutable std::mutex view_mutex;
  DuckDbFileRef dictionary_file;  // GUARDED_BY(view_mutex)
};

namespace {

// Attaches the dictionary, or makes an empty one.
base::Result<DuckDbFileRef> OpenDictionary(DuckDbFiles& files, DuckConnection& connection) {
  ASSIGN_OR_RETURN(const std::vector<std::string> stems, files.Open());
  const std::string stem(kDictionaryStem);
  if (std::ranges::find(stems, stem) == stems.end()) {
    return files.Create(stem, [](DuckConnection& writer) {
      return writer.Execute(DictionarySchema(DuckDbFiles::kUnfinished));
    });
  }
  ASSIGN_OR_RETURN(DuckDbFileRef file, files.Attach(stem));
  RETURN_IF_ERROR(MigrateDictionary(connection, file->catalog));
  return file;
}

}  // namespace

base::Result<std::unique_ptr<DuckDbIndex>> DuckDbIndex::Open(const std::string& folder,
                                                             DuckDbIndexOptions options) {
  RETURN_IF_ERROR(os::MakeDirectories(folder));
  ASSIGN_OR_RETURN(DuckDatabase database,
                   DuckDatabase::Open("", options.settings, std::move(options.messages)));
  ASSIGN_OR_RETURN(DuckConnection writer, database.Connect());
  auto state = std::make_unique<State>(std::move(database), std::move(writer), folder);
  RETURN_IF_ERROR(LockDown(state->writer, folder));
  ASSIGN_OR_RETURN(DuckDbFileRef dictionary, OpenDictionary(state->dictionary_files, state->writer));
  state->dictionary_file = dictionary;
  ASSIGN_OR_RETURN(state->dictionary, DuckDbDictionary::Load(state->writer, std::move(dictionary)));
  RETURN_IF_ERROR(state->crashes.Open());
  return std::unique_ptr<DuckDbIndex>(new DuckDbIndex(std::move(state)));
}

DuckDbIndex::DuckDbIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
DuckDbIndex::~DuckDbIndex() = default;

base::Status DuckDbIndex::Add(std::span<const CrashRow> rows) {
  RETURN_IF_ERROR(CheckRows(rows));
  const std::lock_guard lock(state_->write_mutex);
  RETURN_IF_ERROR(state_->dictionary->Add(rows));
  return state_->crashes.Add(rows);
}

base::Status DuckDbIndex::Replace(std::span<const CrashRow> rows) {
  RETURN_IF_ERROR(CheckRows(rows));
  const std::lock_guard lock(state_->write_mutex);
  RETURN_IF_ERROR(state_->dictionary->Add(rows));
  return state_->crashes.Replace(rows);
}

base::Status DuckDbIndex::SetNames(std::span<const StackFrame> frames) {
  const std::lock_guard lock(state_->write_mutex);
  return state_->dictionary->SetNames(frames);
}

base::Status DuckDbIndex::SetSignatures(std::span<const SignatureOf> signatures) {
  const std::lock_guard lock(state_->write_mutex);
  return state_->dictionary->SetSignatures(signatures);
}

base::Result<SearchResult> DuckDbIndex::Search(const Query& query) const {
  RETURN_IF_ERROR(CheckText(query));
  const std::vector<DuckDbCrashes::File> files = state_->crashes.Overlapping(query.kinds, query.window);
  const DuckDbFileRef dictionary = state_->DictionaryFile();
  ASSIGN_OR_RETURN(const SearchStatements statements,
                   MakeSearchStatements(query, dictionary->catalog, files));
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
  const std::vector<DuckDbCrashes::File> files = state_->crashes.All();
  const DuckDbFileRef dictionary = state_->DictionaryFile();
  if (files.empty()) return found;
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection.Query("SELECT c.kind, CAST(c.uuid AS VARCHAR), c.date_ms, s.signature, "
                                    "s.proto_signature, c.minidump_sha256_hash FROM " +
                                        CrashSource(files) + " LEFT JOIN " + dictionary->catalog +
                                        ".signatures s ON s.input_id = c.input_id WHERE " + condition +
                                        " ORDER BY c.date_ms, c.kind DESC, c.uuid",
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
