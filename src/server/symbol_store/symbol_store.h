// SymbolStore keeps symbol files and their compiled caches in the BlobStore, and finds them for the
// processor and for downloads.
//
// Symbol texts lie there as gzip files (gzip_file.h); those of an earlier version lie there as they are. All
// other files are kept as they came. Symbol files are read by a worker process only: compiling one tells
// whether it is one. Any number of threads may ask; compilations are done one at a time. What is known of a
// file beside its bytes is the business of SymbolIntake.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "os/file.h"
#include "server/metrics/metrics.h"
#include "server/store/blob_store.h"
#include "server/symbol_store/symbol_keys.h"
#include "server/worker/object_facts.h"
#include "server/worker/worker_process.h"

namespace cairn::symbol_store {

// How the processor's questions for symbols ended.
struct LookupMetrics {
  metrics::Counter found;
  metrics::Counter compiled;  // Found, but the cache had to be made first.
  metrics::Counter missing;
};

struct StoredFile {
  os::FileDescriptor file;
  bool is_gzip = false;  // Of a symbol text: whether it is packed.
};

struct CompiledText {
  os::FileDescriptor cache;
  // What the text says of its module beside the name.
  std::string code_file;
  std::string code_id;
  std::string generator;
};

// The name that the symbol text of a module has; nothing if it can have none.
std::optional<SymbolName> NameOfText(const std::string& debug_file, const std::string& debug_id);

// Whether it is named as a symbol text: ".sym".
bool IsSymbolText(const SymbolName& name);

class SymbolStore {
 public:
  // The store must outlive this object.
  SymbolStore(store::BlobStore& blobs, worker::WorkerOptions worker_options)
      : blobs_(blobs), spool_folder_(worker_options.spool_folder), compiler_(std::move(worker_options)) {}

  // `why` is a sentence for the uploader if the file is at fault (kBadValue); any other error is this
  // machine's.
  base::Result<CompiledText> CompileText(const SymbolName& name, int text_fd, std::string& why);
  // Stores the cache, then `packed`, which holds the same text as it shall be kept: whoever sees the file
  // finds its cache.
  base::Status StoreText(store::SymbolClass symbol_class, const SymbolName& name,
                         const CompiledText& compiled, std::unique_ptr<store::StagedBlob> packed);
  // Any other file, or a symbol text that lookups cannot ask for.
  base::Status StoreFile(store::SymbolClass symbol_class, const SymbolName& name,
                         std::unique_ptr<store::StagedBlob> file);
  // kBadValue for what is no ELF file.
  base::Result<worker::ObjectFacts> Inspect(int fd);

  base::Result<StoredFile> OpenFile(store::SymbolClass symbol_class, const SymbolName& name) const;
  // The same as text, without gzip.
  base::Result<os::FileDescriptor> OpenText(store::SymbolClass symbol_class, const SymbolName& name) const;

  // With its cache. No error if it is not there.
  base::Status Remove(store::SymbolClass symbol_class, const SymbolName& name);

  // Whether a module's symbols are there, without making or counting anything. Names are as a dump gives
  // them.
  bool Has(const std::string& debug_file, const std::string& debug_id) const;

  // The compiled cache of a module's symbols; nothing if there are none. Regular symbols go before those of
  // try builds. Compiles a stored file whose cache was made by another version of Cairn. Names are as a dump
  // gives them.
  std::optional<os::FileDescriptor> FindCache(const std::string& debug_file, const std::string& debug_id);

  // How many symbol files came that were not there.
  std::uint64_t additions() const { return additions_; }
  // How many of them took the place of another of the same name: whoever keeps caches drops them then.
  std::uint64_t replacements() const { return replacements_; }

  const LookupMetrics& metrics() const { return metrics_; }
  store::BlobStore& blobs() { return blobs_; }
  // For nameless files on the way.
  const std::string& spool_folder() const { return spool_folder_; }

 private:
  // `compiled` says whether the cache had to be made.
  std::optional<os::FileDescriptor> Find(store::SymbolClass symbol_class, const SymbolName& name,
                                         bool& compiled);
  // With compile_mutex_ held.
  base::Result<os::FileDescriptor> Compile(const SymbolName& name, int text_fd, std::string& why);

  store::BlobStore& blobs_;
  const std::string spool_folder_;
  LookupMetrics metrics_;
  std::atomic<std::uint64_t> additions_ = 0;
  std::atomic<std::uint64_t> replacements_ = 0;
  std::mutex compile_mutex_;        // Held also while a cache is stored: it must be of the file beside it.
  worker::WorkerProcess compiler_;  // GUARDED_BY(compile_mutex_)
};

}  // namespace cairn::symbol_store
