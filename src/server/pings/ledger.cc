#include "server/pings/ledger.h"

#include <map>
#include <mutex>
#include <utility>

#include "base/hex.h"
#include "server/intake/crash_id.h"
#include "server/store/sqlite_database.h"

namespace cairn::pings {
namespace {

using store::SqliteDatabase;
using store::SqliteStatement;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::size_t kHandOverRows = 1000;

constexpr const char* kSchema = R"sql(
  CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), segment INTEGER NOT NULL,
    offset INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO progress VALUES (1, 0, 0);
  CREATE TABLE IF NOT EXISTS documents (day INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (day, id))
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dumps (hash INTEGER PRIMARY KEY, day INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS usage (day TEXT NOT NULL, application TEXT NOT NULL, version TEXT NOT NULL,
    build_id TEXT NOT NULL, channel TEXT NOT NULL, os TEXT NOT NULL, seconds INTEGER NOT NULL, pings INTEGER NOT NULL,
    changed INTEGER NOT NULL, PRIMARY KEY (day, application, version, build_id, channel, os)) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS usage_changed ON usage (changed) WHERE changed = 1;
  CREATE TABLE IF NOT EXISTS aggregates (window_ms INTEGER NOT NULL, channel TEXT NOT NULL, version TEXT NOT NULL,
    display_version TEXT NOT NULL, build_id TEXT NOT NULL, application TEXT NOT NULL, os_name TEXT NOT NULL,
    os_version TEXT NOT NULL, architecture TEXT NOT NULL, country TEXT NOT NULL, count INTEGER NOT NULL,
    main INTEGER NOT NULL, content INTEGER NOT NULL, startup INTEGER NOT NULL, content_shutdown INTEGER NOT NULL,
    gpu INTEGER NOT NULL, plugin INTEGER NOT NULL, gmplugin INTEGER NOT NULL, seconds INTEGER NOT NULL,
    changed INTEGER NOT NULL, PRIMARY KEY (window_ms, channel, version, display_version, build_id, application,
    os_name, os_version, architecture, country)) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS aggregates_changed ON aggregates (changed) WHERE changed = 1;
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
constexpr std::string_view kAddUsage =
    "INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1) ON CONFLICT DO UPDATE SET "
    "seconds = seconds + excluded.seconds, pings = pings + 1, changed = 1";
constexpr std::string_view kAddAggregate =
    "INSERT INTO aggregates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT "
    "DO UPDATE "
    "SET count = count + excluded.count, main = main + excluded.main, content = content + excluded.content, "
    "startup = startup + excluded.startup, content_shutdown = content_shutdown + excluded.content_shutdown, "
    "gpu = gpu + excluded.gpu, plugin = plugin + excluded.plugin, gmplugin = gmplugin + excluded.gmplugin, "
    "seconds = seconds + excluded.seconds, changed = 1";
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
constexpr std::string_view kChangedUsage =
    "SELECT day, application, version, build_id, channel, os, seconds, pings FROM usage WHERE changed = 1 "
    "LIMIT ?";
constexpr std::string_view kUsageTaken =
    "UPDATE usage SET changed = 0 WHERE day = ? AND application = ? AND version = ? AND build_id = ? AND "
    "channel = ? AND "
    "os = ? AND seconds = ? AND pings = ?";
constexpr std::string_view kChangedAggregates =
    "SELECT window_ms, channel, version, display_version, build_id, application, os_name, os_version, "
    "architecture, "
    "country, count, main, content, startup, content_shutdown, gpu, plugin, gmplugin, seconds FROM "
    "aggregates WHERE "
    "changed = 1 LIMIT ?";
constexpr std::string_view kAggregateTaken =
    "UPDATE aggregates SET changed = 0 WHERE window_ms = ? AND channel = ? AND version = ? AND "
    "display_version = ? AND "
    "build_id = ? AND application = ? AND os_name = ? AND os_version = ? AND architecture = ? AND country = "
    "? AND "
    "count = ? AND seconds = ?";
constexpr std::string_view kExpireDocuments = "DELETE FROM documents WHERE day < ?";
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

}  // namespace

struct Ledger::State {
  explicit State(SqliteDatabase opened) : database(std::move(opened)) {}

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

base::Status Ledger::Batch::AddUsage(std::string_view day, const Usage& usage) {
  return ledger_->state_->Run(kAddUsage, day, std::string_view(usage.application),
                              std::string_view(usage.version), std::string_view(usage.build_id),
                              std::string_view(usage.channel), std::string_view(usage.os), usage.seconds);
}

base::Status Ledger::Batch::AddAggregate(const stats::Aggregate& aggregate) {
  const stats::Dimensions& of = aggregate.dimensions;
  const stats::Measures& add = aggregate.measures;
  ASSIGN_OR_RETURN(SqliteStatement* const statement, ledger_->state_->Prepared(kAddAggregate));
  statement->Bind(aggregate.window_start_ms);
  for (const std::string* const text :
       {&of.channel, &of.version, &of.display_version, &of.build_id, &of.application, &of.os_name,
        &of.os_version, &of.architecture, &of.country}) {
    statement->Bind(std::string_view(*text));
  }
  for (const std::int64_t number :
       {add.count, add.main_crashes, add.content_crashes, add.startup_crashes, add.content_shutdown_crashes,
        add.gpu_crashes, add.plugin_crashes, add.gmplugin_crashes, add.usage_seconds}) {
    statement->Bind(number);
  }
  return statement->Run();
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
  // Yesterday's ids may still be asked for: by pings that wait in the spool.
  RETURN_IF_ERROR(state_->Run(kExpireDocuments, NumberOfDay(intake::DayOf(now_ms - kDayMs))));
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

base::Status Ledger::HandOver(UsageTables& tables) {
  for (;;) {
    std::vector<UsageRow> usage;
    std::vector<stats::Aggregate> aggregates;
    {
      const std::lock_guard lock(state_->mutex);
      constexpr auto kRows = static_cast<std::int64_t>(kHandOverRows);
      RETURN_IF_ERROR(state_->ForEach(
          kChangedUsage,
          [&](const SqliteStatement& row) {
            usage.push_back({row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5),
                             row.Integer(6), row.Integer(7)});
          },
          kRows));
      RETURN_IF_ERROR(state_->ForEach(
          kChangedAggregates,
          [&](const SqliteStatement& row) {
            aggregates.push_back(
                {row.Integer(0),
                 {row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7),
                  row.Text(8), row.Text(9)},
                 {row.Integer(10), row.Integer(11), row.Integer(12), row.Integer(13), row.Integer(14),
                  row.Integer(15), row.Integer(16), row.Integer(17), row.Integer(18)}});
          },
          kRows));
    }
    if (usage.empty() && aggregates.empty()) return {};
    if (!usage.empty()) RETURN_IF_ERROR(tables.PutUsage(usage));
    if (!aggregates.empty()) RETURN_IF_ERROR(tables.PutAggregates(aggregates));
    // A row that changed meanwhile keeps its flag: its numbers are others now.
    ASSIGN_OR_RETURN(Batch batch, Begin());
    for (const UsageRow& row : usage) {
      RETURN_IF_ERROR(state_->Run(kUsageTaken, std::string_view(row.day), std::string_view(row.application),
                                  std::string_view(row.version), std::string_view(row.build_id),
                                  std::string_view(row.channel), std::string_view(row.os), row.seconds,
                                  row.pings));
    }
    for (const stats::Aggregate& row : aggregates) {
      const stats::Dimensions& of = row.dimensions;
      RETURN_IF_ERROR(state_->Run(kAggregateTaken, row.window_start_ms, std::string_view(of.channel),
                                  std::string_view(of.version), std::string_view(of.display_version),
                                  std::string_view(of.build_id), std::string_view(of.application),
                                  std::string_view(of.os_name), std::string_view(of.os_version),
                                  std::string_view(of.architecture), std::string_view(of.country),
                                  row.measures.count, row.measures.usage_seconds));
    }
    RETURN_IF_ERROR(batch.Finish());
  }
}

}  // namespace cairn::pings
