#include "server/pings/ledger.h"

#include <array>
#include <map>
#include <mutex>
#include <utility>

#include "base/byte_reader.h"
#include "base/hex.h"
#include "base/time_units.h"
#include "os/random.h"
#include "server/intake/crash_id.h"
#include "server/intake/sha256.h"
#include "server/store/sqlite_database.h"

namespace cairn::pings {
namespace {

using store::SqliteDatabase;
using store::SqliteStatement;

using base::kDayMs;
constexpr std::int64_t kHandOverRows = 10'000;

constexpr const char* kSchema = R"sql(
  CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), segment INTEGER NOT NULL,
    offset INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO progress VALUES (1, 0, 0);
  CREATE TABLE IF NOT EXISTS documents (day INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (day, id))
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dumps (hash INTEGER PRIMARY KEY, day INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS clients (day INTEGER NOT NULL, token INTEGER NOT NULL, PRIMARY KEY (day, token))
    STRICT, WITHOUT ROWID;
  DROP TABLE IF EXISTS usage;
  DROP TABLE IF EXISTS aggregates;
  CREATE TABLE IF NOT EXISTS activity_outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL,
    window_ms INTEGER NOT NULL, channel TEXT NOT NULL, version TEXT NOT NULL, display_version TEXT NOT NULL,
    build_id TEXT NOT NULL, application TEXT NOT NULL, os_name TEXT NOT NULL, os_version TEXT NOT NULL,
    architecture TEXT NOT NULL, country TEXT NOT NULL, count INTEGER NOT NULL, main INTEGER NOT NULL,
    content INTEGER NOT NULL, startup INTEGER NOT NULL, content_shutdown INTEGER NOT NULL, gpu INTEGER NOT NULL,
    plugin INTEGER NOT NULL, gmplugin INTEGER NOT NULL, sessions INTEGER NOT NULL, clients INTEGER NOT NULL,
    seconds INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS rejections (sequence INTEGER PRIMARY KEY AUTOINCREMENT, submitted_ms INTEGER NOT NULL,
    document_id TEXT NOT NULL, name_space TEXT NOT NULL, type TEXT NOT NULL, fault TEXT NOT NULL,
    pointer TEXT NOT NULL, reason TEXT NOT NULL, marked INTEGER NOT NULL DEFAULT 0, submission BLOB NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS rejections_marked ON rejections (sequence) WHERE marked = 1;
  CREATE TABLE IF NOT EXISTS counts (day TEXT NOT NULL, name_space TEXT NOT NULL, type TEXT NOT NULL,
    outcome TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, name_space, type, outcome)) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kPosition = "SELECT segment, offset FROM progress";
constexpr std::string_view kSetPosition = "UPDATE progress SET segment = ?, offset = ?";
constexpr std::string_view kNoteDocument = "INSERT INTO documents VALUES (?, ?) ON CONFLICT DO NOTHING";
constexpr std::string_view kNoteDump = "INSERT INTO dumps VALUES (?, ?) ON CONFLICT DO NOTHING";
constexpr std::string_view kNoteClient = "INSERT INTO clients VALUES (?, ?) ON CONFLICT DO NOTHING";
constexpr std::string_view kAddActivity =
    "INSERT INTO activity_outbox VALUES "
    "(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view kListActivity = "SELECT * FROM activity_outbox ORDER BY number LIMIT ?";
constexpr std::string_view kForgetActivity = "DELETE FROM activity_outbox WHERE number <= ?";
constexpr std::string_view kAddRejection =
    "INSERT INTO rejections (submitted_ms, document_id, name_space, type, fault, pointer, reason, "
    "submission) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view kRemoveRejection = "DELETE FROM rejections WHERE sequence = ?";
constexpr std::string_view kSetRejection =
    "UPDATE rejections SET fault = ?, pointer = ?, reason = ?, marked = 0 WHERE sequence = ?";
constexpr std::string_view kAddCount =
    "INSERT INTO counts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count";
// Of RejectionFilter; a parameter that is empty does not restrict.
constexpr std::string_view kListRejections =
    "SELECT sequence, submitted_ms, document_id, name_space, type, fault, pointer, reason, marked FROM "
    "rejections WHERE "
    "(?1 = '' OR name_space = ?1) AND (?2 = '' OR type = ?2) AND (?3 = '' OR fault = ?3) AND (?4 < 0 OR "
    "sequence = ?4) "
    "ORDER BY sequence DESC LIMIT ?5";
constexpr std::string_view kMarkRejections =
    "UPDATE rejections SET marked = 1 WHERE (?1 = '' OR name_space = ?1) AND (?2 = '' OR type = ?2) AND "
    "(?3 = '' OR fault = ?3) AND (?4 < 0 OR sequence = ?4)";
constexpr std::string_view kListMarked =
    "SELECT sequence, submission FROM rejections WHERE marked = 1 ORDER BY sequence LIMIT ?";
constexpr std::string_view kListCounts =
    "SELECT day, name_space, type, outcome, count FROM counts WHERE day >= ? ORDER BY day, name_space, type, "
    "outcome";
constexpr std::string_view kExpireDocuments = "DELETE FROM documents WHERE day < ?";
constexpr std::string_view kExpireClients = "DELETE FROM clients WHERE day < ?";
constexpr std::string_view kExpireDumps = "DELETE FROM dumps WHERE day < ?";
constexpr std::string_view kExpireRejections = "DELETE FROM rejections WHERE submitted_ms < ?";
constexpr std::string_view kHasDocument = "SELECT 1 FROM documents WHERE day = ? AND id = ?";
// In memory, and seen by this connection alone.
constexpr const char* kListPurged =
    "CREATE TEMP TABLE IF NOT EXISTS purged (id TEXT PRIMARY KEY, number INTEGER)";
constexpr std::string_view kAddPurged =
    "INSERT INTO purged (number, id) VALUES (?, ?) ON CONFLICT DO NOTHING";
constexpr std::string_view kCountPurgedDocuments = "SELECT number FROM documents JOIN purged USING (id)";
constexpr std::string_view kCountPurgedRejections =
    "SELECT number FROM rejections JOIN purged ON purged.id = document_id";
constexpr std::string_view kPurgeDocuments = "DELETE FROM documents WHERE id IN (SELECT id FROM purged)";
constexpr std::string_view kPurgeRejections =
    "DELETE FROM rejections WHERE document_id IN (SELECT id FROM purged)";
constexpr std::string_view kPurgeDump = "DELETE FROM dumps WHERE hash = ?";
constexpr std::string_view kEmptyPurged = "DELETE FROM purged";

std::int64_t NumberOfDay(std::string_view day) {
  std::int64_t number = 0;
  for (const char c : day) number = number * 10 + (c >= '0' && c <= '9' ? c - '0' : 0);
  return number;
}

// SHA-256 is evenly spread, so that its first 64 bits name a dump as well as all of them: of a billion dumps,
// one new one in 18 billion is taken for another.
std::int64_t ShortHash(std::string_view sha256_hex) {
  return static_cast<std::int64_t>(base::ParseHex(sha256_hex.substr(0, 16)).value_or(0));
}

// Stands for a client on one day with one kind of usage, and for nothing else; likewise in 64 bits.
std::int64_t TokenOf(std::string_view client_id, std::string_view day, const stats::Dimensions& of) {
  intake::Sha256 hash;
  for (const std::string_view text :
       {client_id, day, std::string_view(of.application), std::string_view(of.version),
        std::string_view(of.build_id), std::string_view(of.channel), std::string_view(of.os_name)}) {
    hash.AddField(text);
  }
  const intake::Sha256Digest digest = hash.Finish();
  return base::ByteReader(digest).Read<std::int64_t>();
}

std::int64_t RandomNumber() {
  std::array<std::byte, sizeof(std::int64_t)> bytes;
  os::FillRandom(bytes);
  return base::ByteReader(bytes).Read<std::int64_t>();
}

stats::NumberedAggregate ReadActivity(const SqliteStatement& row) {
  return {
      row.Integer(1),
      row.Integer(0),
      {row.Integer(2),
       {row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8), row.Text(9),
        row.Text(10), row.Text(11)},
       {row.Integer(12), row.Integer(13), row.Integer(14), row.Integer(15), row.Integer(16), row.Integer(17),
        row.Integer(18), row.Integer(19), row.Integer(20), row.Integer(21), row.Integer(22)}}};
}

}  // namespace

struct Ledger::State {
  explicit State(SqliteDatabase opened) : database(std::move(opened)), source(RandomNumber()) {}

  // The statement, made when it is first needed. Only with the lock.
  base::Result<SqliteStatement*> Prepared(std::string_view sql) {
    auto found = statements.find(sql.data());
    if (found == statements.end()) {
      ASSIGN_OR_RETURN(SqliteStatement statement, database.Prepare(sql));
      found = statements.emplace(sql.data(), std::move(statement)).first;
    }
    return &found->second;
  }

  // Binds the values in order and runs it.
  template <typename... Values>
  base::Status Run(std::string_view sql, const Values&... values) {
    ASSIGN_OR_RETURN(SqliteStatement* const statement, Prepared(sql));
    (statement->Bind(values), ...);
    return statement->Run();
  }

  // Calls `take` with the statement at each row.
  template <typename Take, typename... Values>
  base::Status ForEach(std::string_view sql, const Take& take, const Values&... values) {
    ASSIGN_OR_RETURN(SqliteStatement* const statement, Prepared(sql));
    (statement->Bind(values), ...);
    for (;;) {
      ASSIGN_OR_RETURN(const bool row, statement->Step());
      if (!row) return {};
      take(*statement);
    }
  }

  SqliteDatabase database;
  // Drawn anew at each start: whoever puts an older file back has its numbers given twice, but not by one
  // source.
  const std::int64_t source;
  std::mutex mutex;                                   // Of all below, and of the database.
  std::map<const char*, SqliteStatement> statements;  // By the address of their text, which is a constant.
};

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ledger::~Ledger() = default;

base::Result<std::unique_ptr<Ledger>> Ledger::Open(const std::string& path) {
  ASSIGN_OR_RETURN(SqliteDatabase database, SqliteDatabase::Open(path));
  RETURN_IF_ERROR(database.Execute(kSchema));
  std::unique_ptr<Ledger> ledger(new Ledger(std::make_unique<State>(std::move(database))));
  return ledger;
}

SpoolPosition Ledger::position() const {
  const std::lock_guard lock(state_->mutex);
  SpoolPosition position;
  const base::Status read = state_->ForEach(kPosition, [&](const SqliteStatement& row) {
    position = {static_cast<std::uint64_t>(row.Integer(0)), static_cast<std::uint64_t>(row.Integer(1))};
  });
  return read ? position : SpoolPosition{};
}

Ledger::Batch::Batch(Ledger& ledger) : ledger_(&ledger) {}
Ledger::Batch::Batch(Batch&& other) noexcept : ledger_(std::exchange(other.ledger_, nullptr)) {}

Ledger::Batch::~Batch() {
  if (ledger_ == nullptr) return;
  // A full disk may have rolled back already; then there is nothing to roll back, which is no further
  // failure.
  (void)ledger_->state_->database.Execute("ROLLBACK");
  ledger_->state_->mutex.unlock();
}

base::Result<Ledger::Batch> Ledger::Begin() {
  state_->mutex.lock();
  if (const base::Status begun = state_->database.Execute("BEGIN IMMEDIATE"); !begun) {
    state_->mutex.unlock();
    return begun.error();
  }
  return Batch(*this);
}

base::Result<bool> Ledger::Batch::NoteDocument(std::string_view day, std::string_view document_id) {
  RETURN_IF_ERROR(ledger_->state_->Run(kNoteDocument, NumberOfDay(day), document_id));
  return ledger_->state_->database.changes() == 1;
}

base::Result<bool> Ledger::Batch::NoteDump(std::string_view sha256_hex, std::string_view day) {
  RETURN_IF_ERROR(ledger_->state_->Run(kNoteDump, ShortHash(sha256_hex), NumberOfDay(day)));
  return ledger_->state_->database.changes() == 1;
}

base::Result<bool> Ledger::Batch::NoteClient(std::string_view client_id, std::string_view day,
                                             const stats::Dimensions& of) {
  RETURN_IF_ERROR(ledger_->state_->Run(kNoteClient, NumberOfDay(day), TokenOf(client_id, day, of)));
  return ledger_->state_->database.changes() == 1;
}

base::Status Ledger::Batch::AddActivity(std::span<const stats::Aggregate> sums) {
  ASSIGN_OR_RETURN(SqliteStatement* const statement, ledger_->state_->Prepared(kAddActivity));
  for (const stats::Aggregate& sum : sums) {
    const stats::Dimensions& of = sum.dimensions;
    const stats::Measures& add = sum.measures;
    statement->Bind(ledger_->state_->source).Bind(sum.window_start_ms);
    for (const std::string* const text :
         {&of.channel, &of.version, &of.display_version, &of.build_id, &of.application, &of.os_name,
          &of.os_version, &of.architecture, &of.country}) {
      statement->Bind(std::string_view(*text));
    }
    for (const std::int64_t number : {add.count, add.main_crashes, add.content_crashes, add.startup_crashes,
                                      add.content_shutdown_crashes, add.gpu_crashes, add.plugin_crashes,
                                      add.gmplugin_crashes, add.sessions, add.clients, add.usage_seconds}) {
      statement->Bind(number);
    }
    RETURN_IF_ERROR(statement->Run());
  }
  return {};
}

base::Status Ledger::Batch::AddRejection(const RejectedPing& ping, std::string_view submission) {
  return ledger_->state_->Run(kAddRejection, ping.submitted_ms, std::string_view(ping.document_id),
                              std::string_view(ping.name_space), std::string_view(ping.type),
                              std::string_view(ping.rejection.fault),
                              std::string_view(ping.rejection.pointer),
                              std::string_view(ping.rejection.reason), base::AsBytes(submission));
}

base::Result<bool> Ledger::Batch::RemoveRejection(std::int64_t sequence) {
  RETURN_IF_ERROR(ledger_->state_->Run(kRemoveRejection, sequence));
  return ledger_->state_->database.changes() == 1;
}

base::Status Ledger::Batch::SetRejection(std::int64_t sequence, const Rejection& rejection) {
  return ledger_->state_->Run(kSetRejection, std::string_view(rejection.fault),
                              std::string_view(rejection.pointer), std::string_view(rejection.reason),
                              sequence);
}

base::Status Ledger::Batch::AddCount(const PingCount& count) {
  return ledger_->state_->Run(kAddCount, std::string_view(count.day), std::string_view(count.name_space),
                              std::string_view(count.type), std::string_view(count.outcome), count.count);
}

base::Status Ledger::Batch::Commit(SpoolPosition position) {
  RETURN_IF_ERROR(ledger_->state_->Run(kSetPosition, static_cast<std::int64_t>(position.segment),
                                       static_cast<std::int64_t>(position.offset)));
  return Finish();
}

base::Status Ledger::Batch::Finish() {
  RETURN_IF_ERROR(ledger_->state_->database.Execute("COMMIT"));
  std::exchange(ledger_, nullptr)->state_->mutex.unlock();
  return {};
}

base::Result<std::vector<RejectedPing>> Ledger::ListRejections(const RejectionFilter& filter,
                                                               std::size_t count_max) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<RejectedPing> pings;
  const auto take = [&](const SqliteStatement& row) {
    pings.push_back({.sequence = row.Integer(0),
                     .submitted_ms = row.Integer(1),
                     .document_id = row.Text(2),
                     .name_space = row.Text(3),
                     .type = row.Text(4),
                     .rejection = {row.Text(5), row.Text(6), row.Text(7)},
                     .is_marked = row.Integer(8) != 0});
  };
  RETURN_IF_ERROR(state_->ForEach(kListRejections, take, std::string_view(filter.name_space),
                                  std::string_view(filter.type), std::string_view(filter.fault),
                                  filter.sequence.value_or(-1), static_cast<std::int64_t>(count_max)));
  return pings;
}

base::Result<std::int64_t> Ledger::MarkRejections(const RejectionFilter& filter) {
  const std::lock_guard lock(state_->mutex);
  RETURN_IF_ERROR(state_->Run(kMarkRejections, std::string_view(filter.name_space),
                              std::string_view(filter.type), std::string_view(filter.fault),
                              filter.sequence.value_or(-1)));
  return state_->database.changes();
}

base::Result<std::vector<Ledger::Marked>> Ledger::ListMarked(std::size_t count_max) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<Marked> marked;
  RETURN_IF_ERROR(state_->ForEach(
      kListMarked, [&](const SqliteStatement& row) { marked.push_back({row.Integer(0), row.Blob(1)}); },
      static_cast<std::int64_t>(count_max)));
  return marked;
}

base::Result<std::vector<PingCount>> Ledger::ListCounts(std::string_view since_day) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<PingCount> counts;
  RETURN_IF_ERROR(state_->ForEach(
      kListCounts,
      [&](const SqliteStatement& row) {
        counts.push_back({row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Integer(4)});
      },
      since_day));
  return counts;
}

base::Status Ledger::Expire(std::int64_t now_ms) {
  const std::lock_guard lock(state_->mutex);
  // Yesterday's may still be asked for: by pings that wait in the spool.
  const std::int64_t yesterday = NumberOfDay(intake::DayOf(now_ms - kDayMs));
  RETURN_IF_ERROR(state_->Run(kExpireDocuments, yesterday));
  RETURN_IF_ERROR(state_->Run(kExpireClients, yesterday));
  return state_->Run(kExpireDumps, NumberOfDay(intake::DayOf(now_ms - kDumpHashDays * kDayMs)));
}

base::Result<std::uint64_t> Ledger::ExpireRejections(std::int64_t before_ms) {
  const std::lock_guard lock(state_->mutex);
  RETURN_IF_ERROR(state_->Run(kExpireRejections, before_ms));
  return static_cast<std::uint64_t>(state_->database.changes());
}

base::Result<bool> Ledger::HasDocument(std::string_view day, std::string_view document_id) const {
  const std::lock_guard lock(state_->mutex);
  bool has = false;
  RETURN_IF_ERROR(state_->ForEach(
      kHasDocument, [&](const SqliteStatement&) { has = true; }, NumberOfDay(day), document_id));
  return has;
}

base::Result<std::vector<std::uint64_t>> Ledger::Purge(std::span<const std::string> document_ids,
                                                       std::span<const std::string> dump_sha256_hexes) {
  std::vector<std::uint64_t> removed(document_ids.size());
  {
    // Each table is gone through once, however many ids there are.
    ASSIGN_OR_RETURN(Batch batch, Begin());
    RETURN_IF_ERROR(state_->database.Execute(kListPurged));
    for (std::size_t i = 0; i < document_ids.size(); ++i) {
      RETURN_IF_ERROR(
          state_->Run(kAddPurged, static_cast<std::int64_t>(i), std::string_view(document_ids[i])));
    }
    for (const std::string_view sql : {kCountPurgedDocuments, kCountPurgedRejections}) {
      RETURN_IF_ERROR(state_->ForEach(
          sql, [&](const SqliteStatement& row) { ++removed[static_cast<std::size_t>(row.Integer(0))]; }));
    }
    RETURN_IF_ERROR(state_->Run(kPurgeDocuments));
    RETURN_IF_ERROR(state_->Run(kPurgeRejections));
    for (const std::string& hash : dump_sha256_hexes)
      RETURN_IF_ERROR(state_->Run(kPurgeDump, ShortHash(hash)));
    RETURN_IF_ERROR(state_->Run(kEmptyPurged));
    RETURN_IF_ERROR(batch.Finish());
  }
  const std::lock_guard lock(state_->mutex);
  RETURN_IF_ERROR(state_->database.Scrub(document_ids));
  return removed;
}

base::Status Ledger::HandOver(const TakeActivity& take) {
  for (;;) {
    std::vector<stats::NumberedAggregate> sums;
    {
      const std::lock_guard lock(state_->mutex);
      RETURN_IF_ERROR(state_->ForEach(
          kListActivity, [&](const SqliteStatement& row) { sums.push_back(ReadActivity(row)); },
          kHandOverRows));
    }
    if (sums.empty()) return {};
    RETURN_IF_ERROR(take(sums));
    const std::lock_guard lock(state_->mutex);
    RETURN_IF_ERROR(state_->Run(kForgetActivity, sums.back().number));
  }
}

}  // namespace cairn::pings
