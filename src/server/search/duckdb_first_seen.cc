#include "server/search/duckdb_first_seen.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "server/search/duckdb_sql.h"

namespace cairn::search {
namespace {

// What is asked for, and what is found of it.
struct Asked {
  struct Answer {
    FirstSeen seen;
    bool is_found = false;
  };
  NumberSet numbers;  // Of the signatures.
  boost::unordered_flat_map<std::int64_t, Answer> answers;

  void Add(std::int64_t number, std::int64_t date_ms, const std::string& build_id) {
    const auto place = answers.find(number);
    if (place == answers.end()) return;
    auto& [seen, is_found] = place->second;
    if (!std::exchange(is_found, true) || date_ms < seen.date_ms) seen.date_ms = date_ms;
    if (!build_id.empty() && (seen.build_id.empty() || build_id < seen.build_id)) seen.build_id = build_id;
  }
};

base::Result<Asked> ReadNumbers(const DuckDbFirstSeen::Source& source,
                                std::span<const std::string> signatures) {
  ASSIGN_OR_RETURN(DuckRows rows, source.connection.QueryWithList(
                                      "SELECT number, signature FROM " + source.dictionary +
                                          ".signature_texts WHERE signature IN (SELECT unnest(?))",
                                      signatures));
  Asked asked;
  while (rows.Next()) {
    asked.numbers.Add(rows.Integer(0));
    asked.answers[rows.Integer(0)].seen.signature = rows.Text(1);
  }
  return asked;
}

base::Status AskFiles(const DuckDbFirstSeen::Source& source, std::span<const DuckDbCrashes::File> files,
                      Asked& asked) {
  if (files.empty()) return {};
  const DuckDbFunctions::Shared numbers = source.functions.Share(asked.numbers);
  const DuckDbFunctions::Shared view = source.functions.ShareSignatures();
  const std::string number = "signature_number(" + view.name() + ", c.input_number)";
  const std::string first = " AS number, min(c.date_ms), min(c.build_id) FROM ";
  ASSIGN_OR_RETURN(DuckRows rows, source.connection.Query(
                                      "SELECT " + number + first +
                                      CrashSource(PartsOf(files), number + " c.date_ms c.build_id") +
                                      " WHERE set_has(" + numbers.name() + ", " + number + ") GROUP BY 1"));
  while (rows.Next()) asked.Add(rows.Integer(0), rows.Integer(1), rows.Text(2));
  return {};
}

base::Result<FirstOfInputs> ReadFile(DuckConnection& connection, const DuckDbCrashes::File& file) {
  const std::string crashes =
      CrashSource(PartsOf(std::span(&file, 1)), "c.input_number c.date_ms c.build_id");
  FirstOfInputs read;
  ASSIGN_OR_RETURN(DuckRows builds, connection.Query("SELECT DISTINCT c.build_id FROM " + crashes +
                                                     " WHERE c.build_id IS NOT NULL"));
  while (builds.Next()) read.builds.push_back(builds.Text(0));
  std::ranges::sort(read.builds);
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection.Query("SELECT c.input_number, min(c.date_ms), min(c.build_id) FROM " + crashes +
                                    " WHERE c.input_number IS NOT NULL GROUP BY 1"));
  while (rows.Next()) {
    FirstOfInput& first = read.inputs.emplace_back();
    first.input = static_cast<std::uint32_t>(rows.Integer(0));
    first.date_ms = rows.Integer(1);
    const std::string build = rows.Text(2);
    const auto place = std::ranges::lower_bound(read.builds, build);
    if (place != read.builds.end() && *place == build)
      first.build = static_cast<std::uint32_t>(place - read.builds.begin());
  }
  return read;
}

void AddRemembered(const FirstOfInputs& table, const SignatureNumbers::Table& signatures, Asked& asked) {
  static const std::string kUnknown;
  for (const FirstOfInput& first : table.inputs) {
    const std::int64_t number = signatures.Of(first.input);
    if (number == SignatureNumbers::kNone || !asked.numbers.Has(number)) continue;
    asked.Add(number, first.date_ms,
              first.build == FirstOfInput::kNoBuild ? kUnknown : table.builds[first.build]);
  }
}

}  // namespace

base::Result<std::vector<FirstSeen>> DuckDbFirstSeen::Find(const Source& source,
                                                           std::span<const std::string> signatures) {
  std::vector<FirstSeen> found;
  if (source.files.empty() || signatures.empty()) return found;
  ASSIGN_OR_RETURN(Asked asked, ReadNumbers(source, signatures));
  if (asked.answers.empty()) return found;
  std::vector<DuckDbCrashes::File> others;
  std::vector<Table> tables;
  for (const DuckDbCrashes::File& file : source.files) {
    State state = Look(file);
    if (state.is_to_be_read) {
      ASSIGN_OR_RETURN(FirstOfInputs read, ReadFile(source.connection, file));
      state.table = std::make_shared<const FirstOfInputs>(std::move(read));
      Remember(file, state.table);
    }
    if (state.table == nullptr) {
      others.push_back(file);
    } else {
      tables.push_back(std::move(state.table));
    }
  }
  RETURN_IF_ERROR(AskFiles(source, others, asked));
  // Taken now: whatever was read has a signature in it.
  const std::shared_ptr<const SignatureNumbers::Table> names = source.functions.signatures().Now();
  for (const Table& table : tables) AddRemembered(*table, *names, asked);
  for (auto& [number, answer] : asked.answers) {
    if (answer.is_found) found.push_back(std::move(answer.seen));
  }
  std::ranges::sort(found, {}, &FirstSeen::signature);
  return found;
}

DuckDbFirstSeen::State DuckDbFirstSeen::Look(const DuckDbCrashes::File& file) {
  const std::lock_guard lock(mutex_);
  Known& known = known_[{file.kind, file.week}];
  const bool is_unchanged = known.file.lock() == file.file && known.changes == file.changes;
  if (!is_unchanged) known = {file.file, file.changes};
  ++(known.table == nullptr ? misses_ : hits_);
  return {known.table, is_unchanged && known.table == nullptr && !known.is_too_large};
}

void DuckDbFirstSeen::Remember(const DuckDbCrashes::File& file, const Table& table) {
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [](const auto& entry) { return entry.second.file.expired(); });
  std::size_t inputs = table->inputs.size();
  for (const auto& [key, known] : known_) inputs += known.table == nullptr ? 0 : known.table->inputs.size();
  const auto place = known_.find({file.kind, file.week});
  const bool is_the_same = place != known_.end() && place->second.file.lock() == file.file &&
                           place->second.changes == file.changes;
  if (!is_the_same) return;
  if (inputs <= inputs_max_) place->second.table = table;
  place->second.is_too_large = inputs > inputs_max_;
}

std::uint64_t DuckDbFirstSeen::hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

std::uint64_t DuckDbFirstSeen::misses() const {
  const std::lock_guard lock(mutex_);
  return misses_;
}

}  // namespace cairn::search
