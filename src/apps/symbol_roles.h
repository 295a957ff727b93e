// What of a server keeps, finds and names symbols, and what happens when some arrive.
#pragma once

#include <memory>

#include "apps/check_config.h"
#include "apps/data_folder.h"
#include "apps/event_log.h"
#include "server/healing/healing.h"
#include "server/processor/processor.h"
#include "server/signing/signing.h"
#include "server/symbol_lookup/symbol_lookup.h"
#include "server/symbol_lookup/upstreams.h"
#include "server/symbol_store/conversions.h"
#include "server/symbol_store/symbol_intake.h"
#include "server/symbol_store/symbol_store.h"
#include "server/symbolication/symbolicator.h"
#include "server/worker/worker_process.h"

namespace cairn::apps {

// For whoever wants symbols. The stores must outlive it.
struct SymbolSources {
  // An Error if the folder of other servers' symbols cannot be used.
  static base::Result<std::unique_ptr<SymbolSources>> Open(const ServerConfig& config,
                                                           const CheckedConfig& checked, Stores& stores,
                                                           const worker::WorkerOptions& worker);
  SymbolSources(Stores& stores, const worker::WorkerOptions& worker,
                std::unique_ptr<symbol_lookup::Upstreams> others);

  symbol_store::SymbolStore store;
  const std::unique_ptr<symbol_lookup::Upstreams> upstreams;  // Null: there are no other servers.
  symbol_lookup::SymbolLookup lookup;
  symbolication::Symbolicator symbolicator;
};

// For what comes late: it is stored, converted if it is a raw debug file, and names the crashes that waited.
// All that it is made of must outlive it.
class LateSymbols {
 public:
  LateSymbols(Stores& stores, signing::Signing& signing, SymbolSources& sources,
              processor::Processor& processor, EventLog& log);
  ~LateSymbols();
  LateSymbols(const LateSymbols&) = delete;
  LateSymbols& operator=(const LateSymbols&) = delete;

  healing::Healing& healing() { return healing_; }
  symbol_store::SymbolIntake& intake() { return intake_; }

 private:
  SymbolSources& sources_;
  healing::Healing healing_;
  symbol_store::SymbolIntake intake_;
  symbol_store::Conversions conversions_;  // It and the intake call each other.
};

}  // namespace cairn::apps
