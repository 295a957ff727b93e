#include "apps/index_command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>
#include <variant>

#include "apps/command.h"
#include "apps/data_folder.h"
#include "apps/load_registry.h"
#include "os/clock.h"
#include "os/process.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/recovery.h"
#include "server/processor/processor.h"
#include "server/signing/signing.h"
#include "server/signing/signing_index.h"
#include "server/symbol_store/symbol_store.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kRebuild = "index rebuild";
constexpr std::string_view kSweep = "index sweep";
constexpr std::size_t kSetAsideMax = 1'000'000;
constexpr auto kProgressPause = std::chrono::milliseconds(200);

int Fail(std::string_view verb, const std::string& what, const base::Error& error) {
  PrintError(verb, what + ": " + base::Describe(error));
  return kExitFailure;
}

// What could not be processed has its row in the index as well.
base::Status RetrySetAside(store::Queue& queue) {
  for (const std::string_view kind : {intake::kReportKind, intake::kPingKind}) {
    ASSIGN_OR_RETURN(const std::vector<store::SetAsideItem> items, queue.ListSetAside(kind, kSetAsideMax));
    for (const store::SetAsideItem& item : items) RETURN_IF_ERROR(queue.Retry(item.item));
  }
  return {};
}

base::Result<std::uint64_t> CountOpen(const store::Queue& queue) {
  std::uint64_t open = 0;
  for (const std::string_view kind : {intake::kReportKind, intake::kPingKind}) {
    ASSIGN_OR_RETURN(const store::QueueCounts counts, queue.Count(kind));
    open += counts.ready + counts.delayed + counts.claimed;
  }
  return open;
}

// Waits until the processor has emptied the queue; how many items it had is returned.
base::Result<std::uint64_t> AwaitEmpty(const store::Queue& queue) {
  const bool shows_progress = isatty(STDERR_FILENO) != 0;
  ASSIGN_OR_RETURN(const std::uint64_t all, CountOpen(queue));
  for (;;) {
    ASSIGN_OR_RETURN(const std::uint64_t open, CountOpen(queue));
    if (shows_progress) {
      std::fprintf(stderr, "\r%llu of %llu crashes",
                   static_cast<unsigned long long>(all - std::min(open, all)),
                   static_cast<unsigned long long>(all));
    }
    if (open == 0) break;
    std::this_thread::sleep_for(kProgressPause);
  }
  if (shows_progress) std::fputc('\n', stderr);
  return all;
}

// Every crash is processed again, as if it had just come; what the queue still holds after a kill goes on
// with the next start of the server. The sums of activity stay: they lie nowhere else.
int Rebuild(const std::string& data, const std::string& config_path) {
  LoadedConfig loaded;
  const ServerConfig& config = loaded.config;
  registry::Registry registry = registry::Registry::BuiltIn();
  std::string mistake = LoadServerConfig(config_path, loaded);
  if (mistake.empty()) mistake = LoadRegistry(config, registry);
  if (!mistake.empty()) {
    PrintError(kRebuild, mistake);
    return kExitUsage;
  }
  SearchBy(registry);
  const std::variant<os::LockFile, int> lock = TakeDataFolder(kRebuild, data);
  if (const int* const exit_code = std::get_if<int>(&lock)) return *exit_code;
  {
    const std::string queue_path = data + "/queue.sqlite";
    base::Result<store::FileBlobStore> blobs = store::FileBlobStore::Open(data + "/blobs");
    if (!blobs) return Fail(kRebuild, data + "/blobs", blobs.error());
    const auto queue = store::SqliteQueue::Open(queue_path);
    if (!queue) return Fail(kRebuild, queue_path, queue.error());
    if (const base::Status retried = RetrySetAside(**queue); !retried) {
      return Fail(kRebuild, queue_path, retried.error());
    }
    const auto queued =
        intake::RecoverAtStart(*blobs, **queue, intake::Requeue::kEverything, nullptr, os::UnixMillis());
    if (!queued) return Fail(kRebuild, data, queued.error());
  }
  const std::string folder = data + std::string(kIndexFolder);
  if (const base::Status removed = search::DuckDbIndex::RemoveDerived(folder); !removed) {
    return Fail(kRebuild, folder, removed.error());
  }
  std::variant<Stores, int> opened = OpenStores(kRebuild, data);
  if (const int* const exit_code = std::get_if<int>(&opened)) return *exit_code;
  Stores& stores = std::get<Stores>(opened);
  base::Result<std::uint64_t> count = std::uint64_t{0};
  {
    const worker::WorkerOptions worker{.program = os::ExecutableFolder() + "/cairn-worker",
                                       .spool_folder = data + std::string(kSpoolFolder)};
    symbol_store::SymbolStore symbols(stores.blobs, worker);
    const base::Result<std::unique_ptr<signing::Signing>> signing =
        signing::Signing::Open({*stores.index, stores.blobs});
    if (!signing) return Fail(kRebuild, data, signing.error());
    signing::SigningIndex index(*stores.index, **signing);
    processor::Processor processor({stores.blobs, *stores.queue, index, symbols, registry},
                                   {.worker = worker, .scrub_dumps = config.scrub_dumps});
    count = AwaitEmpty(*stores.queue);
  }
  if (!count) return Fail(kRebuild, data, count.error());
  if (const base::Status noted = intake::NoteCleanStop(stores.blobs); !noted) {
    return Fail(kRebuild, data, noted.error());
  }
  std::printf("%llu %s processed into the index\n", static_cast<unsigned long long>(*count),
              *count == 1 ? "crash" : "crashes");
  return kExitOk;
}

int Sweep(const std::string& data) {
  const std::variant<os::LockFile, int> lock = TakeDataFolder(kSweep, data);
  if (const int* const exit_code = std::get_if<int>(&lock)) return *exit_code;
  SearchForNoAnnotations();
  std::variant<Stores, int> opened = OpenStores(kSweep, data);
  if (const int* const exit_code = std::get_if<int>(&opened)) return *exit_code;
  const base::Status swept = std::get<Stores>(opened).index->Sweep();
  return swept ? kExitOk : Fail(kSweep, data, swept.error());
}

}  // namespace

IndexVerbs::IndexVerbs(CLI::App& app)
    : noun_(app.add_subcommand("index", "work on the index while no server runs")),
      rebuild_(noun_->add_subcommand("rebuild", "make it anew: every stored crash is processed again")),
      sweep_(noun_->add_subcommand("sweep", "drop what no crash refers to")) {
  noun_->require_subcommand(1);
  for (CLI::App* const verb : {rebuild_, sweep_}) {
    verb->add_option("--data", data_, "the server's data folder (default cairn-data)");
  }
  rebuild_->add_option("--config", config_, "the server's TOML file, for its rows of annotations");
}

int IndexVerbs::Run() const { return rebuild_->parsed() ? Rebuild(data_, config_) : Sweep(data_); }

}  // namespace cairn::apps
