// SymbolLookup finds a module's compiled symbols for all roles: in the server's own store, else at the other
// symbol servers that it was told of.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "model/module.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/symbol_lookup/upstreams.h"
#include "server/symbol_store/symbol_store.h"

namespace cairn::symbol_lookup {

// Any number of threads may ask at once.
class SymbolLookup {
 public:
  // A worker's job may take nine times as long; whoever waits for names waits for an answer.
  static constexpr std::int64_t kPatienceMs = 10'000;

  // Both must outlive the object; `upstreams` may be null.
  SymbolLookup(symbol_store::SymbolStore& store, Upstreams* upstreams)
      : store_(store), upstreams_(upstreams) {}

  // What one job or request asks with: it waits for other servers kPatienceMs from now on, all modules
  // together, and takes only what is here after that. Names are as a dump or a request gives them.
  using Find = std::function<std::optional<os::FileDescriptor>(const model::Module& module)>;
  Find ForJob() {
    return [find = ForRequest()](const model::Module& module) { return FileOf(find(module)); };
  }

  // The same, telling what was downloaded.
  using FindAndTell = std::function<std::optional<FoundCache>(const model::Module& module)>;
  FindAndTell ForRequest() {
    return [this, until_ms = os::MonotonicMillis() + kPatienceMs](const model::Module& module) {
      return FindUntil(module, until_ms);
    };
  }

  // Without waiting for another server.
  std::optional<os::FileDescriptor> FindHere(const model::Module& module) {
    return FileOf(FindUntil(module, 0));
  }

  // How many symbol files have come so far that were not here.
  std::uint64_t additions() const {
    return store_.additions() + (upstreams_ == nullptr ? 0 : upstreams_->metrics().downloads.value());
  }

  // Without asking another server.
  bool Has(const model::Module& module) {
    return store_.Has(module.debug_file, module.debug_id.text) ||
           (upstreams_ != nullptr && upstreams_->Has(module));
  }

  // The symbol file of a module that the store does not have.
  std::optional<os::FileDescriptor> FindTextElsewhere(const model::Module& module) {
    if (upstreams_ == nullptr) return std::nullopt;
    return upstreams_->FindText(module, os::MonotonicMillis() + kPatienceMs);
  }

 private:
  static std::optional<os::FileDescriptor> FileOf(std::optional<FoundCache> found) {
    if (!found) return std::nullopt;
    return std::move(found->file);
  }

  std::optional<FoundCache> FindUntil(const model::Module& module, std::int64_t until_ms) {
    if (auto cache = store_.FindCache(module.debug_file, module.debug_id.text))
      return FoundCache{*std::move(cache)};
    return upstreams_ == nullptr ? std::nullopt : upstreams_->FindCache(module, until_ms);
  }

  symbol_store::SymbolStore& store_;
  Upstreams* upstreams_;
};

}  // namespace cairn::symbol_lookup
