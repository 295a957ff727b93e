// The data folder as one process has it: its lock, and the embedded stores in it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "os/lock_file.h"
#include "server/missing_symbols/missing_symbols.h"
#include "server/pings/ledger.h"
#include "server/pings/spool.h"
#include "server/retention/purge.h"
#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"

namespace cairn::apps {

// Below the data.
inline constexpr std::string_view kIndexFolder = "/index";
inline constexpr std::string_view kSpoolFolder = "/spool";
// Uploads of symbols that come in pieces; they outlive the owner.
inline constexpr std::string_view kUploadsFolder = "/symbol_uploads";
inline constexpr std::string_view kUpstreamFolder = "/upstream-symbols";
inline constexpr std::string_view kLockName = "/lock";
// The URL under which the owner serves; only while it does.
inline constexpr std::string_view kAddressName = "/address";

// Makes the folder if it is not there, becomes its owner and clears what the last owner had under way; or an
// exit code, and `verb` has said why.
std::variant<os::LockFile, int> TakeDataFolder(std::string_view verb, const std::string& data);

// All or nothing.
struct Stores {
  store::FileBlobStore blobs;
  std::unique_ptr<store::SqliteQueue> queue;
  std::unique_ptr<store::SociDirectory> directory;
  std::unique_ptr<search::DuckDbIndex> index;
  std::unique_ptr<pings::Ledger> ledger;
  std::unique_ptr<pings::Spool> spool;
  std::unique_ptr<missing_symbols::MissingSymbols> missing_symbols;
};
// Opens the stores; or an exit code, and `verb` has said which file is at fault and what to do. While one
// thread runs.
std::variant<Stores, int> OpenStores(std::string_view verb, const std::string& data,
                                     const search::DuckSettings& index_settings = {});

// What a purge works on while nothing else does; the rest is for whoever runs the roles.
retention::PurgeParts PurgePartsOf(Stores& stores, const std::string& data, std::mutex& packs);

}  // namespace cairn::apps
