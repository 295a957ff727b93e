// Upstreams are the other symbol servers that a server asks for what its own store lacks: those of Breakpad's
// and Microsoft's layouts, and debuginfod.
//
// The fetching itself is symbols::SymbolFinder's: it remembers what is not there and why, and fetches and
// compiles a module once for all who want it. Here it gets threads of its own, so that whoever asks waits for
// a while and no longer; what comes later is there for the next one. Symbol files are compiled by a worker
// process, and made of debug files by cairn-symgen in the same sandbox (symbol_store/convert_file.h). Names
// and ids come from dumps and requests, so servers can be made to be asked for anything, but none that the
// operator did not name, at no address that they may not have (net/address_guard.h).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "model/module.h"
#include "net/address_guard.h"
#include "os/file.h"
#include "server/metrics/metrics.h"
#include "server/symbol_lookup/upstream.h"
#include "server/worker/worker_process.h"
#include "symbols/cache_quota.h"
#include "symbols/symbol_finder.h"

namespace cairn::symbol_lookup {

struct UpstreamsOptions {
  std::vector<Upstream> servers;  // Of each kind the first one is asked first.
  std::string cache_folder;       // Of this process alone.
  std::uint64_t cache_bytes_max = std::uint64_t{10} << 30;
  std::vector<net::AddressRange> allowed_addresses;  // Beside public ones.
  std::string symgen_program;                        // The path of cairn-symgen.
  worker::WorkerOptions worker;                      // For compiling.
  int download_timeout_ms = 600'000;                 // Of one file.
};

struct UpstreamMetrics {
  metrics::Counter found;
  metrics::Counter missing;     // No server has it.
  metrics::Counter failed;      // A server could not be asked, or sent what is no symbol file.
  metrics::Counter not_yet;     // Whoever asked did not wait for it.
  metrics::Counter overloaded;  // Too many modules were waited for.
  metrics::Counter downloads;
  metrics::Counter download_bytes;
  metrics::Counter evicted_bytes;
};

// The compiled cache of a module's symbols.
struct FoundCache {
  os::FileDescriptor file;
  std::uint64_t downloaded_bytes = 0;  // That came for it while it was waited for; 0: it was here.
};

class Upstreams {
 public:
  // Public servers answer 429 to more at once.
  static constexpr std::size_t kThreads = 4;
  // Modules that are waited for; more are not looked for now.
  static constexpr std::size_t kMaxWaiting = 1'000;

  // kIo if the cache folder can not be made.
  static base::Result<std::unique_ptr<Upstreams>> Create(UpstreamsOptions options);
  // Breaks off what is under way.
  ~Upstreams();
  Upstreams(const Upstreams&) = delete;
  Upstreams& operator=(const Upstreams&) = delete;

  // Nothing: none is there, or not yet at `until_ms` of os::MonotonicMillis. Any number of threads may ask at
  // once.
  std::optional<FoundCache> FindCache(const model::Module& module, std::int64_t until_ms);

  // The text of its symbol file likewise, as a server sent it or as it was made of a debug file. Past
  // kMaxWaitingDownloads at once nobody waits: downloads and searches share their threads.
  static constexpr int kMaxWaitingDownloads = 4;
  std::optional<os::FileDescriptor> FindText(const model::Module& module, std::int64_t until_ms);

  // Called with modules whose symbols came when somebody had given up waiting for them, or had been told that
  // they are not there. From any thread; with an empty function it ends, and none is called any more when
  // this returns. It must not ask this object.
  using CameLate = std::function<void(const model::Module&)>;
  void TellWhatComesLate(CameLate came_late);

  // Removes the names of modules that no server has symbols of from the cache folder (CacheQuota). kTimeout
  // if what is being looked for now is not found, or given up, by `until_ms`.
  base::Status ForgetAbsences(std::int64_t until_ms);

  // Whether the symbols are here already.
  bool Has(const model::Module& module) { return FindKept(module).file != nullptr; }

  const UpstreamMetrics& metrics() const { return metrics_; }

 private:
  struct Found {
    std::shared_ptr<const symbols::SymbolFile> file;  // Null: there is none.
    std::uint64_t downloaded_bytes = 0;
  };
  // A module that somebody waits for.
  struct Job {
    model::Module module;
    bool is_done = false;
    bool is_late = false;  // Somebody waits no more.
    Found found;
  };

  explicit Upstreams(UpstreamsOptions options);
  symbols::SymbolFinderOptions FinderOptions();
  base::Result<os::FileDescriptor> Compile(int symbols_fd);
  base::Status Convert(const symbols::DebugFiles& files);
  Found Find(const model::Module& module, std::int64_t until_ms);
  Found FindKept(const model::Module& module);
  Found Await(const std::string& key, const model::Module& module, std::int64_t until_ms);
  void Work();
  Found Fetch(const model::Module& module);
  void NoteEvent(const symbols::FetchEvent& event);

  const UpstreamsOptions options_;
  const net::AddressGuard guard_;
  UpstreamMetrics metrics_;
  std::atomic<bool> cancelled_ = false;
  std::atomic<int> waiting_downloads_ = 0;
  std::mutex compile_mutex_;
  worker::WorkerProcess compiler_;  // GUARDED_BY(compile_mutex_)
  std::mutex convert_mutex_;        // Held while a debug file is read: each may take a worker's memory.
  symbols::CacheQuota quota_;
  std::atomic<std::int64_t> next_enforcement_ms_ = 0;
  std::unique_ptr<symbols::SymbolFinder> kept_;     // Looks into the cache folder alone.
  std::unique_ptr<symbols::SymbolFinder> servers_;  // And asks servers.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;  // GUARDED_BY(mutex_); by the module's key, until done.
  std::deque<std::shared_ptr<Job>> queue_;            // GUARDED_BY(mutex_)
  CameLate came_late_;                                // GUARDED_BY(mutex_), held while it is called.
  std::vector<std::thread> threads_;                  // Last: they use all of the above.
};

}  // namespace cairn::symbol_lookup
