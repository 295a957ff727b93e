#include "apps/serve_command.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <variant>

#include "analysis/stats/error_aggregates.h"
#include "apps/command.h"
#include "apps/data_folder.h"
#include "apps/load_registry.h"
#include "apps/schema_folder.h"
#include "apps/server_routes.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "server/collector/rule_source.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/http/static_site.h"
#include "server/intake/recovery.h"
#include "server/pings/fold_in.h"
#include "server/processor/healer.h"
#include "server/processor/processor.h"
#include "server/retention/janitor.h"
#include "server/retention/purge.h"
#include "server/store/audit_log.h"
#include "server/store/permissions.h"
#include "server/symbol_store/symbol_store.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "serve";
// Each connection, blob and database file takes one; many systems give 1,024 unless a process asks for more.
constexpr rlim_t kOpenFilesWanted = 16'384;

int Fail(const std::string& what, const base::Error& error) {
  PrintError(kVerb, what + ": " + base::Describe(error));
  return kExitFailure;
}

// Opens the stores and puts right what a kill left behind; or an exit code.
std::variant<Stores, int> PrepareStores(const std::string& data) {
  const bool has_index = os::Inspect(data + std::string(kIndexFolder)).has_value();
  std::variant<Stores, int> opened = OpenStores(kVerb, data);
  Stores* const stores = std::get_if<Stores>(&opened);
  if (stores == nullptr) return opened;
  std::mutex packs;
  const base::Result<std::size_t> purged = retention::FinishPurge(PurgePartsOf(*stores, packs));
  if (!purged) return Fail(data, purged.error());
  if (*purged > 0) PrintError(kVerb, data + ": finished a purge of " + std::to_string(*purged) + " crashes");
  const base::Result<intake::Recovered> recovered = intake::RecoverAtStart(
      stores->blobs, *stores->queue, has_index ? intake::Requeue::kUnprocessed : intake::Requeue::kEverything,
      processor::PacksIn(*stores->index), os::UnixMillis());
  if (!recovered) return Fail(data, recovered.error());
  if (recovered->queued + recovered->removed > 0) {
    PrintError(kVerb, data + ": queued " + std::to_string(recovered->queued) +
                          " crashes or packs of pings that were stored and not processed, removed " +
                          std::to_string(recovered->removed) + " that were never wholly stored");
  }
  return opened;
}

http::Authenticate AuthenticateBy(const store::Directory& directory) {
  return [&directory](std::string_view token) -> std::optional<http::Caller> {
    const base::Result<std::optional<store::TokenRecord>> record = directory.CheckToken(token);
    if (!record || !*record) return std::nullopt;
    http::Caller caller{.name = (*record)->user_name, .permissions = {}};
    if (caller.name.empty()) caller.name = (*record)->label;
    if (caller.name.empty()) caller.name = "token " + std::to_string((*record)->id);
    for (const store::PermissionName& known : store::kPermissionNames) {
      if ((*record)->permissions.Has(known.permission)) caller.permissions.emplace_back(known.name);
    }
    return caller;
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

// Ends the server at SIGTERM or SIGINT, and takes new rules when their file changes, or at SIGHUP. The
// signals must be blocked in all threads.
void WatchSignalsAndRules(http::Server& server, collector::RuleSource& rules, const std::atomic<bool>& done) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  const timespec moment{0, 200'000'000};
  while (!done) {
    const int signal_number = sigtimedwait(&signals, nullptr, &moment);
    if (signal_number == SIGHUP) {
      rules.Reload(os::UnixMillis());
    } else if (signal_number > 0) {
      server.Stop();
      return;
    } else {
      rules.Refresh(os::UnixMillis());
    }
  }
}

void RaiseOpenFilesLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kOpenFilesWanted));
  (void)setrlimit(RLIMIT_NOFILE, &limit);  // Where it is refused, the old limit serves as well as it can.
}

void PrepareSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is an error like a full disk, not the end.
}

// What an operator may change of the roles' work.
struct Tables {
  const registry::Registry& registry;
  collector::RuleSource& rules;
  const ping::SchemaSet& schemas;
};

// Runs the roles over the stores. `address` is checked already.
int RunRoles(const ServerConfig& config, const ListenAddress& address, const Tables& tables, Stores& stores) {
  const std::string spool = config.data + std::string(kSpoolFolder);
  const worker::WorkerOptions worker{.program = os::ExecutableFolder() + "/cairn-worker",
                                     .spool_folder = spool};
  symbol_store::SymbolStore symbol_store(stores.blobs, worker);
  processor::Processor processor({stores.blobs, *stores.queue, *stores.index, symbol_store, tables.registry},
                                 {.worker = worker, .scrub_dumps = config.scrub_dumps});
  const auto arrived = [&processor] { processor.Wake(); };
  const processor::Healer healer({stores.blobs, *stores.queue, *stores.index, arrived},
                                 processor::kHealEveryMs);
  pings::QueuedPings accepted(stores.blobs, *stores.queue, arrived);
  const auto take_activity = [&stores](std::span<const stats::NumberedAggregate> sums) {
    return stores.index->AddActivity(sums);
  };
  pings::FoldIn fold_in({.spool = *stores.spool,
                         .ledger = *stores.ledger,
                         .schemas = tables.schemas,
                         .accepted = accepted,
                         .take_activity = take_activity,
                         .trouble = [](const base::Error& error) {
                           PrintError(kVerb, "pings, or their counts, wait: " + base::Describe(error));
                         }});
  store::AuditLog audit(*stores.directory);
  std::mutex packs;
  retention::PurgeParts purge = PurgePartsOf(stores, packs);
  purge.audit = &audit;
  purge.fold_in = [&fold_in] { fold_in.Wake(); };
  const retention::Janitor janitor(
      {stores.blobs, *stores.queue, *stores.directory, *stores.index, *stores.ledger, packs},
      config.retention, retention::kExpireEveryMs,
      [](const std::string& line) { PrintError("retention", line); });
  const http::StaticSite site = LoadSite(config.web);
  const bool symbols_public = config.symbols_public.value_or(http::IsLoopback(address.host));

  std::vector<http::Route> routes =
      MakeRouteTable({.blobs = stores.blobs,
                      .queue = *stores.queue,
                      .index = *stores.index,
                      .symbols = symbol_store,
                      .registry = tables.registry,
                      .rules = tables.rules,
                      .edge = {.spool = *stores.spool,
                               .ledger = *stores.ledger,
                               .namespaces = {config.ping_namespaces.begin(), config.ping_namespaces.end()},
                               .arrived = [&fold_in] { fold_in.Wake(); },
                               .audit = &audit},
                      .arrived = arrived,
                      .spool_folder = spool,
                      .audit = &audit,
                      .purge = purge,
                      .symbols_public = symbols_public});
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
  std::thread stopper([&] { WatchSignalsAndRules(**server, tables.rules, done); });
  const std::string shown =
      address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  const std::string url = "http://" + shown + ":" + std::to_string((*server)->port());
  const std::string address_path = config.data + std::string(kAddressName);
  if (const base::Status told = os::WriteFileDurably(address_path, base::AsBytes(url)); !told)
    PrintError(kVerb,
               address_path + ": " + base::Describe(told.error()) + ": commands will not find the server");
  std::printf("listening on %s\n", url.c_str());
  std::fflush(stdout);
  (*server)->Run();
  (void)os::RemoveFile(address_path);  // One that stays misleads nobody: nobody holds the lock.
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
  registry::Registry registry = registry::Registry::BuiltIn();
  if (const std::string wrong = LoadRegistry(config, registry); !wrong.empty()) {
    PrintError(kVerb, wrong);
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
  const std::variant<os::LockFile, int> lock = TakeDataFolder(kVerb, config.data);
  if (const int* const exit_code = std::get_if<int>(&lock)) return *exit_code;
  std::variant<Stores, int> stores = PrepareStores(config.data);
  if (const int* const exit_code = std::get_if<int>(&stores)) return *exit_code;
  const std::unique_ptr<collector::RuleSource> rules =
      collector::RuleSource::Open(config.rules, std::get<Stores>(stores).blobs, os::UnixMillis(),
                                  [](const std::string& line) { PrintError("rules", line); });
  if (rules == nullptr) return kExitUsage;
  const int exit_code = RunRoles(config, *address, {registry, *rules, schemas}, std::get<Stores>(stores));
  if (const base::Status noted = intake::NoteCleanStop(std::get<Stores>(stores).blobs); !noted) {
    return Fail(config.data, noted.error());
  }
  return exit_code;
}

}  // namespace cairn::apps
