#include "apps/data_folder.h"

#include <unistd.h>

#include <atomic>
#include <utility>
#include <vector>

#include "apps/command.h"
#include "os/file.h"
#include "symbols/cache_quota.h"

namespace cairn::apps {
namespace {

int Fail(std::string_view verb, const std::string& what, const base::Error& error) {
  PrintError(verb, what + ": " + base::Describe(error));
  return kExitFailure;
}

// Where files cannot be nameless from birth (overlayfs), a kill leaves some.
base::Status SweepFolder(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder));
  for (const std::string& name : names) RETURN_IF_ERROR(os::RemoveFile(folder + "/" + name));
  return {};
}

// `where` is the file or folder that is at fault if there is an error.
base::Result<Stores> Open(const std::string& data, const search::DuckDbIndexOptions& index_options,
                          std::string& where) {
  where = data + "/blobs";
  ASSIGN_OR_RETURN(store::FileBlobStore blobs, store::FileBlobStore::Open(where));
  where = data + "/queue.sqlite";
  ASSIGN_OR_RETURN(std::unique_ptr<store::SqliteQueue> queue, store::SqliteQueue::Open(where));
  where = data + "/directory.sqlite";
  ASSIGN_OR_RETURN(std::unique_ptr<store::SociDirectory> directory, store::SociDirectory::OpenSqlite(where));
  where = data + std::string(kIndexFolder);
  ASSIGN_OR_RETURN(std::unique_ptr<search::DuckDbIndex> index,
                   search::DuckDbIndex::Open(where, index_options));
  where = data + "/pings.sqlite";
  ASSIGN_OR_RETURN(std::unique_ptr<pings::Ledger> ledger, pings::Ledger::Open(where));
  where = data + "/pings";
  ASSIGN_OR_RETURN(std::unique_ptr<pings::Spool> spool, pings::Spool::Open(where, ledger->position()));
  where = data + "/missing-symbols.sqlite";
  ASSIGN_OR_RETURN(std::unique_ptr<missing_symbols::MissingSymbols> missing,
                   missing_symbols::MissingSymbols::Open(where));
  return Stores{std::move(blobs),  std::move(queue), std::move(directory), std::move(index),
                std::move(ledger), std::move(spool), std::move(missing)};
}

}  // namespace

std::variant<os::LockFile, int> TakeDataFolder(std::string_view verb, const std::string& data) {
  const std::string spool = data + std::string(kSpoolFolder);
  if (const base::Status made = os::MakeDirectories(spool); !made) return Fail(verb, data, made.error());
  std::string holder;
  base::Result<os::LockFile> lock =
      os::LockFile::Take(data + std::string(kLockName), "process " + std::to_string(getpid()), &holder);
  if (!lock && lock.error().code == base::Code::kRefused) {
    PrintError(verb, data + ": " + holder + " serves this folder already");
    return kExitFailure;
  }
  if (!lock) return Fail(verb, data, lock.error());
  if (const base::Status swept = SweepFolder(spool); !swept) return Fail(verb, data, swept.error());
  return *std::move(lock);
}

std::variant<Stores, int> OpenStores(std::string_view verb, const std::string& data,
                                     const search::DuckSettings& index_settings) {
  // Only while it opens its files does the engine speak of files alone; later it may quote what users sent.
  static std::atomic<bool> opening;
  opening = true;
  const auto show = [verb = std::string(verb)](std::string_view message) {
    if (opening) PrintError(verb, std::string(message.substr(0, message.find('\n'))));
  };
  std::string where;
  base::Result<Stores> stores = Open(data, {.settings = index_settings, .messages = show}, where);
  opening = false;
  if (stores) return *std::move(stores);
  const std::string remedy =
      where.ends_with(kIndexFolder)
          ? ": if it is damaged, `cairn index rebuild --data " + data + "` makes it anew from the blobs"
          : "";
  PrintError(verb, where + ": " + base::Describe(stores.error()) + remedy);
  return kExitFailure;
}

retention::PurgeParts PurgePartsOf(Stores& stores, const std::string& data, std::mutex& packs) {
  return {.blobs = stores.blobs,
          .queue = *stores.queue,
          .directory = *stores.directory,
          .index = *stores.index,
          .ledger = *stores.ledger,
          .spool = *stores.spool,
          .packs = packs,
          .forget_missing = [&missing = *stores.missing_symbols](
                                std::span<const std::string> ids) { return missing.Purge(ids); },
          .forget_absent_symbols =
              [folder = data + std::string(kUpstreamFolder)] {
                return symbols::CacheQuota(folder, 0).RemoveAbsences();
              }};
}

}  // namespace cairn::apps
