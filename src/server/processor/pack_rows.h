// PackRows turns the pings of a pack into rows of the index.
//
// A ping whose stack was named before needs no worker; stacks that are new go through one together. No
// document is made of a ping here: that is done when somebody asks for one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/module.h"
#include "server/missing_symbols/missing_symbols.h"
#include "server/processor/named_stacks.h"
#include "server/processor/opened_ping.h"
#include "server/registry/registry.h"
#include "server/search/crash_row.h"
#include "server/worker/worker_process.h"

namespace cairn::processor {

struct PackRowsParts {
  worker::WorkerProcess& process;
  const worker::FindSymbols& find_symbols;
  NamedStacks& named_stacks;
  const registry::Registry& registry;
  missing_symbols::MissingSymbols* missing = nullptr;  // Null: nobody counts modules without symbols.
};

class PackRows {
 public:
  explicit PackRows(const PackRowsParts& parts) : parts_(parts) {}

  // Errors of both are this machine's: the pack is to be tried again.
  base::Status Add(OpenedPing ping);
  base::Status Finish();

  std::vector<search::CrashRow> TakeRows() { return std::move(rows_); }
  // Document ids of pings that no worker could name together with others: perhaps one alone can.
  std::vector<std::string> TakeUnnamed() { return std::move(unnamed_); }

 private:
  // A ping that waits for its stack's names.
  struct Waiting {
    Arrival arrival;
    worker::CrashOutcome facts;
    std::vector<model::Module> modules;
  };
  // A stack that no worker has seen, with one ping's JSON and all pings that have it.
  struct NewStack {
    std::string json;
    std::vector<Waiting> pings;
  };

  void AddRow(const Arrival& arrival, const worker::CrashOutcome& facts, search::SharedInput input);
  base::Status NameNewStacks();

  PackRowsParts parts_;
  std::map<std::string, NewStack> new_stacks_;  // By KeyOfStack.
  std::size_t json_bytes_ = 0;                  // Of all of them.
  std::vector<search::CrashRow> rows_;
  std::vector<std::string> unnamed_;
};

}  // namespace cairn::processor
