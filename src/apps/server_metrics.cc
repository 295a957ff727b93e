#include "apps/server_metrics.h"

#include <algorithm>
#include <utility>

#include "apps/build_info.h"
#include "os/clock.h"
#include "os/resource_use.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_ping.h"

namespace cairn::apps {
namespace {

using metrics::Labels;
using metrics::Sample;

constexpr std::string_view kStatusClasses[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};

Labels Label(std::string_view name, std::string_view value) {
  return {{std::string(name), std::string(value)}};
}

void AddCollector(const collector::CollectorMetrics& counts, metrics::Registry& registry) {
  const auto add = [&registry](std::string_view outcome, const metrics::Counter& counter) {
    registry.AddCounter({"cairn_submissions_total",
                         "Crash reports that came, by what became of them; malformed "
                         "ones have a family of their own."},
                        Label("outcome", outcome), counter);
  };
  add("accepted", counts.accepted);
  add("deferred", counts.deferred);
  add("rejected", counts.rejected);
  add("fake_accepted", counts.fake_accepted);
  add("unauthorized", counts.unauthorized);
  add("too_large", counts.too_large);
  add("not_stored", counts.not_stored);
  for (std::size_t i = 0; i < collector::kMalformations.size(); ++i) {
    registry.AddCounter(
        {"cairn_malformed_submissions_total", "Crash reports that could not be read, by reason."},
        Label("reason", collector::kMalformations[i]), counts.malformed[i]);
  }
}

// How long the oldest ping has been waiting in the spool, in seconds; nothing if none waits.
std::vector<Sample> OldestInSpool(const pings::Spool& spool, const pings::Ledger& ledger) {
  const auto batch = spool.Read(ledger.position(), 1, 1);
  if (!batch) return {};
  if (batch->records.empty()) return {{{}, 0}};
  const auto ping = intake::ReadStoredPing(batch->records[0]);
  if (!ping) return {};
  return {{{}, static_cast<double>(std::max<std::int64_t>(0, os::UnixMillis() - ping->submitted_ms)) / 1000}};
}

void AddPings(const MetricSources& sources, metrics::Registry& registry) {
  const pings::FoldInMetrics& fold_in = sources.roles.fold_in;
  for (std::size_t i = 0; i < pings::kPingOutcomes.size(); ++i) {
    registry.AddCounter({"cairn_pings_total", "Pings that were folded in, by what became of them."},
                        Label("outcome", pings::kPingOutcomes[i]), fold_in.pings[i]);
  }
  registry.AddHistogram({"cairn_fold_in_batch_seconds", "Time that one batch of pings took to be folded in."},
                        {}, fold_in.batch_seconds);
  registry.AddGauge({"cairn_fold_in_failing", "1 while folding in pings fails and is tried again."},
                    [&fold_in] { return fold_in.failing_since_ms == 0 ? 0 : 1; });
  registry.AddGauges({"cairn_spool_bytes", "Pings that were answered and wait to be folded in."},
                     [&spool = sources.spool, &ledger = sources.ledger]() -> std::vector<Sample> {
                       const auto bytes = spool.BytesBehind(ledger.position());
                       if (!bytes) return {};
                       return {{{}, static_cast<double>(*bytes)}};
                     });
  registry.AddGauges(
      {"cairn_spool_oldest_seconds", "Age of the oldest of them; 0 if there is none."},
      [&spool = sources.spool, &ledger = sources.ledger] { return OldestInSpool(spool, ledger); });
}

std::vector<Sample> QueueItems(const store::Queue& queue) {
  std::vector<Sample> samples;
  for (const intake::Lane& lane : intake::kLanes) {
    const base::Result<store::QueueCounts> counts = queue.Count(lane.kind);
    if (!counts) continue;
    const auto add = [&](std::string_view state, std::uint64_t count) {
      samples.push_back(
          {{{"lane", std::string(lane.kind)}, {"state", std::string(state)}}, static_cast<double>(count)});
    };
    add("ready", counts->ready);
    add("delayed", counts->delayed);
    add("claimed", counts->claimed);
    add("set_aside", counts->set_aside);
  }
  return samples;
}

void AddProcessing(const MetricSources& sources, metrics::Registry& registry) {
  registry.AddGauges(
      {"cairn_queue_items", "Crashes to be processed, by lane and state; set_aside could not be."},
      [&queue = sources.queue] { return QueueItems(queue); });
  const processor::WorkMetrics& work = sources.processor.work_metrics();
  const metrics::Name seconds{"cairn_processing_seconds",
                              "Time that processing one report, or one pack of pings, took."};
  registry.AddHistogram(seconds, Label("kind", "report"), work.report_seconds);
  registry.AddHistogram(seconds, Label("kind", "ping_pack"), work.pack_seconds);
  const processor::IndexMetrics& index = sources.processor.index_metrics();
  const metrics::Name delay{"cairn_searchable_after_seconds",
                            "Time from the receipt of a crash until a search can find it."};
  registry.AddHistogram(delay, Label("kind", "report"), index.report_delay_seconds);
  registry.AddHistogram(delay, Label("kind", "ping"), index.ping_delay_seconds);
  registry.AddCounter({"cairn_index_batches_total", "Batches of crashes that the index took."}, {},
                      index.batches);
  registry.AddCounter({"cairn_index_failed_batches_total", "Batches that it did not take as a whole."}, {},
                      index.failed_batches);
  registry.AddCounter({"cairn_index_rows_total", "Crashes that the index took."}, {}, index.rows);
  registry.AddHistogram({"cairn_index_commit_seconds", "Time that the index took for one batch."}, {},
                        index.commit_seconds);
}

void AddWorkers(const MetricSources& sources, metrics::Registry& registry) {
  const worker::WorkerMetrics& workers = sources.roles.workers;
  registry.AddCounter({"cairn_worker_starts_total", "Worker processes that were started."}, {},
                      workers.starts);
  registry.AddCounter({"cairn_worker_failed_starts_total", "Worker processes that did not start."}, {},
                      workers.failed_starts);
  registry.AddCounter({"cairn_worker_deaths_total", "Worker processes that died, or were ended, at a job."},
                      {}, workers.deaths);
  registry.AddCounter({"cairn_worker_jobs_total", "Jobs that worker processes were given."}, {},
                      workers.jobs);
  const symbol_store::LookupMetrics& lookups = sources.symbols.metrics();
  const metrics::Name name{"cairn_symbol_lookups_total",
                           "Questions for a module's symbols; compiled: its cache had to be made first."};
  registry.AddCounter(name, Label("result", "found"), lookups.found);
  registry.AddCounter(name, Label("result", "compiled"), lookups.compiled);
  registry.AddCounter(name, Label("result", "missing"), lookups.missing);
  const healing::HealingMetrics& healing = sources.healing.metrics();
  registry.AddCounter(
      {"cairn_healing_orders_total", "Symbol files that came, once all stored crashes have their names."}, {},
      healing.followed);
  registry.AddCounter(
      {"cairn_healing_failures_total", "Tries to name stored crashes that will be made again."}, {},
      healing.failed);
  registry.AddCounter({"cairn_healed_addresses_total", "Addresses of stored crashes that got names."}, {},
                      healing.addresses);
  registry.AddCounter({"cairn_healed_signatures_total", "Signatures of stored stacks that names changed."},
                      {}, healing.signatures);
  registry.AddCounters({"cairn_named_stacks_total", "Pings by whether their stack was named already."},
                       [&processor = sources.processor] {
                         const processor::NamedStacks::Counts counts = processor.stack_counts();
                         return std::vector<Sample>{
                             {Label("result", "hit"), static_cast<double>(counts.hits)},
                             {Label("result", "miss"), static_cast<double>(counts.misses)}};
                       });
}

void AddSymbolication(const symbolication::Symbolicator& symbolicator, metrics::Registry& registry) {
  const symbolication::SymbolicationMetrics& counts = symbolicator.metrics();
  const metrics::Name requests{"cairn_symbolications_total", "Requests for names that were answered."};
  registry.AddCounter(requests, Label("api", "v4"), counts.v4);
  registry.AddCounter(requests, Label("api", "v5"), counts.v5);
  const metrics::Name refused{"cairn_symbolications_refused_total", "Requests for names that were refused."};
  for (std::size_t i = 0; i < symbolication::kRefusals.size(); ++i) {
    registry.AddCounter(refused, Label("reason", symbolication::kRefusals[i]), counts.refused[i]);
  }
  registry.AddHistogram({"cairn_symbolication_seconds", "From a request's body to the text of its answer."},
                        {}, counts.seconds);
  registry.AddCounter({"cairn_symbolicated_stacks_total", "Stacks in answered requests."}, {}, counts.stacks);
  registry.AddCounter({"cairn_symbolicated_frames_total", "Frames in answered requests."}, {}, counts.frames);
  const metrics::Name modules{"cairn_symbolicated_modules_total", "Modules that frames of requests were in."};
  registry.AddCounter(modules, Label("result", "found"), counts.modules_found);
  registry.AddCounter(modules, Label("result", "missing"), counts.modules_missing);
  registry.AddCounters(
      {"cairn_symbolication_caches_total", "Modules by whether their cache was open already."},
      [&symbolicator] {
        const symbolication::OpenedCaches::Counts opened = symbolicator.cache_counts();
        return std::vector<Sample>{{Label("result", "hit"), static_cast<double>(opened.hits)},
                                   {Label("result", "miss"), static_cast<double>(opened.misses)}};
      });
}

void AddUpstreams(const symbol_lookup::UpstreamMetrics& counts, metrics::Registry& registry) {
  const metrics::Name lookups{"cairn_upstream_lookups_total",
                              "Modules that other symbol servers were wanted for, by what came of it."};
  registry.AddCounter(lookups, Label("result", "found"), counts.found);
  registry.AddCounter(lookups, Label("result", "missing"), counts.missing);
  registry.AddCounter(lookups, Label("result", "failed"), counts.failed);
  registry.AddCounter(lookups, Label("result", "not_yet"), counts.not_yet);
  registry.AddCounter(lookups, Label("result", "overloaded"), counts.overloaded);
  registry.AddCounter({"cairn_upstream_downloads_total", "Files from other symbol servers."}, {},
                      counts.downloads);
  registry.AddCounter({"cairn_upstream_download_bytes_total", "Their bytes, unpacked."}, {},
                      counts.download_bytes);
  registry.AddCounter(
      {"cairn_upstream_evicted_bytes_total", "What was removed of them to keep to the quota."}, {},
      counts.evicted_bytes);
}

// Names of the last ones are those that Prometheus' own libraries give.
void AddMachine(const MetricSources& sources, metrics::Registry& registry) {
  const auto disk = [&registry, data = sources.data](std::string name, std::string help,
                                                     std::uint64_t os::DiskSpace::* member) {
    registry.AddGauges({std::move(name), std::move(help)}, [data, member]() -> std::vector<Sample> {
      const base::Result<os::DiskSpace> space = os::InspectDisk(data);
      if (!space) return {};
      return {{{}, static_cast<double>((*space).*member)}};
    });
  };
  disk("cairn_disk_free_bytes", "Room that is left where the data lie.", &os::DiskSpace::free_bytes);
  disk("cairn_disk_size_bytes", "Size of the file system where the data lie.", &os::DiskSpace::size_bytes);
  registry.AddCounters(
      {"cairn_log_dropped_lines_total", "Lines of the log that nobody read in time."},
      [&log = sources.log] { return std::vector<Sample>{{{}, static_cast<double>(log.dropped_lines())}}; });
  registry.AddGauges({"cairn_build_info", "1, with the version and the commit that it was built from."}, [] {
    return std::vector<Sample>{
        {{{"version", std::string(kBuildInfo.version)}, {"commit", std::string(kBuildInfo.commit)}}, 1}};
  });
  const auto own = [](auto take) {
    return [take]() -> std::vector<Sample> {
      const std::optional<os::ProcessUse> use = os::InspectOwnUse();
      if (!use) return {};
      return {{{}, static_cast<double>(take(*use))}};
    };
  };
  registry.AddGauges({"process_resident_memory_bytes", "Memory that this process has in use."},
                     own([](const os::ProcessUse& use) { return use.resident_bytes; }));
  registry.AddGauges({"process_open_fds", "Files that this process has open."},
                     own([](const os::ProcessUse& use) { return use.open_files; }));
  registry.AddGauges({"process_max_fds", "Files that it may have open."},
                     own([](const os::ProcessUse& use) { return use.open_files_max; }));
  registry.AddCounters({"process_cpu_seconds_total", "Time that all its threads have computed."},
                       own([](const os::ProcessUse& use) { return use.cpu_seconds; }));
  registry.AddGauge({"process_start_time_seconds", "When it was started, since 1970."},
                    [started_s = static_cast<double>(os::UnixMillis()) / 1000] { return started_s; });
}

}  // namespace

RequestMetrics::RequestMetrics(const std::vector<http::Route>& routes) {
  const auto add = [this](const std::string& pattern) {
    if (routes_.contains(pattern)) return;
    routes_.try_emplace(pattern);
    patterns_.push_back(pattern);
  };
  for (const http::Route& route : routes) add(route.pattern);
  add("site");
  add("none");
}

void RequestMetrics::Count(const http::AccessRecord& record) {
  const auto found = routes_.find(record.pattern);
  if (found == routes_.end()) return;
  OfRoute& route = found->second;
  const int status_class = std::clamp(record.status / 100, 1, 5);
  route.by_status[static_cast<std::size_t>(status_class - 1)].Add();
  route.request_bytes.Add(record.request_bytes);
  route.response_bytes.Add(record.response_bytes);
  route.seconds.Observe(std::chrono::microseconds(record.duration_us));
}

void RequestMetrics::AddTo(metrics::Registry& registry) const {
  for (const std::string& pattern : patterns_) {
    const OfRoute& route = routes_.at(pattern);
    for (std::size_t i = 0; i < route.by_status.size(); ++i) {
      registry.AddCounter({"cairn_http_requests_total",
                           "Answered requests, by the pattern of the route that took "
                           "them and the class of the answer."},
                          {{"route", pattern}, {"status", std::string(kStatusClasses[i])}},
                          route.by_status[i]);
    }
    registry.AddHistogram({"cairn_http_request_seconds", "Time from a request's header to its answer."},
                          Label("route", pattern), route.seconds);
    registry.AddCounter({"cairn_http_request_bytes_total", "Bytes of bodies that came, as they came."},
                        Label("route", pattern), route.request_bytes);
    registry.AddCounter({"cairn_http_response_bytes_total", "Bytes of bodies that were answered."},
                        Label("route", pattern), route.response_bytes);
  }
}

void AddServerMetrics(const MetricSources& sources, metrics::Registry& registry) {
  AddCollector(sources.roles.collector, registry);
  AddPings(sources, registry);
  AddProcessing(sources, registry);
  AddWorkers(sources, registry);
  AddSymbolication(sources.symbolicator, registry);
  if (sources.upstreams != nullptr) AddUpstreams(sources.upstreams->metrics(), registry);
  AddMachine(sources, registry);
}

http::Handler MetricsHandler(const metrics::Registry& registry) {
  return [&registry](http::Request&) {
    http::Response response = http::TextResponse(200, registry.Write());
    response.content_type = std::string(metrics::kContentType);
    return response;
  };
}

}  // namespace cairn::apps
