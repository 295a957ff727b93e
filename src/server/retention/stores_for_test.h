// The embedded stores in a folder of their own, with crashes in them as the roles leave them, for tests.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/intake/crash_id.h"
#include "server/intake/ping_pack.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_ping.h"
#include "server/intake/stored_report.h"
#include "server/pings/ledger.h"
#include "server/pings/spool.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::retention {

struct StoresForTest {
  store::TemporaryFolder folder;
  store::FileBlobStore blobs = *store::FileBlobStore::Open(folder.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue = *store::SqliteQueue::Open(folder.Path("queue.sqlite"));
  std::unique_ptr<store::SociDirectory> directory =
      *store::SociDirectory::OpenSqlite(folder.Path("directory.sqlite"));
  std::unique_ptr<search::DuckDbIndex> index = *search::DuckDbIndex::Open(folder.Path("index"));
  std::unique_ptr<pings::Ledger> ledger = *pings::Ledger::Open(folder.Path("pings.sqlite"));
  std::unique_ptr<pings::Spool> spool = *pings::Spool::Open(folder.Path("pings"), {}, 0);
  std::mutex packs;
  std::uint64_t rows = 0;

  void Put(const std::string& key, const std::string& text) {
    EXPECT_TRUE(blobs.Put(key, base::AsBytes(text)));
  }
  bool Has(const std::string& key) { return *blobs.Exists(key); }

  search::CrashRow Row(search::CrashKind kind, const std::string& id, std::int64_t date_ms,
                       const std::string& product) {
    search::CrashRow row = search::TestRow(++rows);
    row.kind = kind;
    row.uuid = id;
    row.date_ms = date_ms;
    row.product = product;
    return row;
  }

  // The objects of a report, with two dumps; its id.
  std::string StoreReport(std::int64_t date_ms, const std::string& mark = "mark") {
    const std::string id = intake::MakeCrashId(date_ms, intake::kAcceptedDigit);
    Put(store::NamedDumpKey("dump_names", id),
        intake::WriteDumpNames({std::string(intake::kMinidumpName), "upload_file_minidump_browser"}));
    Put(store::DumpKey(id), mark);
    Put(store::NamedDumpKey("upload_file_minidump_browser", id), mark);
    Put(store::RawCrashKey(*intake::DayOfCrashId(id), id), mark);
    return id;
  }
  std::string AddReport(std::int64_t date_ms, const std::string& product, const std::string& mark = "mark") {
    const std::string id = StoreReport(date_ms, mark);
    Put(store::ProcessedCrashKey(id), mark);
    search::CrashRow row = Row(search::CrashKind::kReport, id, date_ms, product);
    row.minidump_sha256_hash = HashOf(id);
    EXPECT_TRUE(index->Add(std::vector{row}));
    return id;
  }
  static std::string HashOf(const std::string& id) { return id.substr(0, 8) + std::string(56, 'e'); }
  bool HasAnyOf(const std::string& report_id) {
    return Has(store::NamedDumpKey("dump_names", report_id)) || Has(store::DumpKey(report_id)) ||
           Has(store::NamedDumpKey("upload_file_minidump_browser", report_id)) ||
           Has(store::ProcessedCrashKey(report_id)) ||
           Has(store::RawCrashKey(*intake::DayOfCrashId(report_id), report_id));
  }

  static std::string Submission(const std::string& id, std::int64_t date_ms, const std::string& mark) {
    intake::StoredPing ping;
    ping.id = id;
    ping.name_space = "telemetry";
    ping.doc_type = "crash";
    ping.submitted_ms = date_ms;
    ping.body = mark;
    return intake::WriteStoredPing(ping);
  }
  // Pings in one pack of that day, with documents and rows.
  void AddPings(std::int64_t date_ms, const std::string& pack, const std::vector<std::string>& ids,
                const std::string& product, const std::string& mark = "mark") {
    std::vector<std::string> submissions;
    for (const std::string& id : ids) submissions.push_back(Submission(id, date_ms, mark));
    const std::vector<std::string_view> views(submissions.begin(), submissions.end());
    Put(store::PingPackKey(intake::DayOf(date_ms), pack), intake::WritePingPack(views));
    for (const std::string& id : ids) {
      Put(store::ProcessedCrashKey(id), mark);
      EXPECT_TRUE(index->Add(std::vector{Row(search::CrashKind::kPing, id, date_ms, product)}));
    }
  }
  std::vector<std::string> IdsInPack(std::int64_t date_ms, const std::string& pack) {
    std::vector<std::string> ids;
    const auto bytes = blobs.Get(store::PingPackKey(intake::DayOf(date_ms), pack), 1 << 20);
    if (!bytes) return ids;
    const auto pings = intake::ReadPingPack(*bytes);
    for (const std::string_view stored : *pings) ids.push_back(intake::ReadStoredPing(stored)->id);
    return ids;
  }

  // The paths of files whose bytes or names hold it.
  std::string FilesWith(const std::string& text) const {
    std::string found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.Path(""))) {
      const bool named = entry.path().string().find(text) != std::string::npos;
      const auto bytes = entry.is_regular_file() ? os::ReadFile(entry.path().string(), 1 << 28)
                                                 : base::Result<std::string>(std::string());
      if (named || (bytes && bytes->find(text) != std::string::npos)) found += entry.path().string() + "\n";
    }
    return found;
  }
};

}  // namespace cairn::retention
