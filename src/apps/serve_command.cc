#include "apps/serve_command.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

#include "apps/command.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/lock_file.h"
#include "os/process.h"
#include "server/api/api.h"
#include "server/collector/collector.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/http/static_site.h"
#include "server/intake/queue_kinds.h"
#include "server/pings/pings.h"
#include "server/processor/processor.h"
#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "server/store/permissions.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"
#include "server/symbol_store/symbol_store.h"
#include "server/symbols/symbol_routes.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "serve";

// The embedded stores under --data. All or nothing.
struct Stores {
  store::FileBlobStore blobs;
  std::unique_ptr<store::SqliteQueue> queue;
  std::unique_ptr<store::SociDirectory> directory;
  std::unique_ptr<search::DuckDbIndex> index;
};

base::Result<Stores> OpenStores(const std::string& data) {
  ASSIGN_OR_RETURN(store::FileBlobStore blobs, store::FileBlobStore::Open(data + "/blobs"));
  ASSIGN_OR_RETURN(std::unique_ptr<store::SqliteQueue> queue,
                   store::SqliteQueue::Open(data + "/queue.sqlite"));
  ASSIGN_OR_RETURN(std::unique_ptr<store::SociDirectory> directory,
                   store::SociDirectory::OpenSqlite(data + "/directory.sqlite"));
  ASSIGN_OR_RETURN(std::unique_ptr<search::DuckDbIndex> index, search::DuckDbIndex::Open(data + "/index"));
  return Stores{std::move(blobs), std::move(queue), std::move(directory), std::move(index)};
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

http::Handler Says(std::string json) {
  return [json](http::Request&) { return http::JsonResponse(200, json); };
}

// Whether load balancers should send requests here: the stores answer.
http::Handler Heartbeat(const store::Queue& queue, const search::CrashIndex& index) {
  return [&queue, &index](http::Request&) {
    std::string errors;
    if (!queue.Count(intake::kReportKind)) errors += R"({"name":"queue","msg":"the queue does not answer"})";
    if (!index.Get("00000000-0000-0000-0000-000000000000")) {
      errors +=
          std::string(errors.empty() ? "" : ",") + R"({"name":"index","msg":"the index does not answer"})";
    }
    return http::JsonResponse(errors.empty() ? 200 : 503, "{\"errors\":[" + errors + "]}");
  };
}

void Append(std::vector<http::Route>& routes, std::vector<http::Route> more) {
  for (http::Route& route : more) routes.push_back(std::move(route));
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

void PrepareSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is an error like a full disk, not the end.
}

int Fail(const std::string& what, const base::Error& error) {
  PrintError(kVerb, what + ": " + base::Describe(error));
  return kExitFailure;
}

// Runs the roles over the stores. `address` is checked already.
int RunRoles(const ServerConfig& config, const ListenAddress& address, Stores& stores) {
  const std::string spool = config.data + "/spool";
  const worker::WorkerOptions worker{.program = os::ExecutableFolder() + "/cairn-worker",
                                     .spool_folder = spool};
  symbol_store::SymbolStore symbol_store(stores.blobs, worker);
  processor::Processor processor({stores.blobs, *stores.queue, *stores.index, symbol_store},
                                 {.worker = worker});
  const auto arrived = [&processor] { processor.Wake(); };
  const http::StaticSite site = LoadSite(config.web);
  const bool symbols_public = config.symbols_public.value_or(http::IsLoopback(address.host));

  std::vector<http::Route> routes = collector::MakeRoutes({stores.blobs, *stores.queue, arrived});
  Append(routes, pings::MakeRoutes({stores.blobs, *stores.queue, arrived}));
  Append(routes, api::MakeRoutes({*stores.index, stores.blobs, *stores.queue}));
  Append(routes, symbols::MakeRoutes(symbol_store, {spool, symbols_public ? "" : "upload_symbols"}));
  routes.push_back(
      {"GET", "/__heartbeat__", "", http::BodyPlace::kNone, 0, Heartbeat(*stores.queue, *stores.index)});
  routes.push_back({"GET", "/__lbheartbeat__", "", http::BodyPlace::kNone, 0, Says("{}")});
  routes.push_back({"GET", "/__version__", "", http::BodyPlace::kNone, 0, Says(R"({"version":"0.1.0"})")});
  const http::Router router(std::move(routes),
                            {.anonymous_permissions = config.anonymous_permissions,
                             .authenticate = AuthenticateBy(*stores.directory),
                             .fallback = [&site](http::Request& request) { return site.Serve(request); }});

  http::ServerOptions options;
  options.address = address.host;
  options.port = address.port;
  options.spool_folder = spool;
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
  PrepareSignals();
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
  base::Result<Stores> stores = OpenStores(config.data);
  if (!stores) return Fail(config.data, stores.error());
  return RunRoles(config, *address, *stores);
}

}  // namespace cairn::apps
