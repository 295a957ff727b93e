#include "server/missing_symbols/missing_symbols.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/time_units.h"
#include "model/module.h"
#include "os/thread.h"
#include "server/intake/crash_id.h"

namespace cairn::missing_symbols {
namespace {

using store::SqliteStatement;

using base::kDayMs;
constexpr std::size_t kMaxNameBytes = 255;  // What file systems hold.
constexpr std::size_t kMaxIdDigits = 128;   // A build id of 64 bytes.

constexpr const char* kSchema = R"sql(
  CREATE TABLE IF NOT EXISTS missing (day INTEGER NOT NULL, debug_file TEXT NOT NULL, debug_id TEXT NOT NULL,
    code_file TEXT NOT NULL, code_id TEXT NOT NULL, crash_count INTEGER NOT NULL, crashes BLOB NOT NULL,
    clients BLOB NOT NULL, symbolications INTEGER NOT NULL, downloads INTEGER NOT NULL,
    PRIMARY KEY (day, debug_file, debug_id, code_file, code_id)) STRICT, WITHOUT ROWID;
)sql";
constexpr std::string_view kGet =
    "SELECT crashes, clients, symbolications, downloads FROM missing WHERE day = ? AND debug_file = ? AND "
    "debug_id = ? AND code_file = ? AND code_id = ?";
constexpr std::string_view kPut = "INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view kRemove =
    "DELETE FROM missing WHERE day = ? AND debug_file = ? AND debug_id = ? AND code_file = ? AND code_id = ?";
constexpr std::string_view kAll =
    "SELECT day, debug_file, debug_id, code_file, code_id, crashes, clients, symbolications, downloads FROM "
    "missing WHERE day >= ? AND day <= ? ORDER BY day";
constexpr std::string_view kForget = "DELETE FROM missing WHERE debug_file = ? AND debug_id = ?";
constexpr std::string_view kExpire = "DELETE FROM missing WHERE day < ?";
constexpr std::string_view kCount = "SELECT COUNT(*) FROM missing";
constexpr std::string_view kTrim =
    "DELETE FROM missing WHERE (day, debug_file, debug_id, code_file, code_id) IN (SELECT day, debug_file, "
    "debug_id, code_file, code_id FROM missing ORDER BY crash_count, symbolications + downloads, day LIMIT "
    "?)";

constexpr std::int64_t kLastDay = 99'999'999;

std::int64_t NumberOfDay(std::string_view day) {
  std::int64_t number = 0;
  std::from_chars(day.data(), day.data() + day.size(), number);
  return number;
}

char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char UpperCase(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), LowerCase);
  return text;
}

// A name that a file may have; else empty.
std::string FileName(std::string_view path) {
  const std::string_view name = model::BaseName(path);
  const bool is_plain =
      std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  return is_plain && name.size() <= kMaxNameBytes ? std::string(name) : std::string();
}

// Upper-case digits; empty for what is no id, or the id of everything that has none.
std::string IdOf(std::string_view digits) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (LowerCase(c) >= 'a' && LowerCase(c) <= 'f');
  };
  if (digits.size() > kMaxIdDigits || !std::ranges::all_of(digits, is_hex) ||
      digits.find_first_not_of('0') == std::string_view::npos)
    return {};
  std::string id(digits);
  std::ranges::transform(id, id.begin(), UpperCase);
  return id;
}

// As it is counted; nothing if it is not.
std::optional<MissingModule> Normalize(const MissingModule& module) {
  MissingModule normal{FileName(module.debug_file), IdOf(module.debug_id), FileName(module.code_file),
                       IdOf(module.code_id)};
  const bool has_symbol_name = !normal.debug_file.empty() && !normal.debug_id.empty();
  const bool has_code_name = !normal.code_file.empty() && !normal.code_id.empty();
  if (!has_symbol_name && !has_code_name) return std::nullopt;
  return normal;
}

void AddNames(const MissingModule& module, std::set<std::string>& names) {
  for (const std::string* const name :
       {&module.debug_file, &module.debug_id, &module.code_file, &module.code_id}) {
    if (!name->empty()) names.insert(*name);
  }
}

bool Matches(const MissingModule& module, const std::string& lower_part) {
  return lower_part.empty() || Lower(module.debug_file).find(lower_part) != std::string::npos ||
         Lower(module.code_file).find(lower_part) != std::string::npos;
}

}  // namespace

void MissingSymbols::Counts::Add(const Counts& other) {
  crashes.Add(other.crashes);
  clients.Add(other.clients);
  symbolications += other.symbolications;
  downloads += other.downloads;
}

// Of kAll.
std::pair<MissingSymbols::Key, MissingSymbols::Counts> MissingSymbols::ReadRow(const SqliteStatement& row) {
  return {{row.Integer(0), {row.Text(1), row.Text(2), row.Text(3), row.Text(4)}},
          {DistinctCount::Read(row.Blob(5)), DistinctCount::Read(row.Blob(6)),
           static_cast<std::uint64_t>(row.Integer(7)), static_cast<std::uint64_t>(row.Integer(8))}};
}

base::Result<std::unique_ptr<MissingSymbols>> MissingSymbols::Open(const std::string& path,
                                                                   MissingSymbolsOptions options) {
  ASSIGN_OR_RETURN(store::SqliteDatabase database, store::SqliteDatabase::Open(path));
  RETURN_IF_ERROR(database.Execute(kSchema));
  return std::unique_ptr<MissingSymbols>(new MissingSymbols(std::move(database), std::move(options)));
}

MissingSymbols::MissingSymbols(store::SqliteDatabase database, MissingSymbolsOptions options)
    : options_(std::move(options)), database_(std::move(database)), thread_([this] { Run(); }) {}

MissingSymbols::~MissingSymbols() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  (void)Write();  // What a full disk does not take is lost, as it is by a kill.
}

MissingSymbols::Counts* MissingSymbols::CountsOf(const MissingModule& module) {
  std::optional<MissingModule> normal = Normalize(module);
  if (!normal) return nullptr;
  Key key{NumberOfDay(intake::DayOf(options_.clock())), *std::move(normal)};
  const auto found = pending_.find(key);
  if (found != pending_.end()) return &found->second;
  if (pending_.size() >= kMaxPending) {
    ++dropped_;
    return nullptr;
  }
  return &pending_[std::move(key)];
}

void MissingSymbols::NoteCrash(const MissingModule& module, std::string_view crash_id, std::int64_t client) {
  const std::lock_guard lock(mutex_);
  Counts* const counts = CountsOf(module);
  if (counts == nullptr) return;
  counts->crashes.Add(HashOf(crash_id));
  if (client != 0) counts->clients.Add(HashOf(std::to_string(client)));
}

void MissingSymbols::NoteRequest(const MissingModule& module, WantedBy by) {
  const std::lock_guard lock(mutex_);
  Counts* const counts = CountsOf(module);
  if (counts != nullptr) ++(by == WantedBy::kSymbolication ? counts->symbolications : counts->downloads);
}

std::uint64_t MissingSymbols::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

base::Status MissingSymbols::Write() {
  const std::lock_guard database_lock(database_mutex_);
  std::map<Key, Counts> pending;
  {
    const std::lock_guard lock(mutex_);
    pending.swap(pending_);
  }
  if (pending.empty()) return {};
  RETURN_IF_ERROR(database_.Execute("BEGIN IMMEDIATE"));
  base::Status written = WriteRows(pending);
  if (written) written = database_.Execute("COMMIT");
  // A full disk may have rolled back already; what was noted is lost then.
  if (!written) (void)database_.Execute("ROLLBACK");
  return written;
}

base::Status MissingSymbols::WriteRows(const std::map<Key, Counts>& pending) {
  ASSIGN_OR_RETURN(SqliteStatement get, database_.Prepare(kGet));
  for (const auto& [key, counts] : pending) {
    Counts sum = counts;
    get.Bind(key.day).Bind(key.module.debug_file).Bind(key.module.debug_id);
    get.Bind(key.module.code_file).Bind(key.module.code_id);
    for (;;) {
      ASSIGN_OR_RETURN(const bool has_row, get.Step());
      if (!has_row) break;
      sum.Add({DistinctCount::Read(get.Blob(0)), DistinctCount::Read(get.Blob(1)),
               static_cast<std::uint64_t>(get.Integer(2)), static_cast<std::uint64_t>(get.Integer(3))});
    }
    RETURN_IF_ERROR(WriteRow(key, sum));
  }
  return Trim();
}

base::Status MissingSymbols::WriteRow(const Key& key, const Counts& counts) {
  ASSIGN_OR_RETURN(SqliteStatement put, database_.Prepare(kPut));
  const std::string crashes = counts.crashes.Write();
  const std::string clients = counts.clients.Write();
  put.Bind(key.day).Bind(key.module.debug_file).Bind(key.module.debug_id);
  put.Bind(key.module.code_file).Bind(key.module.code_id);
  put.Bind(static_cast<std::int64_t>(counts.crashes.count())).Bind(base::AsBytes(crashes));
  put.Bind(base::AsBytes(clients)).Bind(static_cast<std::int64_t>(counts.symbolications));
  return put.Bind(static_cast<std::int64_t>(counts.downloads)).Run();
}

// Inside of a transaction.
base::Status MissingSymbols::Trim() {
  ASSIGN_OR_RETURN(SqliteStatement expire, database_.Prepare(kExpire));
  RETURN_IF_ERROR(expire.Bind(NumberOfDay(intake::DayOf(options_.clock() - kKeptDays * kDayMs))).Run());
  ASSIGN_OR_RETURN(SqliteStatement count, database_.Prepare(kCount));
  ASSIGN_OR_RETURN(const bool has_row, count.Step());
  const std::int64_t rows = has_row ? count.Integer(0) : 0;
  const auto most = static_cast<std::int64_t>(kMaxRows);
  if (rows <= most) return {};
  // A twentieth more, so that it is not done each time.
  ASSIGN_OR_RETURN(SqliteStatement trim, database_.Prepare(kTrim));
  return trim.Bind(rows - most + most / 20).Run();
}

base::Status MissingSymbols::Forget(const std::string& debug_file, const std::string& debug_id) {
  ASSIGN_OR_RETURN(SqliteStatement forget, database_.Prepare(kForget));
  return forget.Bind(debug_file).Bind(debug_id).Run();
}

base::Result<std::vector<MissingRow>> MissingSymbols::SumRows(const MissingFilter& filter) const {
  // Requests do not know a module's code file; crashes do.
  struct Sum {
    MissingRow row;
    Counts counts;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Sum> sums;
  const std::string part = Lower(filter.file);
  {
    ASSIGN_OR_RETURN(SqliteStatement all, database_.Prepare(kAll));
    all.Bind(NumberOfDay(filter.first_day));
    all.Bind(filter.last_day.empty() ? kLastDay : NumberOfDay(filter.last_day));
    for (;;) {
      ASSIGN_OR_RETURN(const bool has_row, all.Step());
      if (!has_row) break;
      const auto [key, counts] = ReadRow(all);
      const MissingModule& module = key.module;
      // Without a debug id the code id tells modules apart.
      Sum& sum = sums[{module.debug_file, module.debug_id, module.debug_id.empty() ? module.code_id : ""}];
      const std::string day = std::to_string(key.day);
      if (sum.row.first_day.empty()) sum.row.first_day = day;
      sum.row.last_day = day;
      if (sum.row.module.code_id.empty()) sum.row.module = module;
      sum.counts.Add(counts);
    }
  }
  std::vector<MissingRow> rows;
  for (auto& [key, sum] : sums) {
    MissingRow& row = sum.row;
    if (!Matches(row.module, part)) continue;
    row.crashes = sum.counts.crashes.count();
    row.clients = sum.counts.clients.count();
    row.symbolications = sum.counts.symbolications;
    row.downloads = sum.counts.downloads;
    rows.push_back(std::move(row));
  }
  std::ranges::stable_sort(rows, std::greater(), [](const MissingRow& row) {
    return std::tuple(row.crashes, row.clients, row.symbolications + row.downloads);
  });
  return rows;
}

base::Result<std::vector<MissingRow>> MissingSymbols::List(const MissingFilter& filter,
                                                           const IsThere& is_there, std::size_t checked_max) {
  RETURN_IF_ERROR(Write());
  const std::lock_guard lock(database_mutex_);
  ASSIGN_OR_RETURN(const std::vector<MissingRow> sums, SumRows(filter));
  std::vector<MissingRow> rows;
  for (const MissingRow& row : sums) {
    const bool has_id = !row.module.debug_id.empty();
    if (rows.size() < checked_max && has_id && is_there &&
        is_there(row.module.debug_file, row.module.debug_id)) {
      RETURN_IF_ERROR(Forget(row.module.debug_file, row.module.debug_id));
    } else {
      rows.push_back(row);
    }
  }
  return rows;
}

base::Status MissingSymbols::Purge(std::span<const std::string> crash_ids) {
  RETURN_IF_ERROR(Write());
  const std::lock_guard lock(database_mutex_);
  std::vector<std::uint64_t> hashes;
  for (const std::string& id : crash_ids) hashes.push_back(HashOf(id));
  std::vector<std::pair<Key, Counts>> changed;
  std::set<std::string> kept_names;
  {
    ASSIGN_OR_RETURN(SqliteStatement all, database_.Prepare(kAll));
    all.Bind(std::int64_t{0}).Bind(kLastDay);
    for (;;) {
      ASSIGN_OR_RETURN(const bool has_row, all.Step());
      if (!has_row) break;
      auto [key, counts] = ReadRow(all);
      bool had_any = false;
      for (const std::uint64_t hash : hashes) had_any |= counts.crashes.Remove(hash);
      const bool stays = !had_any || !counts.crashes.empty() || counts.symbolications + counts.downloads > 0;
      if (stays) AddNames(key.module, kept_names);
      if (had_any) changed.emplace_back(std::move(key), std::move(counts));
    }
  }
  std::set<std::string> forgotten;
  for (const auto& [key, counts] : changed) {
    if (!counts.crashes.empty() || counts.symbolications + counts.downloads > 0) {
      RETURN_IF_ERROR(WriteRow(key, counts));
      continue;
    }
    ASSIGN_OR_RETURN(SqliteStatement remove, database_.Prepare(kRemove));
    remove.Bind(key.day).Bind(key.module.debug_file).Bind(key.module.debug_id);
    RETURN_IF_ERROR(remove.Bind(key.module.code_file).Bind(key.module.code_id).Run());
    AddNames(key.module, forgotten);
  }
  std::vector<std::string> gone;
  std::ranges::set_difference(forgotten, kept_names, std::back_inserter(gone));
  return gone.empty() ? base::Status() : database_.Scrub(gone);
}

void MissingSymbols::Run() {
  os::NameThread("missing");
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::milliseconds(options_.write_every_ms),
                            [this] { return stopping_; })) {
    lock.unlock();
    (void)Write();  // The disk may be full; the next counts may find room.
    lock.lock();
  }
}

}  // namespace cairn::missing_symbols
