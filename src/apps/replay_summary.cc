#include "apps/replay_summary.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "base/json_writer.h"

namespace cairn::apps {
namespace {

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// Of all kinds.
std::uint64_t FinalAnswers(const LoadResult& result) {
  std::uint64_t count = 0;
  for (const KindResult& kind : result.kinds) count += kind.acknowledged + kind.refused;
  return count;
}

void WriteKind(const KindResult& kind, const LoadResult& result, base::JsonWriter& json) {
  json.BeginObject();
  const auto number = [&json](std::string_view name, std::uint64_t value) { json.NumberField(name, value); };
  number("sent", kind.sent);
  number("acknowledged", kind.acknowledged);
  number("again", kind.again);
  number("discarded", kind.discarded);
  number("refused", kind.refused);
  number("retries", kind.retries);
  number("unknown", kind.unknown);
  json.Key("per_second");
  json.Double(result.seconds > 0 ? static_cast<double>(kind.acknowledged) / result.seconds : 0);
  json.Key("statuses");
  json.BeginObject();
  for (const auto& [status, count] : kind.statuses)
    number(status == 0 ? "none" : std::to_string(status), count);
  json.EndObject();
  json.Key("latency_ms");
  json.BeginObject();
  for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}, {"max", 1.0}}) {
    json.Key(name);
    json.Double(PercentileOf(kind.latencies_us, share) / 1000.0);
  }
  json.EndObject();
  json.EndObject();
}

std::string Json(const LoadSummary& summary) {
  const LoadResult& result = summary.result;
  base::JsonWriter json;
  json.BeginObject();
  json.Key("asked");
  json.BeginObject();
  json.Key("pings_per_second");
  json.Double(summary.options.pings.per_second);
  json.Key("submissions_per_second");
  json.Double(summary.options.reports.per_second);
  json.EndObject();
  json.NumberField("seed", summary.options.seed);
  json.Key("seconds");
  json.Double(result.seconds);
  json.Key("planned_seconds");
  json.Double(result.planned_seconds);
  json.Key("cpu_seconds");
  json.Double(result.cpu_seconds);
  json.Key("cpu_us_per_request");
  const std::uint64_t answers = FinalAnswers(result);
  json.Double(answers > 0 ? result.cpu_seconds * 1e6 / static_cast<double>(answers) : 0);
  json.Key("preparing_cpu_seconds");
  json.Double(summary.preparing_cpu_seconds);
  json.NumberField("population_bytes", summary.population_bytes);
  json.NumberField("bytes_sent", result.bytes_sent);
  json.NumberField("connects", result.connects);
  json.Key("kinds");
  json.BeginObject();
  for (std::size_t i = 0; i < kShotKinds; ++i) {
    if (result.kinds[i].sent == 0) continue;
    json.Key(NameOf(static_cast<ShotKind>(i)));
    WriteKind(result.kinds[i], result, json);
  }
  json.EndObject();
  json.EndObject();
  return json.Take();
}

void PrintText(const LoadSummary& summary) {
  const LoadResult& result = summary.result;
  std::printf("%-11s %10s %10s %8s %9s %8s %8s %8s %9s  %7s %7s %7s %8s  %s\n", "", "sent", "answered",
              "again", "discarded", "refused", "retries", "unknown", "per s", "p50 ms", "p95 ms", "p99 ms",
              "max ms", "statuses");
  for (std::size_t i = 0; i < kShotKinds; ++i) {
    const KindResult& kind = result.kinds[i];
    if (kind.sent == 0) continue;
    std::string statuses;
    for (const auto& [status, count] : kind.statuses) {
      statuses += (statuses.empty() ? "" : ", ") + (status == 0 ? "none" : std::to_string(status)) + ": " +
                  std::to_string(count);
    }
    const auto whole = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    const auto ms = [&kind](double share) { return PercentileOf(kind.latencies_us, share) / 1000.0; };
    std::printf("%-11s %10llu %10llu %8llu %9llu %8llu %8llu %8llu %9.1f  %7.1f %7.1f %7.1f %8.1f  %s\n",
                std::string(NameOf(static_cast<ShotKind>(i))).c_str(), whole(kind.sent),
                whole(kind.acknowledged), whole(kind.again), whole(kind.discarded), whole(kind.refused),
                whole(kind.retries), whole(kind.unknown),
                result.seconds > 0 ? static_cast<double>(kind.acknowledged) / result.seconds : 0.0, ms(0.5),
                ms(0.95), ms(0.99), ms(1), statuses.c_str());
  }
  const std::uint64_t answers = FinalAnswers(result);
  std::printf("%.1f s; this program: %.1f s of CPU, %.1f us a request (and %.1f s before the first)\n",
              result.seconds, result.cpu_seconds,
              answers > 0 ? result.cpu_seconds * 1e6 / static_cast<double>(answers) : 0.0,
              summary.preparing_cpu_seconds);
}

}  // namespace

std::uint32_t PercentileOf(const std::vector<std::uint32_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[std::clamp<std::size_t>(static_cast<std::size_t>(rank), 1, sorted.size()) - 1];
}

double CpuSecondsOfProcess() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return SecondsOf(usage.ru_utime) + SecondsOf(usage.ru_stime);
}

void PrintSummary(LoadSummary summary, bool as_json) {
  for (KindResult& kind : summary.result.kinds) std::ranges::sort(kind.latencies_us);
  if (as_json) {
    std::printf("%s\n", Json(summary).c_str());
  } else {
    PrintText(summary);
  }
}

}  // namespace cairn::apps
