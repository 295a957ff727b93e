#include "symbols/symbol_finder.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <utility>

#include "formats/symfile/compile.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/lock_file.h"
#include "os/process.h"
#include "symbols/module_paths.h"

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;

// cairn-symgen takes a minute for the largest debug files of distributions.
constexpr std::int64_t kGenerateTimeout_ms = 600'000;

// Beside a download lies where it came from. Dumps' names make URLs long, but none is sent that is longer.
constexpr const char* kUrlEnding = ".url";
constexpr std::size_t kMaxUrlBytes = 1 << 16;

std::string Join(std::string folder, const std::string& name) { return folder.append("/").append(name); }

std::string DebuginfodPath(const std::string& build_id, const std::string& kind) {
  return std::string("buildid/").append(build_id).append("/").append(kind);
}

std::string FolderOf(const std::string& path) { return path.substr(0, path.find_last_of('/')); }

// ENOTDIR: where the path wants a folder there is a file.
bool IsAbsence(const Error& error) {
  return error.code == Code::kNotFound || (error.code == Code::kIo && error.offset == ENOTDIR);
}

// A file with bytes: what a dump names may be a device or a pipe, which must not be read.
std::optional<os::FileInfo> InspectRegular(const std::string& path) {
  const base::Result<os::FileInfo> info = os::Inspect(path);
  if (!info || info->is_directory || info->size == 0) return std::nullopt;
  return *info;
}

std::string GenerationOf(const os::FileInfo& info) {
  return std::to_string(info.size) + "-" + std::to_string(info.modified_ns);
}

// Ids are written in either case.
bool IsOf(const SymbolFile& file, const model::Module& module) {
  return std::ranges::equal(file.debug_id().text, module.debug_id.text, [](char left, char right) {
    return std::toupper(static_cast<unsigned char>(left)) == std::toupper(static_cast<unsigned char>(right));
  });
}

std::string TemporaryFolder(const SymbolFinderOptions& options) {
  if (!options.temporary_folder.empty()) return options.temporary_folder;
  if (!options.cache_folder.empty() && os::MakeDirectories(options.cache_folder)) return options.cache_folder;
  const char* const folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

}  // namespace

// A search that is under way, for those who come while it is.
struct SymbolFinder::Load {
  std::optional<base::Result<Found>> result;
  std::condition_variable done;
};

// What one search knows so far.
struct SymbolFinder::Search {
  const model::Module& module;
  const std::string& key;
  bool local_was_downloaded = false;  // The file that is at hand lies in the cache folder.
  Found found;
  Error reason{Code::kNotFound, 0, "symbols: in no symbol folder"};

  // A source that could not be asked hides nothing in the others, but then the file may be there all the
  // same.
  void Note(const Error& error) {
    if (!IsAbsence(error) && reason.code == Code::kNotFound) reason = error;
  }
};

SymbolFinder::SymbolFinder(SymbolFinderOptions options)
    : options_(std::move(options)),
      remote_({.absence_folder = options_.cache_folder,
               .temporary_folder = TemporaryFolder(options_),
               .timeout_ms = options_.download_timeout_ms,
               .max_bytes = symfile::kMaxSymbolFileBytes,
               .may_connect = options_.may_connect,
               .on_event = options_.on_event,
               .cancelled = options_.cancelled}),
      compiler_(options_.compile_elsewhere) {}

base::Result<std::unique_ptr<LoadedSymbols>> SymbolFinder::Find(const model::Module& module) {
  const std::string key = ModuleKey(module);
  if (key.empty()) return Error{Code::kNotFound, 0, "symbols: the module has no name or debug id"};
  ASSIGN_OR_RETURN(Found found, FindOnce(key, module));
  return std::make_unique<LoadedSymbols>(std::move(found.file), std::move(found.binary), std::move(found.url),
                                         found.downloaded_bytes);
}

SymbolFinderCounts SymbolFinder::counts() const {
  const CompilerCounts& compiler = compiler_.counts();
  SymbolFinderCounts counts{.cache_hits = compiler.cache_hits,
                            .compiles = compiler.compiles,
                            .texts = compiler.texts,
                            .unwritten_caches = compiler.unwritten_caches,
                            .downloads = remote_.counts().downloads};
  const std::lock_guard lock(mutex_);
  counts.shared = shared_;
  counts.absent = absent_ + compiler.absent;
  return counts;
}

base::Result<SymbolFinder::Found> SymbolFinder::FindOnce(const std::string& key,
                                                         const model::Module& module) {
  std::shared_ptr<Load> load;
  {
    std::unique_lock lock(mutex_);
    if (const auto under_way = loads_.find(key); under_way != loads_.end()) {
      load = under_way->second;
      ++shared_;
      load->done.wait(lock, [&] { return load->result.has_value(); });
      return *load->result;
    }
    if (const auto absence = absences_.Find(key, os::MonotonicMillis())) {
      ++absent_;
      return *absence;
    }
    load = std::make_shared<Load>();
    loads_[key] = load;
  }
  base::Result<Found> result = FindNow(key, module);
  if (!result && result.error().code == Code::kNotFound)
    absences_.Remember(key, result.error(), os::MonotonicMillis());
  const std::lock_guard lock(mutex_);
  load->result = result;
  load->done.notify_all();
  loads_.erase(key);
  return result;
}

base::Result<SymbolFinder::Found> SymbolFinder::FindNow(const std::string& key, const model::Module& module) {
  Search search{.module = module, .key = key};
  const std::optional<SymbolSource> local = LocateInFolders(search);
  if (local) {
    if (auto cached = compiler_.OpenCached(*local)) search.found.file = *std::move(cached);
  }
  std::optional<base::Result<os::LockFile>> lock;
  if (search.found.file == nullptr && !options_.cache_folder.empty() && (local || AsksBeyondFolders())) {
    const std::string path = Join(options_.cache_folder, key);
    // Without the lock the work is done twice, and comes out the same.
    if (os::MakeDirectories(FolderOf(path)))
      lock = os::LockFile::Wait(path + ".lock", options_.download_timeout_ms, options_.cancelled);
  }
  if (search.found.file == nullptr && local) Open(*local, search);
  if (search.local_was_downloaded) RecallUrl(search);
  if (search.found.file == nullptr) AskServers(search);
  ReadsBinaries() ? AskBinaries(search) : AskDebugFiles(search);
  if (search.found.file == nullptr && search.found.binary == nullptr) return search.reason;
  return search.found;
}

bool SymbolFinder::AsksBeyondFolders() const {
  return !options_.urls.empty() || !options_.debuginfod_urls.empty() || !options_.symstore_urls.empty() ||
         options_.use_local_binaries;
}

std::optional<SymbolSource> SymbolFinder::LocateInFolders(Search& search) const {
  const std::vector<std::string> paths = SymbolFilePaths(search.module);
  for (const std::string& folder : options_.folders) {
    for (const std::string& path : paths) {
      const base::Result<os::FileInfo> info = os::Inspect(Join(folder, path));
      if (!info) search.Note(info.error());
      if (info && !info->is_directory) return SourceOfFile(folder, path);
    }
  }
  if (options_.cache_folder.empty()) return std::nullopt;
  const std::optional<SymbolSource> kept = SourceOfFile(options_.cache_folder, search.key);
  search.local_was_downloaded = kept.has_value();
  return kept;
}

// Nothing if there is no such file.
std::optional<SymbolSource> SymbolFinder::SourceOfFile(const std::string& folder,
                                                       const std::string& relative_path) const {
  const std::string path = Join(folder, relative_path);
  const base::Result<os::FileInfo> info = os::Inspect(path);
  if (!info || info->is_directory) return std::nullopt;
  SymbolSource source = SymbolCompiler::MakeSource(options_.cache_folder, relative_path, GenerationOf(*info));
  source.key = path + ":" + source.key;
  source.open = [path] { return os::OpenForReading(path); };
  return source;
}

void SymbolFinder::Open(const SymbolSource& source, Search& search) {
  // Another process may have compiled it while this one waited.
  SymbolCompiler::Opened opened = compiler_.OpenCached(source);
  if (!opened) opened = compiler_.Compile(source);
  if (opened && !ReadsBinaries() && !IsOf(**opened, search.module)) {
    search.Note({Code::kBadValue, 0, "symbols: they are of another build"});
  } else if (opened) {
    search.found.file = *std::move(opened);
  } else {
    search.Note(opened.error());
  }
}

base::Result<os::TemporaryFile> SymbolFinder::Fetch(const std::string& server, const std::string& path,
                                                    const std::string& key, Search& search) {
  base::Result<os::TemporaryFile> fetched = remote_.Fetch(server, path, key);
  if (!fetched) search.Note(fetched.error());
  if (!fetched) return fetched;
  if (const auto info = os::Inspect(fetched->path())) search.found.downloaded_bytes += info->size;
  return fetched;
}

void SymbolFinder::AskServers(Search& search) {
  if (options_.urls.empty()) return;
  if (!options_.cache_folder.empty()) {
    // Another process may have downloaded it while this one waited.
    if (const auto kept = SourceOfFile(options_.cache_folder, search.key)) Open(*kept, search);
    RecallUrl(search);
  }
  const std::string path = SymbolUrlPath(search.module);
  for (const std::string& url : options_.urls) {
    if (search.found.file != nullptr) return;
    base::Result<os::TemporaryFile> fetched = Fetch(url, path, search.key, search);
    if (!fetched) continue;
    const base::Result<LocalFile> file = Keep(*std::move(fetched), search.key);
    if (!file) {
      search.Note(file.error());
      continue;
    }
    const std::size_t slash = file->path.size() - search.key.size() - 1;
    const bool kept = !file->temporary;
    SymbolSource source;
    if (kept) {
      const auto located = SourceOfFile(file->path.substr(0, slash), search.key);
      if (!located) continue;
      source = *located;
    } else {
      source.key = file->path;
      source.open = [&] { return os::OpenForReading(file->path); };
    }
    Open(source, search);
    if (search.found.file != nullptr) {
      search.found.url = RemoteFiles::ShownUrl(url, path);
      // Without it the next walk only can not say where the file came from.
      if (kept) (void)os::WriteFileDurably(file->path + kUrlEnding, base::AsBytes(search.found.url));
      return;
    }
    remote_.RememberUnreadable(url, search.key);
    if (kept) (void)os::RemoveFile(file->path);
  }
}

// Of a file that an earlier search downloaded.
void SymbolFinder::RecallUrl(Search& search) const {
  if (search.found.file == nullptr) return;
  const base::Result<std::string> url =
      os::ReadFile(Join(options_.cache_folder, search.key) + kUrlEnding, kMaxUrlBytes);
  if (url) search.found.url = *url;
}

// What servers of debug files have, made into a symbol file without a look into it.
void SymbolFinder::AskDebugFiles(Search& search) {
  if (search.found.file != nullptr || !options_.convert_elsewhere) return;
  if (!options_.debuginfod_urls.empty()) {
    // What would be made of a program alone would stay when its debug information comes.
    const std::optional<LocalFile> debug_file = FetchDebuginfod("debuginfo", search);
    const std::optional<LocalFile> executable =
        debug_file ? FetchDebuginfod("executable", search) : std::nullopt;
    if (executable) ConvertFrom(*executable, &*debug_file, search);
    if (!executable && debug_file) ConvertFrom(*debug_file, nullptr, search);
  }
  if (search.found.file != nullptr || options_.symstore_urls.empty()) return;
  if (const std::optional<LocalFile> pdb = FetchPdb(search)) ConvertFrom(*pdb, nullptr, search);
}

// The symbol file takes the place of the files that it is made of, as if it had been downloaded itself.
void SymbolFinder::ConvertFrom(const LocalFile& file, const LocalFile* debug_file, Search& search) {
  const auto convert = [&]() -> base::Result<SymbolSource> {
    ASSIGN_OR_RETURN(os::TemporaryFile text,
                     os::TemporaryFile::Create(TemporaryFolder(options_), "converted"));
    ASSIGN_OR_RETURN(const os::FileDescriptor file_fd, os::OpenForReading(file.path));
    os::FileDescriptor debug_fd;
    if (debug_file != nullptr) {
      ASSIGN_OR_RETURN(debug_fd, os::OpenForReading(debug_file->path));
    }
    RETURN_IF_ERROR(
        options_.convert_elsewhere({.name = std::string(model::BaseName(search.module.debug_file)),
                                    .file = file_fd.get(),
                                    .debug_file = debug_fd.get(),
                                    .text = text.fd()}));
    RETURN_IF_ERROR(text.RenameTo(Join(options_.cache_folder, search.key)));
    std::optional<SymbolSource> source = SourceOfFile(options_.cache_folder, search.key);
    if (!source) return Error{Code::kIo, 0, "symbols: a file could not be kept"};
    return *std::move(source);
  };
  const base::Result<SymbolSource> source = convert();
  if (source) Open(*source, search);
  if (!source) search.Note(source.error());
  const bool is_made = search.found.file != nullptr;
  if (source && !is_made) (void)os::RemoveFile(Join(options_.cache_folder, search.key));
  const bool is_unreadable = !is_made && (source || source.error().code == Code::kUnsupported);
  if (!is_made && !is_unreadable) return;  // The next search goes on with what was downloaded.
  Discard(file, is_unreadable);
  if (debug_file != nullptr) Discard(*debug_file, is_unreadable);
}

void SymbolFinder::Discard(const LocalFile& file, bool is_unreadable) {
  if (is_unreadable && !file.server.empty()) remote_.RememberUnreadable(file.server, file.key);
  (void)os::RemoveFile(file.path);  // One that stays only takes up space.
}

bool SymbolFinder::WasAbsent(const model::Module& module) const {
  std::vector<std::string> keys = {ModuleKey(module)};
  if (const std::string id = BuildId(module); !id.empty()) {
    for (const char* const kind : {"debuginfo", "executable"})
      keys.push_back("debuginfod/" + DebuginfodPath(id, kind));
  }
  if (const std::string path = PdbPath(module); !path.empty()) keys.push_back("symstore/" + path);
  return std::ranges::any_of(keys, [this](const std::string& key) { return remote_.WasAbsent(key); });
}

// Names and unwind tables of binaries: debuginfod's, and this machine's.
void SymbolFinder::AskBinaries(Search& search) {
  for (const std::string& folder : options_.folders) {
    for (const std::string& path : BinaryPaths(search.module)) {
      if (search.found.binary != nullptr || !InspectRegular(Join(folder, path))) continue;
      if (auto binary = BinaryFile::Open(Join(folder, path), search.module)) search.found.binary = *binary;
    }
  }
  std::string binary_path;
  const std::string& code_file = search.module.code_file;
  if (options_.use_local_binaries && code_file.starts_with('/') && InspectRegular(code_file) &&
      IsBuildOf(code_file, search.module)) {
    binary_path = code_file;
  }
  std::optional<LocalFile> debug_file;
  std::optional<LocalFile> executable;  // Kept until it is mapped and read.
  if (search.found.file == nullptr && !options_.debuginfod_urls.empty()) {
    debug_file = FetchDebuginfod("debuginfo", search);
    if (binary_path.empty()) executable = FetchDebuginfod("executable", search);
    if (executable) binary_path = executable->path;
  }
  if (search.found.file == nullptr && search.found.binary == nullptr) {
    if (const auto fetched = FetchWindowsBinary(search)) {
      if (auto binary = BinaryFile::Open(fetched->path, search.module))
        search.found.binary = *std::move(binary);
    }
  }
  if (search.found.file == nullptr) GenerateFrom(binary_path, debug_file ? debug_file->path : "", search);
  if (search.found.binary == nullptr && !binary_path.empty()) {
    if (auto binary = BinaryFile::Open(binary_path, search.module)) search.found.binary = *std::move(binary);
  }
}

// Makes a symbol file of the two, of which one may be missing.
void SymbolFinder::GenerateFrom(const std::string& binary, const std::string& debug_file, Search& search) {
  const std::string& main_file = binary.empty() ? debug_file : binary;
  const std::optional<os::FileInfo> info = InspectRegular(main_file);
  if (main_file.empty() || !info || !InspectRegular(options_.symgen_program)) return;
  std::string generation = GenerationOf(*info);
  if (const auto debug_info = InspectRegular(debug_file)) generation += "-" + GenerationOf(*debug_info);
  SymbolSource source =
      SymbolCompiler::MakeSource(options_.cache_folder, search.key + ".generated", generation);
  source.key = main_file + ":" + source.key;
  source.open = [&]() -> base::Result<os::FileDescriptor> {
    ASSIGN_OR_RETURN(const os::TemporaryFile output,
                     os::TemporaryFile::Create(TemporaryFolder(options_), "generated"));
    std::vector<std::string> words = {"--output", output.path(), "--name",
                                      std::string(model::BaseName(search.module.debug_file))};
    if (!binary.empty() && !debug_file.empty()) words.insert(words.end(), {"--debug-file", debug_file});
    words.push_back(main_file);
    ASSIGN_OR_RETURN(const int exit_code,
                     os::RunProgram(options_.symgen_program, words, kGenerateTimeout_ms, options_.cancelled));
    if (exit_code != 0) return Error{Code::kUnsupported, 0, "symbols: what cairn-symgen was given"};
    return os::OpenForReading(output.path());
  };
  Open(source, search);
}

std::optional<SymbolFinder::LocalFile> SymbolFinder::FetchDebuginfod(const std::string& kind,
                                                                     Search& search) {
  const std::string id = BuildId(search.module);
  if (id.empty()) return std::nullopt;
  const std::string path = DebuginfodPath(id, kind);
  return FetchBinary(options_.debuginfod_urls, path, "debuginfod/" + path, search);
}

// A file of the module's build from the first server that has it, or as it was kept.
std::optional<SymbolFinder::LocalFile> SymbolFinder::FetchBinary(const std::vector<std::string>& servers,
                                                                 const std::string& url_path,
                                                                 const std::string& key, Search& search) {
  const std::string kept = Join(options_.cache_folder, key);
  if (!options_.cache_folder.empty() && InspectRegular(kept)) return LocalFile{.path = kept, .key = key};
  for (const std::string& server : servers) {
    base::Result<os::TemporaryFile> fetched = Fetch(server, url_path, key, search);
    if (!fetched) continue;
    if (ReadsBinaries() && !IsBuildOf(fetched->path(), search.module)) {
      remote_.RememberUnreadable(server, key);
      search.Note({Code::kBadMagic, 0, "symbols: the binary that a server sent"});
      continue;
    }
    base::Result<LocalFile> file = Keep(*std::move(fetched), key);
    if (file) file->server = server;
    if (file) return *std::move(file);
    search.Note(file.error());
  }
  return std::nullopt;
}

// Where no symbol file is, a program of Windows can be unwound by its own tables; symbol servers have it by
// its code id.
std::optional<SymbolFinder::LocalFile> SymbolFinder::FetchWindowsBinary(Search& search) {
  const std::vector<std::string> paths = BinaryPaths(search.module);
  if (paths.empty() || !IsWindowsName(search.module.code_file)) return std::nullopt;
  return FetchBinary(options_.urls, EscapePath(paths.front()), "binaries/" + paths.front(), search);
}

std::optional<SymbolFinder::LocalFile> SymbolFinder::FetchPdb(Search& search) {
  const std::string path = PdbPath(search.module);
  if (path.empty()) return std::nullopt;
  return FetchBinary(options_.symstore_urls, EscapePath(path), "symstore/" + path, search);
}

// Moves a download to where it is kept under `key`; where nothing is kept, or the folder does not take it, it
// lives as long as the answer.
base::Result<SymbolFinder::LocalFile> SymbolFinder::Keep(os::TemporaryFile file,
                                                         const std::string& key) const {
  const std::string path = Join(options_.cache_folder, key);
  if (!options_.cache_folder.empty() && os::MakeDirectories(FolderOf(path)) && file.RenameTo(path))
    return LocalFile{.path = path, .temporary = std::nullopt, .key = key};
  std::string temporary_path = file.path();
  return LocalFile{.path = std::move(temporary_path), .temporary = std::move(file), .key = key};
}

}  // namespace cairn::symbols
