// SymbolStore keeps symbol files and their compiled caches in the BlobStore, and finds them for the
// processor.
//
// Symbol files are read by a worker process only: compiling one tells whether it is one. Any number of
// threads may ask; compilations are done one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "os/file.h"
#include "server/metrics/metrics.h"
#include "server/store/blob_store.h"
#include "server/symbol_store/symbol_keys.h"
#include "server/worker/worker_process.h"

namespace cairn::symbol_store {

enum class Added { kNew, kSame };  // kSame: the very same file was there already.

// How the processor's questions for symbols ended.
struct LookupMetrics {
  metrics::Counter found;
  metrics::Counter compiled;  // Found, but the cache had to be made first.
  metrics::Counter missing;
};

class SymbolStore {
 public:
  // The store must outlive this object.
  SymbolStore(store::BlobStore& blobs, worker::WorkerOptions worker_options)
      : blobs_(blobs), compiler_(std::move(worker_options)) {}

  // Compiles the file and stores it and its cache. `why` is a sentence for the uploader if the file is at
  // fault (kBadValue); any other error is this machine's.
  base::Result<Added> Add(const SymbolName& name, int symbols_fd, std::string& why);

  base::Result<os::FileDescriptor> OpenSymbolFile(const SymbolName& name) const;

  // The compiled cache of a module's symbols; nothing if there are none. Compiles a stored file whose cache
  // was made by another version of Cairn. Names are as a dump gives them.
  std::optional<os::FileDescriptor> FindCache(const std::string& debug_file, const std::string& debug_id);

  // How many symbol files came that were not there.
  std::uint64_t additions() const { return additions_; }
  // How many of them took the place of another of the same name: whoever keeps caches drops them then.
  std::uint64_t replacements() const { return replacements_; }

  const LookupMetrics& metrics() const { return metrics_; }

 private:
  // `compiled` says whether the cache had to be made.
  std::optional<os::FileDescriptor> Find(const std::string& debug_file, const std::string& debug_id,
                                         bool& compiled);
  // With compile_mutex_ held: a file and its cache must be of the same upload.
  base::Result<os::FileDescriptor> Compile(const SymbolName& name, int symbols_fd, std::string& why);

  store::BlobStore& blobs_;
  LookupMetrics metrics_;
  std::atomic<std::uint64_t> additions_ = 0;
  std::atomic<std::uint64_t> replacements_ = 0;
  std::mutex compile_mutex_;
  worker::WorkerProcess compiler_;  // GUARDED_BY(compile_mutex_)
};

}  // namespace cairn::symbol_store
