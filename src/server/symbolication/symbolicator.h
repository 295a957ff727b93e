// Symbolicator answers requests for names of addresses from the server's symbols: Eliot's API.
//
// Modules are answered in parallel, each from one opened cache that all requests share. Compiled caches are
// read here, in the server, by readers that check every offset: docs/adr/0007-symbol-caches-in-the-server.md.
// Any number of threads may ask at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/symbolication/names.h"
#include "analysis/symbolication/request.h"
#include "model/module.h"
#include "os/file.h"
#include "server/http/message.h"
#include "server/symbolication/opened_caches.h"
#include "server/symbolication/symbolication_metrics.h"

namespace cairn::symbolication {

struct FoundCache {
  os::FileDescriptor file;
  std::uint64_t downloaded_bytes = 0;  // From other servers, for this request; 0: it was here.
};

// The compiled cache of a module by its debug file and id, or nothing. Called by several threads at once;
// counts what is missing.
using FindCache = std::function<std::optional<FoundCache>(const model::Module& module)>;

struct SymbolicatorParts {
  // Made for one request, which waits for other servers so long and no longer.
  std::function<FindCache()> caches_for_request;
  // What is here, without waiting for a server and without counting what is missing. Empty: nothing.
  FindCache find_here = {};
};

class Symbolicator {
 public:
  // Of one request, with the thread that came with it.
  static constexpr std::size_t kMaxThreads = 4;

  explicit Symbolicator(SymbolicatorParts parts) : parts_(std::move(parts)) {}

  enum class Debug : std::uint8_t { kLeftOut, kIncluded };

  // 200 and the answer, or 400 and {"title": why}.
  http::Response Answer(std::string_view body, ApiVersion version, Debug debug);

  // Of one module, of symbols that are here; null if there are none.
  std::shared_ptr<const ModuleNames> NamesHere(const model::Module& module);

  const SymbolicationMetrics& metrics() const { return metrics_; }
  OpenedCaches::Counts cache_counts() const { return opened_.counts(); }

 private:
  struct Work;

  void AnswerModule(Work& work, std::size_t question);
  http::Response Refuse(std::string_view kind, std::string_view title);

  const SymbolicatorParts parts_;
  OpenedCaches opened_;
  SymbolicationMetrics metrics_;
};

}  // namespace cairn::symbolication
