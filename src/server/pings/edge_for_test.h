// The edge's parts over real stores in a folder of their own, and pings to send, for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/ping/schema_set.h"
#include "server/intake/stored_ping.h"
#include "server/pings/accepted_pings.h"
#include "server/pings/fold_in.h"
#include "server/pings/ledger.h"
#include "server/pings/spool.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::pings {

// Keeps what it is given, and can be told to fail.
class MemoryAccepted final : public AcceptedPings {
 public:
  base::Status Take(std::string_view batch, std::span<const AcceptedPing> pings) override {
    if (fail) return base::Error{base::Code::kIo, 28, "disk"};
    if (!pings.empty()) batches.emplace_back(batch);
    for (const AcceptedPing& ping : pings) ids.push_back(ping.document_id);
    if (fail_afterwards) return base::Error{base::Code::kIo, 28, "disk"};
    return {};
  }

  std::vector<std::string> ids;
  std::vector<std::string> batches;
  bool fail = false;
  bool fail_afterwards = false;  // As a kill between taking the pings and noting that they were taken.
};

struct EdgeForTest {
  store::TemporaryFolder folder;
  std::unique_ptr<Ledger> ledger = *Ledger::Open(folder.Path("pings.sqlite"));
  std::unique_ptr<Spool> spool = *Spool::Open(folder.Path("pings"), ledger->position(), 0);
  ping::SchemaSet schemas = ping::SchemaSet::BuiltIn();
  MemoryAccepted accepted;

  FoldInParts Parts() {
    return {.spool = *spool, .ledger = *ledger, .schemas = schemas, .accepted = accepted};
  }

  // As after kill -9.
  void Restart() {
    spool.reset();
    ledger.reset();
    ledger = *Ledger::Open(folder.Path("pings.sqlite"));
    spool = *Spool::Open(folder.Path("pings"), ledger->position(), 0);
  }
};

inline std::string MadeId(int number) {
  std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline std::string CrashJson(const std::string& hash = "") {
  return R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15","creationDate":"2026-05-01T10:00:00.000Z",
    "version":4,"application":{"architecture":"x86-64","buildId":"7","channel":"beta","name":"App",
    "platformVersion":"1.5","vendor":"","version":"1.5","xpcomAbi":"x"},"payload":{"crashDate":"2026-05-01",
    "minidumpSha256Hash":")" +
         hash + R"(","metadata":{}}})";
}

inline std::string MainJson(int seconds, const std::string& client = "") {
  return R"({"version":4,"clientId":")" + client +
         R"(","application":{"name":"App"},"payload":{"info":{"subsessionLength":)" +
         std::to_string(seconds) + "}}}";
}

// As the edge spools it; on 2026-11-22.
inline std::string Submission(int number, std::string type, std::string json) {
  return intake::WriteStoredPing({.id = MadeId(number),
                                  .name_space = "telemetry",
                                  .doc_type = std::move(type),
                                  .submitted = "2026-11-22T12:00:00.000Z",
                                  .submitted_ms = 1'795'348'800'000,
                                  .body = std::move(json)});
}

}  // namespace cairn::pings
