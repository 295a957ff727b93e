#include "apps/serve_command.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <variant>

#include "apps/command.h"
#include "apps/schema_folder.h"
#include "apps/server_routes.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/lock_file.h"
#include "os/process.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/http/static_site.h"
#include "server/intake/recovery.h"
#include "server/pings/fold_in.h"
#include "server/processor/processor.h"
#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "server/store/permissions.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"
#include "server/symbol_store/symbol_store.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "serve";
constexpr std::string_view kIndexFolder = "/index";  // Below the data.
// Each connection, blob and database file takes one; many systems give 1,024 unless a process asks for more.
constexpr rlim_t kOpenFilesWanted = 16'384;

// Each waits for the disk and not for the CPU; the more wait together, the more share one sync.
constexpr int kHandlerThreads = 64;

// The embedded stores under --data. All or nothing.
struct Stores {
  store::FileBlobStore blobs;
  std::unique_ptr<store::SqliteQueue> queue;
  std::unique_ptr<store::SociDirectory> directory;
  std::unique_ptr<search::DuckDbIndex> index;
  std::unique_ptr<pings::Ledger> ledger;
  std::unique_ptr<pings::Spool> spool;
};

int Fail(const std::string& what, const base::Error& error) {
  PrintError(kVerb, what + ": " + base::Describe(error));
  return kExitFailure;
}

// `where` is the file or folder that is at fault if there is an error.
base::Result<Stores> OpenStores(const std::string& data, const search::EngineMessageSink& index_messages,
                                std::string& where) {
  where = data + "/blobs";
  ASSIGN_OR_RETURN(store::FileBlobStore blobs, store::FileBlobStore::Open(where));
  where = data + "/queue.sqlite";
  ASSIGN_OR_RETURN(std::unique_ptr<store::SqliteQueue> queue, store::SqliteQueue::Open(where));
  where = data + "/directory.sqlite";
  ASSIGN_OR_RETURN(std::unique_ptr<store::SociDirectory> directory, store::SociDirectory::OpenSqlite(where));
  where = data + std::string(kIndexFolder);
  ASSIGN_OR_RETURN(std::unique_ptr<search::DuckDbIndex> index,
                   search::DuckDbIndex::Open(where, {.messages = index_messages}));
  where = data + "/pings.sqlite";
  ASSIGN_OR_RETURN(std::unique_ptr<pings::Ledger> ledger, pings::Ledger::Open(where));
  where = data + "/pings";
  ASSIGN_OR_RETURN(std::unique_ptr<pings::Spool> spool, pings::Spool::Open(where, ledger->position()));
  return Stores{std::move(blobs), std::move(queue),  std::move(directory),
                std::move(index), std::move(ledger), std::move(spool)};
}

// Opens the stores and puts right what a kill left behind; or an exit code.
std::variant<Stores, int> PrepareStores(const std::string& data) {
  const bool has_index = os::Inspect(data + std::string(kIndexFolder)).has_value();
  // Only while it opens its files does the engine speak of files alone; later it may quote what users sent.
  static std::atomic<bool> opening = true;
  const auto show = [](std::string_view message) {
    if (opening) PrintError(kVerb, std::string(message.substr(0, message.find('\n'))));
  };
  std::string where;
  base::Result<Stores> stores = OpenStores(data, show, where);
  opening = false;
  if (!stores) {
    const std::string remedy =
        where.ends_with(kIndexFolder)
            ? ": if it is damaged, move this folder away and start again: the index is "
              "made anew from the blobs"
            : "";
    PrintError(kVerb, where + ": " + base::Describe(stores.error()) + remedy);
    return kExitFailure;
  }
  const base::Result<intake::Recovered> recovered = intake::RecoverAtStart(
      stores->blobs, *stores->queue, has_index ? intake::Requeue::kUnprocessed : intake::Requeue::kEverything,
      os::UnixMillis());
  if (!recovered) return Fail(data, recovered.error());
  if (recovered->queued + recovered->removed > 0) {
    PrintError(kVerb, data + ": queued " + std::to_string(recovered->queued) +
                          " crashes that were stored and not processed, removed " +
                          std::to_string(recovered->removed) + " that were never wholly stored");
  }
  return *std::move(stores);
}

http::Authenticate AuthenticateBy(const store::Directory& directory) {
  return [&directory](std::string_view token) -> std::optional<std::vector<std::string>> {
    const base::Result<std::optional<store::TokenRecord>> record = directory.CheckToken(token);
    if (!record || !*record) return std::nullopt;
    std::vector<std::string> permissions;
    for (const store::PermissionName& known : store::kPermissionNames) {
      if ((*record)->permissions.Has(known.permission)) permissions.emplace_back(known.name);
    }
    return permissions;
  };
}

http::StaticSite LoadSite(const std::string& web) {
  const std::string beside = os::ExecutableFolder();
  const std::vector<std::string> candidates =
      web.empty() ? std::vector<std::string>{beside + "/../share/cairn/web", beside + "/../../../web/dist"}
                  : std::vector<std::string>{web};
  for (const std::string& folder : candidates) {
    base::Result<http::StaticSite> site = http::StaticSite::Load(folder);
    if (site) return *std::move(site);
  }
  PrintError(kVerb, "the site is not built: `make build` makes web/dist, or --web names its folder");
  return http::StaticSite::Missing();
}

void LogAccess(const http::AccessRecord& record) {
  const std::string line =
      os::FormatIso(os::UnixMillis()) + " " + std::string(record.method) + " " + std::string(record.pattern) +
      " " + std::to_string(record.status) + " in " + std::to_string(record.request_bytes) + " out " +
      std::to_string(record.response_bytes) + " " + std::to_string(record.duration_ms) + " ms\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

// Ends the server at SIGTERM or SIGINT. The signals must be blocked in all threads.
void StopAtSignal(http::Server& server, const std::atomic<bool>& done) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  const timespec moment{0, 200'000'000};
  while (!done) {
    if (sigtimedwait(&signals, nullptr, &moment) > 0) {
      server.Stop();
      return;
    }
  }
}

void RaiseOpenFilesLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kOpenFilesWanted));
  (void)setrlimit(RLIMIT_NOFILE, &limit);  // Where it is refused, the old limit serves as well as it can.
}

// Where files cannot be nameless from birth (overlayfs), a kill leaves some.
base::Status SweepFolder(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder));
  for (const std::string& name : names) RETURN_IF_ERROR(os::RemoveFile(folder + "/" + name));
  return {};
}

void PrepareSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is an error like a full disk, not the end.
}

// Runs the roles over the stores. `address` is checked already.
int RunRoles(const ServerConfig& config, const ListenAddress& address, const ping::SchemaSet& schemas,
             Stores& stores) {
  const std::string spool = config.data + "/spool";
  const worker::WorkerOptions worker{.program = os::ExecutableFolder() + "/cairn-worker",
                                     .spool_folder = spool};
  symbol_store::SymbolStore symbol_store(stores.blobs, worker);
  processor::Processor processor({stores.blobs, *stores.queue, *stores.index, symbol_store},
                                 {.worker = worker});
  const auto arrived = [&processor] { processor.Wake(); };
  pings::QueuedPings accepted(stores.blobs, *stores.queue, arrived);
  pings::FoldIn fold_in({.spool = *stores.spool,
                         .ledger = *stores.ledger,
                         .schemas = schemas,
                         .accepted = accepted,
                         .trouble = [](const base::Error& error) {
                           PrintError(kVerb, "pings wait in the spool: " + base::Describe(error));
                         }});
  const http::StaticSite site = LoadSite(config.web);
  const bool symbols_public = config.symbols_public.value_or(http::IsLoopback(address.host));

  std::vector<http::Route> routes =
      MakeRouteTable({.blobs = stores.blobs,
                      .queue = *stores.queue,
                      .index = *stores.index,
                      .symbols = symbol_store,
                      .edge = {.spool = *stores.spool,
                               .ledger = *stores.ledger,
                               .namespaces = {config.ping_namespaces.begin(), config.ping_namespaces.end()},
                               .arrived = [&fold_in] { fold_in.Wake(); }},
                      .arrived = arrived,
                      .spool_folder = spool,
                      .symbols_public = symbols_public});
  const http::Router router(std::move(routes),
                            {.anonymous_permissions = config.anonymous_permissions,
                             .authenticate = AuthenticateBy(*stores.directory),
                             .fallback = [&site](http::Request& request) { return site.Serve(request); }});

  http::ServerOptions options;
  options.address = address.host;
  options.port = address.port;
  options.spool_folder = spool;
  options.handler_threads = kHandlerThreads;
  options.log = LogAccess;
  base::Result<std::unique_ptr<http::Server>> server = http::Server::Create(std::move(options), router);
  if (!server) return Fail(config.listen, server.error());
  std::atomic<bool> done = false;
  std::thread stopper([&] { StopAtSignal(**server, done); });
  const std::string shown =
      address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  std::printf("listening on http://%s:%u\n", shown.c_str(), (*server)->port());
  std::fflush(stdout);
  (*server)->Run();
  done = true;
  stopper.join();
  return kExitOk;
}

}  // namespace

int Serve(const ServerConfig& config) {
  if (config.roles != "all") {
    PrintError(kVerb,
               "--roles " + config.roles + ": the embedded stores have one owner, so only `all` can run");
    return kExitUsage;
  }
  const std::optional<ListenAddress> address = ParseListenAddress(config.listen);
  if (!address) {
    PrintError(kVerb, config.listen + ": give HOST:PORT, such as 127.0.0.1:8000");
    return kExitUsage;
  }
  if (!http::IsLoopback(address->host) && !config.insecure) {
    PrintError(kVerb, config.listen +
                          ": this is reachable from outside and has no TLS: listen on 127.0.0.1 behind a "
                          "proxy, or say --insecure");
    return kExitUsage;
  }
  for (const std::string& permission : config.anonymous_permissions) {
    if (store::PermissionSet::Parse(permission)) continue;
    PrintError(kVerb, "anonymous_permissions: there is no permission " + permission);
    return kExitUsage;
  }
  ping::SchemaSet schemas = ping::SchemaSet::BuiltIn();
  if (!config.ping_schemas.empty()) {
    if (const std::string fault = AddSchemasOf(config.ping_schemas, schemas); !fault.empty()) {
      PrintError(kVerb, "ping_schemas: " + fault);
      return kExitUsage;
    }
  }
  PrepareSignals();
  RaiseOpenFilesLimit();
  if (const base::Status made = os::MakeDirectories(config.data + "/spool"); !made)
    return Fail(config.data, made.error());
  std::string holder;
  const base::Result<os::LockFile> lock =
      os::LockFile::Take(config.data + "/lock", "process " + std::to_string(getpid()), &holder);
  if (!lock && lock.error().code == base::Code::kRefused) {
    PrintError(kVerb, config.data + ": " + holder + " serves this folder already");
    return kExitFailure;
  }
  if (!lock) return Fail(config.data, lock.error());
  if (const base::Status swept = SweepFolder(config.data + "/spool"); !swept) {
    return Fail(config.data, swept.error());
  }
  std::variant<Stores, int> stores = PrepareStores(config.data);
  if (const int* const exit_code = std::get_if<int>(&stores)) return *exit_code;
  const int exit_code = RunRoles(config, *address, schemas, std::get<Stores>(stores));
  if (const base::Status noted = intake::NoteCleanStop(std::get<Stores>(stores).blobs); !noted) {
    return Fail(config.data, noted.error());
  }
  return exit_code;
}

}  // namespace cairn::apps
