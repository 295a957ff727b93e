#include "server/search/duckdb_index.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/iso_time.h"
#include "base/utf8.h"
#include "os/file.h"
#include "server/search/duckdb_activity.h"
#include "server/search/duckdb_alike.h"
#include "server/search/duckdb_counts.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/duckdb_dictionary.h"
#include "server/search/duckdb_files.h"
#include "server/search/duckdb_first_seen.h"
#include "server/search/duckdb_functions.h"
#include "server/search/duckdb_inputs.h"
#include "server/search/duckdb_modules.h"
#include "server/search/duckdb_retention.h"
#include "server/search/duckdb_schema.h"
#include "server/search/duckdb_search.h"
#include "server/search/duckdb_snapshot.h"
#include "server/search/duckdb_sql.h"
#include "server/search/search_watch.h"
#include "server/search/week.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kDictionaryStem = "dictionary";
constexpr std::string_view kWeeksFolder = "/weeks";
constexpr std::string_view kActivityFolder = "/activity";
constexpr std::string_view kSnapshotsFolder = "/snapshots";

// How long a purge waits for searches that read old files; they take seconds at most.
constexpr int kReadersPatienceMs = 10'000;
constexpr int kReadersPauseMs = 20;

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

// The day that the last six digits of a report's id name (YYMMDD), with one more at each side; a window
// before all crashes if they name none.
DateWindow WindowAroundDayOf(std::string_view uuid) {
  const std::string digits(uuid.substr(uuid.size() - 6));
  const std::optional<std::int64_t> day_ms =
      base::ParseIso("20" + digits.substr(0, 2) + "-" + digits.substr(2, 2) + "-" + digits.substr(4));
  if (!day_ms) return {};
  return {*day_ms - kDayMs, *day_ms + 2 * kDayMs};
}

// Of the crashes of a selection.
base::Result<NumberSet> InputNumbersOf(DuckConnection& connection, const CrashSelection& selection) {
  const Statement numbers =
      SelectCrashes({.expressions = "c.input_number",
                     .behind = {" GROUP BY c.input_number HAVING c.input_number IS NOT NULL", {}}},
                    selection);
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query(numbers.sql, numbers.parameters));
  return rows.ReadNumbers();
}

}  // namespace

struct DuckDbIndex::State {
  State(DuckDatabase opened, DuckConnection connected, const std::string& folder)
      : database(std::move(opened)),
        writer(std::move(connected)),
        dictionary_files(folder, writer),
        crashes(folder + std::string(kWeeksFolder), writer),
        activity(folder + std::string(kActivityFolder), writer),
        snapshots(folder + std::string(kSnapshotsFolder)) {}

  mutable DuckDbFunctions functions;  // Outlives the database, whose threads call them.
  DuckDatabase database;
  // Held by whoever puts files in others' places, all the while, so that no list of files gets old under it.
  // Taken before write_mutex.
  std::mutex maintenance_mutex;
  std::mutex write_mutex;  // Guards all below against each other's writing.
  DuckConnection writer;
  DuckDbFiles dictionary_files;
  std::optional<DuckDbDictionary> dictionary;  // There from Open on.
  DuckDbCrashes crashes;
  DuckDbActivity activity;
  DuckDbSnapshots snapshots;           // Has its own lock.
  mutable SearchWatch watch;           // Likewise.
  mutable DuckDbFirstSeen first_seen;  // Likewise.

  // False: something is still read.
  base::Result<bool> RemoveRetired() {
    ASSIGN_OR_RETURN(const bool dictionary_gone, dictionary_files.RemoveRetired());
    ASSIGN_OR_RETURN(const bool crashes_gone, crashes.RemoveRetired());
    ASSIGN_OR_RETURN(const bool activity_gone, activity.RemoveRetired());
    return dictionary_gone && crashes_gone && activity_gone;
  }

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
  RETURN_IF_ERROR(state->functions.Register(state->writer));
  ASSIGN_OR_RETURN(DuckDbFileRef dictionary, OpenDictionary(state->dictionary_files, state->writer));
  state->dictionary_file = dictionary;
  ASSIGN_OR_RETURN(state->dictionary, DuckDbDictionary::Load(state->writer, std::move(dictionary),
                                                             state->functions.signatures()));
  RETURN_IF_ERROR(state->crashes.Open(*state->dictionary));
  RETURN_IF_ERROR(state->activity.Open());
  RETURN_IF_ERROR(state->snapshots.Open());
  return std::unique_ptr<DuckDbIndex>(new DuckDbIndex(std::move(state)));
}

base::Status DuckDbIndex::RemoveDerived(const std::string& folder) {
  // Rows before what they refer to: a kill in between leaves orphans, not rows without names.
  for (const std::string& part : {folder + std::string(kWeeksFolder), folder}) {
    const base::Result<std::vector<std::string>> names = os::ListDirectory(part);
    if (!names && names.error().code == Code::kNotFound) continue;
    if (!names) return names.error();
    for (const std::string& name : *names) {
      ASSIGN_OR_RETURN(const os::FileInfo info, os::Inspect(part + "/" + name));
      if (!info.is_directory) RETURN_IF_ERROR(os::RemoveFile(part + "/" + name));
    }
  }
  return {};
}

DuckDbIndex::DuckDbIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
DuckDbIndex::~DuckDbIndex() = default;

base::Status DuckDbIndex::Add(std::span<const CrashRow> rows) {
  RETURN_IF_ERROR(CheckRows(rows));
  const std::lock_guard lock(state_->write_mutex);
  RETURN_IF_ERROR(state_->dictionary->Add(rows));
  return state_->crashes.Add(rows, *state_->dictionary);
}

base::Status DuckDbIndex::Replace(std::span<const CrashRow> rows) {
  RETURN_IF_ERROR(CheckRows(rows));
  const std::lock_guard lock(state_->write_mutex);
  RETURN_IF_ERROR(state_->dictionary->Add(rows));
  return state_->crashes.Replace(rows, *state_->dictionary);
}

base::Status DuckDbIndex::SetNames(std::span<const StackFrame> frames) {
  const std::lock_guard lock(state_->write_mutex);
  return state_->dictionary->SetNames(frames);
}

base::Result<std::vector<StackFrame>> DuckDbIndex::AddressesOf(const AddressQuestion& question) const {
  if (!base::IsUtf8(question.debug_id)) return std::vector<StackFrame>();
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  return AddressesIn(connection, *state_->DictionaryFile(), question);
}

base::Result<std::vector<std::int64_t>> DuckDbIndex::InputsOf(std::string_view debug_id) const {
  if (!base::IsUtf8(debug_id)) return std::vector<std::int64_t>();
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  return InputsIn(connection, *state_->DictionaryFile(), debug_id);
}

base::Status DuckDbIndex::SetSignatures(std::span<const SignatureOf> signatures) {
  const std::lock_guard lock(state_->write_mutex);
  return state_->dictionary->SetSignatures(signatures);
}

base::Result<std::unique_ptr<InputReader>> DuckDbIndex::ReadInputs(const InputQuestion& question) const {
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  return DuckDbInputReader::Open({std::move(connection), state_->DictionaryFile(), &state_->watch},
                                 state_->crashes.All(), question);
}

base::Result<std::vector<std::string>> DuckDbIndex::FollowSignature(std::string_view signature,
                                                                    const Deadline& deadline) const {
  if (!base::IsUtf8(signature)) return std::vector<std::string>();
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  const DuckDbFileRef dictionary = state_->DictionaryFile();
  return InTime<std::vector<std::string>>(state_->watch, deadline, connection, [&] {
    return FollowSignatureIn(connection, *dictionary, signature);
  });
}

base::Result<AlikeInputs> DuckDbIndex::FindAlike(const AlikeQuestion& question) const {
  if (!base::IsUtf8(question.signature)) return AlikeInputs{};
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  // Taken before its numbers are looked for: in this one they stay what they are.
  const DuckDbFileRef dictionary = state_->DictionaryFile();
  AlikeScope scope{.signature = question.signature};
  std::vector<DuckDbFunctions::Shared> sets;
  if (question.seen) scope.sets.emplace();
  for (std::size_t i = 0; question.seen && i < question.seen->size(); ++i) {
    Query query = (*question.seen)[i];
    query.deadline = question.deadline;
    ASSIGN_OR_RETURN(NumberSet inputs, WithSelection<NumberSet>(query, InputNumbersOf));
    sets.push_back(state_->functions.Share(std::move(inputs)));
    scope.sets->push_back(sets.back().name());
  }
  return InTime<AlikeInputs>(state_->watch, question.deadline, connection,
                             [&] { return FindAlikeIn(connection, *dictionary, scope); });
}

base::Status DuckDbIndex::AddActivity(std::span<const stats::NumberedAggregate> sums) {
  const std::lock_guard lock(state_->write_mutex);
  return state_->activity.Add(sums);
}

base::Result<std::vector<ActivitySum>> DuckDbIndex::SumActivity(const ActivityQuery& query) const {
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  return InTime<std::vector<ActivitySum>>(state_->watch, query.deadline, connection,
                                          [&] { return state_->activity.Sum(query, connection); });
}

base::Result<std::vector<ExpiredCrash>> DuckDbIndex::FindExpired(const Retention& retention,
                                                                 const ExpiredCrash& after,
                                                                 std::size_t crashes_max) const {
  std::vector<ExpiredCrash> found;
  ASSIGN_OR_RETURN(DuckConnection reader, state_->database.Connect());
  for (const DuckDbCrashes::File& file : state_->crashes.All()) {
    if (found.size() >= crashes_max) break;
    const bool is_behind = after.uuid.empty() || file.kind > after.kind ||
                           (file.kind == after.kind && file.week >= WeekOf(after.date_ms));
    if (!is_behind) continue;
    RETURN_IF_ERROR(FindExpiredCrashes(reader, file, retention.rules, after, crashes_max, found));
  }
  return found;
}

base::Result<std::uint64_t> DuckDbIndex::Expire(const Retention& retention) {
  const std::lock_guard maintenance(state_->maintenance_mutex);
  std::uint64_t gone = 0;
  for (const DuckDbCrashes::File& file : state_->crashes.All()) {
    // Batches come in between: copying a large file takes seconds.
    const std::lock_guard lock(state_->write_mutex);
    ASSIGN_OR_RETURN(const std::uint64_t expired, ExpireCrashes(state_->crashes, file, retention.rules));
    gone += expired;
  }
  const std::lock_guard lock(state_->write_mutex);
  RETURN_IF_ERROR(state_->activity.Expire(retention.activity_before_ms));
  state_->snapshots.Forget();  // One that nobody asks for any more would keep what is forgotten.
  RETURN_IF_ERROR(state_->RemoveRetired());
  return gone;
}

base::Status DuckDbIndex::SweepLocked() {
  const DuckDbFileRef old = state_->DictionaryFile();
  ASSIGN_OR_RETURN(DuckDbFileRef swept,
                   SweepDictionary(state_->dictionary_files, state_->writer, old, state_->crashes.All()));
  if (swept == old) return {};
  RETURN_IF_ERROR(state_->dictionary->SwitchTo(swept));
  const std::lock_guard lock(state_->view_mutex);
  state_->dictionary_file = std::move(swept);
  return {};
}

base::Status DuckDbIndex::Sweep() {
  const std::lock_guard maintenance(state_->maintenance_mutex);
  const std::lock_guard lock(state_->write_mutex);
  RETURN_IF_ERROR(SweepLocked());
  RETURN_IF_ERROR(state_->RemoveRetired());
  return {};
}

base::Result<std::uint64_t> DuckDbIndex::Purge(std::span<const std::string> uuids) {
  std::string list;
  for (std::size_t i = 0; i < uuids.size(); ++i) {
    if (!ParseUuid(uuids[i])) return Error{Code::kBadValue, i, "uuid of a crash"};
    list += (list.empty() ? "" : ",") + uuids[i];
  }
  if (list.empty()) return std::uint64_t{0};
  const std::lock_guard maintenance(state_->maintenance_mutex);
  std::uint64_t gone = 0;
  {
    const std::lock_guard lock(state_->write_mutex);
    for (const DuckDbCrashes::File& file : state_->crashes.All()) {
      ASSIGN_OR_RETURN(const std::uint64_t removed, RemoveCrashes(state_->crashes, file, list));
      gone += removed;
    }
    RETURN_IF_ERROR(SweepLocked());
  }
  state_->snapshots.Forget();
  for (int waited_ms = 0; waited_ms < kReadersPatienceMs; waited_ms += kReadersPauseMs) {
    {
      const std::lock_guard lock(state_->write_mutex);
      ASSIGN_OR_RETURN(const bool all_gone, state_->RemoveRetired());
      if (all_gone) return gone;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(kReadersPauseMs));
  }
  return Error{Code::kTimeout, 0, "purge: a search reads an old file of the index"};
}

base::Result<SearchResult> DuckDbIndex::Search(const Query& query) const {
  const std::vector<DuckDbCrashes::File> files = state_->crashes.Overlapping(query.kinds, query.window);
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  const DuckDbFileRef dictionary = state_->DictionaryFile();
  return InTime<SearchResult>(state_->watch, query.deadline, connection, [&] {
    return SearchFiles(connection, state_->functions, query, dictionary->catalog, files);
  });
}

base::Result<StackCounts> DuckDbIndex::CountStacks(const Query& query, ThreadScope scope,
                                                   std::size_t stacks_max) const {
  return WithSelection<StackCounts>(query, [&](DuckConnection& connection, const CrashSelection& selection) {
    return CountStacksOf(connection, selection, scope, std::min(stacks_max, kMaxCountedStacks));
  });
}

base::Result<std::vector<ModuleCount>> DuckDbIndex::CountModules(const Query& query) const {
  return WithSelection<std::vector<ModuleCount>>(query, CountModulesOf);
}

base::Result<std::vector<FirstSeen>> DuckDbIndex::FindFirstSeen(std::span<const std::string> signatures,
                                                                std::span<const CrashKind> kinds,
                                                                const Deadline& deadline) const {
  for (const std::string& signature : signatures) {
    if (!base::IsUtf8(signature)) return Error{Code::kBadValue, 0, "a value is not UTF-8"};
  }
  std::vector<DuckDbCrashes::File> files = state_->crashes.All();
  std::erase_if(files, [&](const DuckDbCrashes::File& file) {
    return std::ranges::find(kinds, file.kind) == kinds.end();
  });
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  const DuckDbFileRef dictionary = state_->DictionaryFile();
  return InTime<std::vector<FirstSeen>>(state_->watch, deadline, connection, [&] {
    return state_->first_seen.Find({connection, state_->functions, dictionary->catalog, files}, signatures);
  });
}

// What `read` makes of the crashes that a query finds; nothing of none.
template <typename T, typename Read>
base::Result<T> DuckDbIndex::WithSelection(const Query& query, const Read& read) const {
  const std::vector<DuckDbCrashes::File> files = state_->crashes.Overlapping(query.kinds, query.window);
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  const DuckDbFileRef dictionary = state_->DictionaryFile();
  return InTime<T>(state_->watch, query.deadline, connection, [&]() -> base::Result<T> {
    ASSIGN_OR_RETURN(const PreparedSearch prepared,
                     PrepareSearch(connection, state_->functions, query, dictionary->catalog, files));
    if (prepared.parts.empty()) return T{};
    return read(connection, SelectionOf(prepared, state_->functions, dictionary->catalog));
  });
}

base::Result<Snapshot> DuckDbIndex::TakeSnapshot(const SnapshotQuestion& question) const {
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  return state_->snapshots.Take(question, connection, [&] {
    const DateWindow window{question.from_ms, std::numeric_limits<std::int64_t>::max()};
    // The dictionary last: it has what the rows of the files refer to.
    std::vector<DuckDbCrashes::File> files =
        state_->crashes.Overlapping(std::span(&question.kind, 1), window);
    return DuckDbSnapshots::Source{std::move(files), state_->DictionaryFile()};
  });
}

base::Result<std::vector<std::string>> DuckDbIndex::PacksOf(std::int64_t day_ms) const {
  std::vector<std::string> packs;
  const std::int64_t from_ms = DayOf(day_ms) * kDayMs;
  const CrashKind kind = CrashKind::kPing;
  const auto files = state_->crashes.Overlapping(std::span(&kind, 1), {from_ms, from_ms + kDayMs});
  if (files.empty()) return packs;
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  const std::vector<Value> bounds = {from_ms, from_ms + kDayMs};
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query("SELECT DISTINCT c.pack FROM " + CrashSource(PartsOf(files), "c.pack c.date_ms") +
                           " WHERE c.date_ms >= ? AND c.date_ms < ? AND c.pack <> ''",
                       bounds));
  while (rows.Next()) packs.push_back(rows.Text(0));
  return packs;
}

base::Result<std::optional<CrashReference>> DuckDbIndex::Get(std::string_view uuid) const {
  if (!ParseUuid(uuid)) return std::optional<CrashReference>();
  // A report's id ends in its day, so it is as good as always in one of two files; a ping's ends in anything.
  const DateWindow around = WindowAroundDayOf(uuid);
  std::vector<DuckDbCrashes::File> likely;
  std::vector<DuckDbCrashes::File> others;
  for (DuckDbCrashes::File& file : state_->crashes.All()) {
    const bool is_likely = file.kind == CrashKind::kReport && file.week >= WeekOf(around.from_ms) &&
                           file.week <= WeekOf(around.to_ms);
    (is_likely ? likely : others).push_back(std::move(file));
  }
  for (const std::vector<DuckDbCrashes::File>& files : {likely, others}) {
    ASSIGN_OR_RETURN(std::vector<CrashReference> found,
                     Find(files, "c.uuid = CAST(? AS UUID)", Value(std::string(uuid))));
    if (!found.empty()) return std::optional(std::move(found.front()));
  }
  return std::optional<CrashReference>();
}

base::Result<std::vector<CrashReference>> DuckDbIndex::FindByMinidumpHash(std::string_view sha256_hex) const {
  if (sha256_hex.empty() || !base::IsUtf8(sha256_hex)) return std::vector<CrashReference>();
  return Find(state_->crashes.All(), "c.minidump_sha256_hash = ?", Value(std::string(sha256_hex)));
}

base::Result<std::vector<CrashReference>> DuckDbIndex::Find(std::span<const DuckDbCrashes::File> files,
                                                            const std::string& condition,
                                                            const Value& parameter) const {
  std::vector<CrashReference> found;
  const DuckDbFileRef dictionary = state_->DictionaryFile();
  if (files.empty()) return found;
  ASSIGN_OR_RETURN(DuckConnection connection, state_->database.Connect());
  const std::string expressions =
      "c.kind, CAST(c.uuid AS VARCHAR), c.date_ms, s.signature, s.proto_signature, c.minidump_sha256_hash, "
      "c.pack";
  ASSIGN_OR_RETURN(
      DuckRows rows,
      connection.Query("SELECT " + expressions + " FROM " +
                           CrashSource(PartsOf(files), expressions + " c.input_number " + condition) +
                           " LEFT JOIN " + dictionary->catalog +
                           ".signatures s ON s.input_number = c.input_number WHERE " + condition +
                           " ORDER BY c.date_ms, c.kind DESC, c.uuid",
                       std::span(&parameter, 1)));
  while (rows.Next()) {
    found.push_back(
        {.kind = rows.Text(0) == CrashKindName(CrashKind::kPing) ? CrashKind::kPing : CrashKind::kReport,
         .uuid = rows.Text(1),
         .date_ms = rows.Integer(2),
         .signature = rows.Text(3),
         .proto_signature = rows.Text(4),
         .minidump_sha256_hash = rows.Text(5),
         .pack = rows.Text(6)});
  }
  return found;
}

}  // namespace cairn::search
