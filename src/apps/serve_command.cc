#include "apps/serve_command.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <variant>

#include "analysis/stats/error_aggregates.h"
#include "apps/check_config.h"
#include "apps/command.h"
#include "apps/data_folder.h"
#include "apps/event_log.h"
#include "apps/health.h"
#include "apps/load_registry.h"
#include "apps/server_metrics.h"
#include "apps/server_routes.h"
#include "apps/signal_watch.h"
#include "apps/symbol_roles.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "server/accounts/accounts.h"
#include "server/bugs/bug_poll.h"
#include "server/collector/rule_source.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/intake/recovery.h"
#include "server/oidc/provider.h"
#include "server/pings/fold_in.h"
#include "server/processor/healer.h"
#include "server/processor/processor.h"
#include "server/retention/janitor.h"
#include "server/retention/purge.h"
#include "server/signing/signing.h"
#include "server/signing/signing_index.h"
#include "server/store/audit_log.h"
#include "server/symbols/upload_sessions.h"

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
std::variant<Stores, int> PrepareStores(const ServerConfig& config, EventLog& log) {
  const std::string& data = config.data;
  const bool has_index = os::Inspect(data + std::string(kIndexFolder)).has_value();
  std::variant<Stores, int> opened =
      OpenStores(kVerb, data, {.memory_limit_mb = static_cast<std::uint32_t>(config.index_memory_mib)});
  Stores* const stores = std::get_if<Stores>(&opened);
  if (stores == nullptr) return opened;
  std::mutex packs;
  const base::Result<std::size_t> purged = retention::FinishPurge(PurgePartsOf(*stores, data, packs));
  if (!purged) return Fail(data, purged.error());
  if (*purged > 0) PrintError(kVerb, data + ": finished a purge of " + std::to_string(*purged) + " crashes");
  const base::Result<intake::Recovered> recovered = intake::RecoverAtStart(
      stores->blobs, *stores->queue, has_index ? intake::Requeue::kUnprocessed : intake::Requeue::kEverything,
      processor::PacksIn(*stores->index), os::UnixMillis());
  if (!recovered) return Fail(data, recovered.error());
  if (recovered->queued + recovered->removed > 0) {
    // Crashes and packs of pings that were stored and not processed, and what is left of some that were never
    // wholly stored.
    log.Write(LogLevel::kWarning, "recovered",
              {{"queued", static_cast<std::int64_t>(recovered->queued)},
               {"removed", static_cast<std::int64_t>(recovered->removed)}});
  }
  return opened;
}

void RaiseOpenFilesLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kOpenFilesWanted));
  (void)setrlimit(RLIMIT_NOFILE, &limit);  // Where it is refused, the old limit serves as well as it can.
}

// What an operator may change of the roles' work, and where they tell how it goes.
struct Surroundings {
  const LoadedConfig& loaded;
  const CheckedConfig& checked;
  collector::RuleSource& rules;
  EventLog& log;
  std::optional<SignalWatch>& watch;  // Outlives the stores, so that closing them ends in time as well.
};

std::string UrlOf(const std::string& host, std::uint16_t port) {
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return "http://" + shown + ":" + std::to_string(port);
}

// Until a signal ends it.
void RunServer(http::Server& server, const Surroundings& around) {
  const std::string url = UrlOf(around.checked.address.host, server.port());
  EventLog& log = around.log;
  collector::RuleSource& rules = around.rules;
  around.watch.emplace(SignalActions{
      .stop =
          [&server, &log] {
            log.Write(LogLevel::kInfo, "stopping", {});
            server.Stop();
          },
      .reload = [&rules] { rules.Reload(os::UnixMillis()); },
      .tick = [&rules] { rules.Refresh(os::UnixMillis()); },
      .give_up =
          [] {
            PrintError(kVerb, "the stop took too long or was insisted on: the next start does what is left");
          }});
  const std::string address_path = around.loaded.config.data + std::string(kAddressName);
  if (const base::Status told = os::WriteFileDurably(address_path, base::AsBytes(url)); !told) {
    // Commands will not find the server.
    log.Write(LogLevel::kWarning, "no_address_file", {{"error", base::Describe(told.error())}});
  }
  std::printf("listening on %s\n", url.c_str());
  std::fflush(stdout);
  log.Write(LogLevel::kInfo, "listening", {{"url", url}});
  server.Run();
  (void)os::RemoveFile(address_path);  // One that stays misleads nobody: nobody holds the lock.
}

// What the roles share with their answers to requests. All borrowed.
struct Roles {
  Stores& stores;
  RoleMetrics& metrics;
  SymbolSources& sources;
  LateSymbols& late_symbols;
  signing::Signing& signing;
  processor::Processor& processor;
  pings::FoldIn& fold_in;
  store::AuditLog& audit;
  const retention::PurgeParts& purge;
  symbols::UploadSessions& upload_sessions;
  accounts::Accounts& accounts;
};

std::vector<http::Route> RoutesOf(const Surroundings& around, const Roles& roles, Health& health,
                                  const metrics::Registry& metrics) {
  const ServerConfig& config = around.loaded.config;
  const bool is_loopback = http::IsLoopback(around.checked.address.host);
  Stores& stores = roles.stores;
  return MakeRouteTable(
      {.blobs = stores.blobs,
       .queue = *stores.queue,
       .index = *stores.index,
       .symbols = {.intake = roles.late_symbols.intake(),
                   .directory = *stores.directory,
                   .sessions = roles.upload_sessions,
                   .public_by_default = config.symbols_public.value_or(is_loopback),
                   .public_url = config.public_url,
                   .fetch = {config.symbol_upload_hosts},
                   .days_kept = {.regular = config.retention.symbol_days,
                                 .of_try = config.retention.try_symbol_days}},
       .healing = roles.late_symbols.healing(),
       .symbol_lookup = roles.sources.lookup,
       .symbolicator = roles.sources.symbolicator,
       .missing_symbols = *stores.missing_symbols,
       .registry = around.checked.registry,
       .rules = around.rules,
       .edge = {.spool = *stores.spool,
                .ledger = *stores.ledger,
                .namespaces = {config.ping_namespaces.begin(), config.ping_namespaces.end()},
                .arrived = [&fold_in = roles.fold_in] { fold_in.Wake(); },
                .audit = &roles.audit},
       .arrived = [&processor = roles.processor] { processor.Wake(); },
       .spool_folder = config.data + std::string(kSpoolFolder),
       .search_limits = config.search_limits,
       .collector_metrics = &roles.metrics.collector,
       .audit = &roles.audit,
       .purge = roles.purge,
       .signing = roles.signing,
       .directory = *stores.directory,
       .accounts = roles.accounts,
       .trackers = config.trackers,
       .sql_program = os::ExecutableFolder() + "/cairn-sql",
       .sql = {.days = config.sql_days, .refresh_minutes = config.sql_refresh_minutes},
       .health = health,
       .metrics = MetricsHandler(metrics),
       .metrics_public = config.metrics_public.value_or(is_loopback),
       .anonymous_view = config.anonymous_view,
       .retention_policy = config.retention});
}

HealthParts HealthPartsOf(const ServerConfig& config, const Roles& roles) {
  Stores& stores = roles.stores;
  return {.blobs = stores.blobs,
          .queue = *stores.queue,
          .index = *stores.index,
          .directory = *stores.directory,
          .ledger = *stores.ledger,
          .data = config.data,
          .disk_free_min_bytes = static_cast<std::uint64_t>(config.disk_free_min_mib) << 20,
          .fold_in = roles.metrics.fold_in,
          .index_writes = roles.processor.index_metrics(),
          .workers = roles.metrics.workers};
}

// Answers requests until a signal ends it.
int AnswerRequests(const Surroundings& around, const Roles& roles) {
  const ServerConfig& config = around.loaded.config;
  EventLog& log = around.log;
  const FoundSite site = FindSite(config.web);
  if (site.folder.empty()) {
    log.Write(LogLevel::kWarning, "no_site",
              {{"remedy", "`make build` makes web/dist, or --web names its folder"}});
  }
  Health health([&] { return CheckStores(HealthPartsOf(config, roles)); });
  metrics::Registry metrics;
  AddServerMetrics({.roles = roles.metrics,
                    .processor = roles.processor,
                    .symbols = roles.sources.store,
                    .healing = roles.late_symbols.healing(),
                    .symbolicator = roles.sources.symbolicator,
                    .upstreams = roles.sources.upstreams.get(),
                    .queue = *roles.stores.queue,
                    .ledger = *roles.stores.ledger,
                    .spool = *roles.stores.spool,
                    .log = log,
                    .data = config.data},
                   metrics);
  std::vector<http::Route> routes = RoutesOf(around, roles, health, metrics);
  RequestMetrics requests(routes);
  requests.AddTo(metrics);
  const http::Router router(
      std::move(routes), {.anonymous_permissions = around.checked.anonymous_permissions,
                          .authenticate = roles.accounts.TokenLookup(),
                          .find_session = roles.accounts.SessionLookup(),
                          .limit = roles.accounts.CallLimit(),
                          .public_url = config.public_url,
                          .fallback = [&site](http::Request& request) { return site.site.Serve(request); }});
  http::ServerOptions options;
  options.address = around.checked.address.host;
  options.port = around.checked.address.port;
  options.spool_folder = config.data + std::string(kSpoolFolder);
  options.is_https = config.public_url.starts_with("https://");
  options.log = [&requests, &log, writes = config.access_log](const http::AccessRecord& record) {
    requests.Count(record);
    if (writes) log.WriteRequest(record);
  };
  base::Result<std::unique_ptr<http::Server>> server = http::Server::Create(std::move(options), router);
  if (!server) return Fail(config.listen, server.error());
  metrics.AddGauge({"cairn_http_connections", "Connections that are open."},
                   [&server] { return static_cast<double>((*server)->open_connections()); });
  RunServer(**server, around);
  return kExitOk;
}

accounts::AccountsOptions AccountsOptionsOf(const ServerConfig& config, const CheckedConfig& checked) {
  accounts::AccountsOptions options{.public_url = config.public_url,
                                    .trusted_proxies = checked.trusted_proxies,
                                    .anonymous_per_minute = config.anonymous_per_minute,
                                    .caller_per_minute = config.caller_per_minute,
                                    .pages_per_minute = config.pages_per_minute,
                                    .create_users = config.oidc_create_users,
                                    .new_user_permissions = checked.oidc_permissions,
                                    .roles = config.permission_roles,
                                    .source_links = config.source_links};
  if (!config.oidc_issuer.empty()) {
    options.provider =
        oidc::ProviderOptions{.label = config.oidc_label.empty() ? config.oidc_issuer : config.oidc_label,
                              .issuer = config.oidc_issuer,
                              .client_id = config.oidc_client_id,
                              .client_secret = config.oidc_client_secret,
                              .allowed_addresses = checked.allowed_oidc_addresses};
  }
  return options;
}

// Off unless an operator wants it.
std::optional<bugs::BugPollOptions> BugPollOptionsOf(const ServerConfig& config,
                                                     const CheckedConfig& checked) {
  constexpr std::int64_t kMinuteMs = 60'000;
  if (config.bug_poll_minutes == 0 || config.trackers.empty()) return std::nullopt;
  return bugs::BugPollOptions{.trackers = config.trackers,
                              .every_ms = config.bug_poll_minutes * kMinuteMs,
                              .guard = net::AddressGuard(checked.allowed_bug_addresses),
                              .spool_folder = config.data + std::string(kSpoolFolder)};
}

// Runs the roles over the stores. What is made later uses what was made before.
int RunRoles(const Surroundings& around, Stores& stores) {
  const ServerConfig& config = around.loaded.config;
  EventLog& log = around.log;
  RoleMetrics role_metrics;
  const worker::WorkerOptions worker{.program = os::ExecutableFolder() + "/cairn-worker",
                                     .spool_folder = config.data + std::string(kSpoolFolder),
                                     .metrics = &role_metrics.workers};
  const auto sources = SymbolSources::Open(config, around.checked, stores, worker);
  if (!sources) return Fail(config.data, sources.error());
  SymbolSources& symbols = **sources;
  const base::Result<std::unique_ptr<symbols::UploadSessions>> sessions =
      symbols::UploadSessions::Open(config.data + std::string(kUploadsFolder));
  if (!sessions) return Fail(config.data + std::string(kUploadsFolder), sessions.error());
  const base::Result<std::unique_ptr<signing::Signing>> signing =
      signing::Signing::Open({*stores.index, stores.blobs});
  if (!signing) return Fail(config.data, signing.error());
  signing::SigningIndex index(*stores.index, **signing);
  processor::Processor processor(
      {stores.blobs, *stores.queue, index, symbols.store, around.checked.registry,
       [&symbols] { return symbols.lookup.ForJob(); }, stores.missing_symbols.get()},
      {.worker = worker, .scrub_dumps = config.scrub_dumps});
  LateSymbols late_symbols(stores, **signing, symbols, processor, log);
  const auto arrived = [&processor] { processor.Wake(); };
  const processor::Healer healer({stores.blobs, *stores.queue, *stores.index, arrived},
                                 processor::kHealEveryMs);
  pings::QueuedPings accepted(stores.blobs, *stores.queue, arrived);
  const auto take_activity = [&stores](std::span<const stats::NumberedAggregate> sums) {
    return stores.index->AddActivity(sums);
  };
  pings::FoldIn fold_in({.spool = *stores.spool,
                         .ledger = *stores.ledger,
                         .schemas = around.checked.schemas,
                         .accepted = accepted,
                         .take_activity = take_activity,
                         .trouble = LogErrors(log, "pings_wait"),
                         .metrics = &role_metrics.fold_in});
  store::AuditLog audit(*stores.directory);
  accounts::Accounts accounts(*stores.directory, &audit, AccountsOptionsOf(config, around.checked));
  std::optional<bugs::BugPoll> bug_poll;
  if (auto options = BugPollOptionsOf(config, around.checked))
    bug_poll.emplace(stores.directory->bugs(), *std::move(options));
  std::mutex packs;
  retention::PurgeParts purge = PurgePartsOf(stores, config.data, packs);
  if (symbols.upstreams != nullptr) {
    purge.forget_absent_symbols = [&upstreams = *symbols.upstreams] {
      return upstreams.ForgetAbsences(os::MonotonicMillis() + retention::kSpoolPatienceMs);
    };
  }
  purge.audit = &audit;
  purge.fold_in = [&fold_in] { fold_in.Wake(); };
  const retention::Janitor janitor(
      {stores.blobs, *stores.queue, *stores.directory, *stores.index, *stores.ledger, packs, os::UnixMillis,
       &late_symbols.intake()},
      config.retention, retention::kExpireEveryMs,
      [&log](const std::string& line) { log.Write(LogLevel::kInfo, "retention", {{"removed", line}}); });
  return AnswerRequests(around, {.stores = stores,
                                 .metrics = role_metrics,
                                 .sources = symbols,
                                 .late_symbols = late_symbols,
                                 .signing = **signing,
                                 .processor = processor,
                                 .fold_in = fold_in,
                                 .audit = audit,
                                 .purge = purge,
                                 .upload_sessions = **sessions,
                                 .accounts = accounts});
}

}  // namespace

int Serve(const LoadedConfig& loaded) {
  CheckedConfig checked;
  const std::vector<std::string> mistakes = ReadConfigured(loaded, checked);
  for (const std::string& mistake : mistakes) PrintError(kVerb, mistake);
  if (!mistakes.empty()) return kExitUsage;
  SearchBy(checked.registry);
  const ServerConfig& config = loaded.config;
  HoldSignals();
  RaiseOpenFilesLimit();
  EventLog log(STDERR_FILENO, checked.log_format);
  for (const std::string& variable : loaded.ignored_variables) {
    log.Write(LogLevel::kWarning, "ignored_variable", {{"name", variable}});
  }
  const std::variant<os::LockFile, int> lock = TakeDataFolder(kVerb, config.data);
  if (const int* const exit_code = std::get_if<int>(&lock)) return *exit_code;
  std::optional<SignalWatch> watch;
  int exit_code = kExitOk;
  {
    std::variant<Stores, int> stores = PrepareStores(config, log);
    if (const int* const failed = std::get_if<int>(&stores)) return *failed;
    bool is_starting = true;
    const auto tell = [&](const std::string& line) {
      if (is_starting) {
        PrintError("rules", line);
      } else {
        log.Write(LogLevel::kInfo, "rules", {{"said", line}});
      }
    };
    const std::unique_ptr<collector::RuleSource> rules =
        collector::RuleSource::Open(config.rules, std::get<Stores>(stores).blobs, os::UnixMillis(), tell);
    if (rules == nullptr) return kExitUsage;
    is_starting = false;
    exit_code = RunRoles({loaded, checked, *rules, log, watch}, std::get<Stores>(stores));
    if (const base::Status noted = intake::NoteCleanStop(std::get<Stores>(stores).blobs); !noted) {
      return Fail(config.data, noted.error());
    }
  }
  log.Write(LogLevel::kInfo, "stopped", {});
  return exit_code;
}

}  // namespace cairn::apps
