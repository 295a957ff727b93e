// SymbolFinder finds a module's symbols and gives them back ready for lookups. It is the only fetcher:
// whoever wants symbols asks it.
//
// It asks in this order, and the first symbol file that can be read wins: folders; the cache folder, which
// also takes what is downloaded; symbol servers of Breakpad's layout; debuginfod servers; the binary that
// lies on this machine. Symbol files of the last two are made by cairn-symgen: a plain child with a time
// limit, or elsewhere (ConvertElsewhere), where it must not be trusted with what servers send. Unwind rows
// that a symbol file lacks come of the binary, where there is one.
//
// Any number of threads may call Find at once; those that want the same module share one search, one download
// and one compile. So do processes that share a cache folder: they wait for each other at KEY.lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/module.h"
#include "os/temporary_file.h"
#include "symbols/absence_cache.h"
#include "symbols/loaded_symbols.h"
#include "symbols/remote_files.h"
#include "symbols/symbol_compiler.h"

namespace cairn::symbols {

// A module's debug files, open, and where its symbol file goes.
struct DebugFiles {
  std::string name;     // What dumps call the module.
  int file = -1;        // Where the code is, if there are two.
  int debug_file = -1;  // -1: the file holds the debug information itself.
  int text = -1;        // Empty.
};
// Makes the symbol file, elsewhere than in this process. kUnsupported: none can be made. Any other error is
// of this machine, and may pass.
using ConvertElsewhere = std::function<base::Status(const DebugFiles& files)>;

struct SymbolFinderOptions {
  std::vector<std::string> folders;
  std::string cache_folder;       // Made when needed. Empty: nothing is kept, and texts are read as they are.
  std::vector<std::string> urls;  // Symbol servers.
  std::vector<std::string> debuginfod_urls;
  std::vector<std::string>
      symstore_urls;  // Of Microsoft's layout: PDB files, of which cairn-symgen makes symbols.
  bool use_local_binaries =
      false;                     // Files that the dump names, if they are on this machine and the same build.
  std::string symgen_program;    // The path of cairn-symgen. Empty or not there: no names of binaries.
  std::string temporary_folder;  // For unfinished downloads. Empty: the cache folder, else $TMPDIR.
  int download_timeout_ms = 1'000'000;
  std::function<bool(std::string_view ip_address)> may_connect;  // Empty: to every address.
  std::function<void(const FetchEvent&)> on_event;  // Called by any thread that fetches; may be empty.
  const std::atomic<bool>* cancelled = nullptr;     // Makes downloads and waits end early; may be null.
  // Who compiles symbol files, where this process must read none that others wrote. Then it reads no binaries
  // either, keeps everything in the cache folder, which there must be, and takes symbols of no other build.
  CompileElsewhere compile_elsewhere;
  // Who makes symbol files of debug files then. Empty: no server is asked for debug files.
  ConvertElsewhere convert_elsewhere;
};

struct SymbolFinderCounts {
  std::uint64_t cache_hits = 0;  // A compiled cache was there.
  std::uint64_t compiles = 0;
  std::uint64_t texts = 0;             // Read without compiling.
  std::uint64_t shared = 0;            // Waited for what another caller was searching.
  std::uint64_t absent = 0;            // Answered by the memory of what is not there.
  std::uint64_t unwritten_caches = 0;  // The cache folder did not take them.
  std::uint64_t downloads = 0;
};

class SymbolFinder {
 public:
  explicit SymbolFinder(SymbolFinderOptions options);

  // kNotFound: nobody has symbols, or the module has no name or id to look for. Other codes: there may be
  // symbols, but a source could not be asked, or what it has can not be read.
  base::Result<std::unique_ptr<LoadedSymbols>> Find(const model::Module& module);

  // Whether a server that was asked for the module's symbols gave none, sometime: then somebody had to do
  // without.
  bool WasAbsent(const model::Module& module) const;

  SymbolFinderCounts counts() const;

 private:
  struct Found {
    std::shared_ptr<const SymbolFile> file;
    std::shared_ptr<const BinaryFile> binary;
    std::string url;  // Where the file was downloaded from.
    std::uint64_t downloaded_bytes = 0;
  };
  // A file by its path, and the file itself where nothing else keeps it.
  struct LocalFile {
    std::string path;
    std::optional<os::TemporaryFile> temporary;
    std::string server = {};  // Where it was downloaded from now; empty: it was kept.
    std::string key = {};     // What it is kept under.
  };
  struct Load;
  struct Search;

  base::Result<Found> FindOnce(const std::string& key, const model::Module& module);
  base::Result<Found> FindNow(const std::string& key, const model::Module& module);
  bool AsksBeyondFolders() const;
  bool ReadsBinaries() const { return !options_.compile_elsewhere; }
  std::optional<SymbolSource> LocateInFolders(Search& search) const;
  std::optional<SymbolSource> SourceOfFile(const std::string& folder, const std::string& relative_path) const;
  void Open(const SymbolSource& source, Search& search);
  base::Result<os::TemporaryFile> Fetch(const std::string& server, const std::string& path,
                                        const std::string& key, Search& search);
  void AskServers(Search& search);
  void RecallUrl(Search& search) const;
  void AskBinaries(Search& search);
  void AskDebugFiles(Search& search);
  void ConvertFrom(const LocalFile& file, const LocalFile* debug_file, Search& search);
  void Discard(const LocalFile& file, bool is_unreadable);
  void GenerateFrom(const std::string& binary, const std::string& debug_file, Search& search);
  std::optional<LocalFile> FetchDebuginfod(const std::string& kind, Search& search);
  std::optional<LocalFile> FetchWindowsBinary(Search& search);
  std::optional<LocalFile> FetchPdb(Search& search);
  std::optional<LocalFile> FetchBinary(const std::vector<std::string>& servers, const std::string& url_path,
                                       const std::string& key, Search& search);
  base::Result<LocalFile> Keep(os::TemporaryFile file, const std::string& key) const;

  const SymbolFinderOptions options_;
  RemoteFiles remote_;
  SymbolCompiler compiler_;
  AbsenceCache absences_;

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Load>> loads_;  // GUARDED_BY(mutex_)
  std::uint64_t shared_ = 0;                            // GUARDED_BY(mutex_)
  std::uint64_t absent_ = 0;                            // GUARDED_BY(mutex_)
};

}  // namespace cairn::symbols
