#include "apps/ping_rejects_command.h"

#include <cstdio>
#include <memory>

#include "os/clock.h"
#include "os/file.h"
#include "server/pings/ledger.h"
#include "server/pings/rejection_routes.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kRejects = "ping rejects";
constexpr std::string_view kReplay = "ping replay";

base::Result<std::unique_ptr<pings::Ledger>> OpenLedger(const std::string& data) {
  const std::string path = data + "/pings.sqlite";
  // A folder of that name that is no server's must not become one.
  const base::Result<os::FileInfo> info = os::Inspect(path);
  if (!info) return info.error();
  return pings::Ledger::Open(path);
}

pings::RejectionFilter FilterOf(const PingRejectsOptions& options) {
  return {options.name_space, options.type, options.fault, options.sequence};
}

int Fail(std::string_view verb, const std::string& data, const base::Error& error) {
  PrintError(verb, data + ": " + base::Describe(error) + ": --data names the server's data folder");
  return kExitFailure;
}

}  // namespace

void AddPingRejectsOptions(CLI::App& verb, PingRejectsOptions& options) {
  verb.add_option("--data", options.data, "the server's data folder (default cairn-data)");
  verb.add_option("--namespace", options.name_space, "only those of this namespace");
  verb.add_option("--type", options.type, "only those of this type");
  verb.add_option("--fault", options.fault, "only those with this fault, such as schema_validation");
  verb.add_option("--sequence", options.sequence, "only the one of this number");
}

int ListPingRejects(const PingRejectsOptions& options) {
  const auto ledger = OpenLedger(options.data);
  if (!ledger) return Fail(kRejects, options.data, ledger.error());
  const auto pings = (*ledger)->ListRejections(FilterOf(options), options.count);
  if (!pings) return Fail(kRejects, options.data, pings.error());
  if (options.json) {
    const auto counts = (*ledger)->ListCounts("");
    if (!counts) return Fail(kRejects, options.data, counts.error());
    std::printf("%s\n", pings::RejectionsJson(*pings, *counts).c_str());
    return kExitOk;
  }
  for (const pings::RejectedPing& ping : *pings) {
    const std::string pointer = ping.rejection.pointer.empty() ? "" : ping.rejection.pointer + " ";
    const std::string line = std::to_string(ping.sequence) + "  " + os::FormatIso(ping.submitted_ms) + "  " +
                             ping.name_space + "/" + ping.type + "  " + ping.document_id + "  " +
                             ping.rejection.fault + ": " + pointer + ping.rejection.reason + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
  }
  return kExitOk;
}

int ReplayPingRejects(const PingRejectsOptions& options) {
  const auto ledger = OpenLedger(options.data);
  if (!ledger) return Fail(kReplay, options.data, ledger.error());
  const auto marked = (*ledger)->MarkRejections(FilterOf(options));
  if (!marked) return Fail(kReplay, options.data, marked.error());
  std::printf("%lld will be checked again by the server, now or when it starts\n",
              static_cast<long long>(*marked));
  return kExitOk;
}

}  // namespace cairn::apps
