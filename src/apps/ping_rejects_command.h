// `cairn ping rejects` and `cairn ping replay`: pings that were refused, straight from a server's data.
//
// Both work while the server runs: its ledger may be open in several processes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "apps/command.h"

namespace cairn::apps {

struct PingRejectsOptions {
  std::string data = "cairn-data";
  std::string name_space;
  std::string type;
  std::string fault;
  std::optional<std::int64_t> sequence;
  std::size_t count = 100;
  bool json = false;
};

// Those that both verbs have.
void AddPingRejectsOptions(CLI::App& verb, PingRejectsOptions& options);

int ListPingRejects(const PingRejectsOptions& options);
int ReplayPingRejects(const PingRejectsOptions& options);

}  // namespace cairn::apps
