#include "apps/symbol_roles.h"

#include <string>
#include <utility>

#include "os/process.h"

namespace cairn::apps {
namespace {

// For requests for names: what nobody has is counted.
std::function<symbolication::FindCache()> FindOrNote(symbol_lookup::SymbolLookup& lookup,
                                                     missing_symbols::MissingSymbols& missing) {
  return [&] {
    return [find = lookup.ForRequest(),
            &missing](const model::Module& module) -> std::optional<symbolication::FoundCache> {
      std::optional<symbol_lookup::FoundCache> cache = find(module);
      if (cache) return symbolication::FoundCache{std::move(cache->file), cache->downloaded_bytes};
      missing.NoteRequest({module.debug_file, module.debug_id.text, "", ""},
                          missing_symbols::WantedBy::kSymbolication);
      return std::nullopt;
    };
  };
}

std::string SymgenProgram() { return os::ExecutableFolder() + "/cairn-symgen"; }

}  // namespace

base::Result<std::unique_ptr<SymbolSources>> SymbolSources::Open(const ServerConfig& config,
                                                                 const CheckedConfig& checked, Stores& stores,
                                                                 const worker::WorkerOptions& worker) {
  std::unique_ptr<symbol_lookup::Upstreams> others;
  if (!config.upstreams.empty()) {
    ASSIGN_OR_RETURN(others,
                     symbol_lookup::Upstreams::Create(
                         {.servers = config.upstreams,
                          .cache_folder = config.data + std::string(kUpstreamFolder),
                          .cache_bytes_max = static_cast<std::uint64_t>(config.symbol_cache_mib) << 20,
                          .allowed_addresses = checked.allowed_symbol_addresses,
                          .symgen_program = SymgenProgram(),
                          .worker = worker}));
  }
  return std::make_unique<SymbolSources>(stores, worker, std::move(others));
}

SymbolSources::SymbolSources(Stores& stores, const worker::WorkerOptions& worker,
                             std::unique_ptr<symbol_lookup::Upstreams> others)
    : store(stores.blobs, worker),
      upstreams(std::move(others)),
      lookup(store, upstreams.get()),
      symbolicator({.caches_for_request = FindOrNote(lookup, *stores.missing_symbols),
                    .find_here = [this](const model::Module& module) { return lookup.FindHere(module); }}) {}

LateSymbols::LateSymbols(Stores& stores, signing::Signing& signing, SymbolSources& sources,
                         processor::Processor& processor, EventLog& log)
    : sources_(sources),
      healing_({.queue = *stores.queue,
                .index = *stores.index,
                .signing = signing,
                .symbols = sources.lookup,
                .forget = [&processor](const std::string& id) { processor.ForgetBuild(id); },
                .trouble = LogErrors(log, "healing_waits")}),
      intake_(
          sources.store, stores.directory->symbol_records(),
          [this](const symbol_store::Arrival& raw) { return conversions_.Order(raw.symbol_class, raw.name); },
          [this](const symbol_store::SymbolName& name) {
            return healing_.Order(name.debug_file, name.debug_id);
          }),
      conversions_({.queue = *stores.queue,
                    .intake = intake_,
                    .program = SymgenProgram(),
                    .trouble = LogErrors(log, "conversion_waits")}) {
  if (sources_.upstreams == nullptr) return;
  sources_.upstreams->TellWhatComesLate(
      [this](const model::Module& module) { (void)healing_.Order(module.debug_file, module.debug_id.text); });
}

LateSymbols::~LateSymbols() {
  if (sources_.upstreams != nullptr) sources_.upstreams->TellWhatComesLate({});
}

}  // namespace cairn::apps
