#include "apps/symbols_upload_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include "base/lines.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/symbol_path.h"
#include "model/module.h"
#include "os/file.h"
#include "os/process.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kTextExtension = ".sym";
constexpr std::int64_t kGeneratorTimeoutMs = 60 * 60 * 1000;

constexpr std::array<std::string_view, 8> kBinaryMagic = {
    std::string_view("Microsoft C/C++ MSF 7.00"),  // PDB
    std::string_view("MZ"),                        // PE
    std::string_view("\xfe\xed\xfa\xce", 4),
    std::string_view("\xfe\xed\xfa\xcf", 4),  // Mach-O, both byte orders,
    std::string_view("\xce\xfa\xed\xfe", 4),
    std::string_view("\xcf\xfa\xed\xfe", 4),          // of 32 and 64 bits,
    std::string_view("\xca\xfe\xba\xbe\x00\x00", 6),  // and of several CPUs.
    std::string_view("\xbf\xba\xfe\xca", 4)};

// Programs, libraries and their debug files; not what a linker takes, of which a build folder is full.
bool IsLinkedElf(std::string_view start) {
  constexpr std::size_t kTypeOffset = 16;  // e_type, gABI figure 4-3.
  constexpr char kExecutable = 2;
  constexpr char kShared = 3;
  return start.starts_with(
             "\x7f"
             "ELF") &&
         start.size() > kTypeOffset && (start[kTypeOffset] == kExecutable || start[kTypeOffset] == kShared);
}

bool IsBinary(std::string_view start) {
  return IsLinkedElf(start) || std::ranges::any_of(kBinaryMagic, [start](std::string_view magic) {
           return start.starts_with(magic);
         });
}

class Search {
 public:
  explicit Search(const SymbolSearch& search) : search_(search) {}

  FilesToSend Find() {
    for (const std::string& path : search_.paths) {
      std::error_code error;
      const std::size_t binaries = binaries_.size();
      if (std::filesystem::is_directory(path, error)) {
        Walk(path);
      } else {
        Look(path, true);
      }
      if (binaries_.size() != binaries) with_binaries_.push_back(path);
    }
    if (!binaries_.empty()) MakeSymbols();
    return std::move(found_);
  }

 private:
  void Complain(const std::string& path, const base::Error& error) const {
    search_.complain(path + ": " + base::Describe(error));
  }

  void Walk(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    std::filesystem::recursive_directory_iterator entries(
        folder, std::filesystem::directory_options::skip_permission_denied, error);
    for (; !error && entries != std::filesystem::recursive_directory_iterator(); entries.increment(error)) {
      std::error_code gone;
      if (entries->is_regular_file(gone)) files.push_back(entries->path().string());
    }
    if (error) search_.complain(folder + ": " + error.message());
    std::ranges::sort(files);  // So that the same folder is sent in the same order.
    for (const std::string& file : files) Look(file, false);
  }

  // A file that was named must be of use; of those in a folder others are left alone.
  void Look(const std::string& path, bool is_named) {
    const base::Result<os::MappedFile> file = os::MappedFile::Open(path);
    if (!file) return Complain(path, file.error());
    constexpr std::size_t kStartBytes = 64;
    const base::Bytes bytes = file->bytes();
    if (path.ends_with(kTextExtension)) {
      AddText(path, bytes);
    } else if (IsBinary(base::AsText(bytes.first(std::min(bytes.size(), kStartBytes))))) {
      binaries_.insert(path);
    } else if (is_named) {
      search_.complain(path + ": neither a symbol file nor a binary");
    }
  }

  // "name/ID/name.sym", as the file itself says; empty: it was complained of.
  std::string AddText(const std::string& path, base::Bytes bytes) {
    const base::Result<symfile::SymbolFileHeader> header = symfile::ReadSymbolFileHeader(bytes);
    if (!header) {
      Complain(path, header.error());
      return {};
    }
    model::Module module;
    module.debug_file = header->debug_file;
    module.debug_id = header->debug_id;
    std::string key = symfile::SymbolPath(module);
    if (key.empty()) {
      search_.complain(path + ": its MODULE line has no name or id under which it could be found");
      return {};
    }
    const auto [known, is_new] = found_.emplace(key, path);
    if (!is_new && known->second != path)
      search_.complain(path + ": left out: " + known->second + " is of the same module");
    return key;
  }

  // Of all binaries in one go: cairn-symgen puts debug files, PDBs among them, to the binaries of their
  // build.
  void MakeSymbols() {
    search_.working(binaries_.size() == 1 ? *binaries_.begin()
                                          : std::to_string(binaries_.size()) + " binaries");
    const std::string list = search_.made_folder + "/sources";
    std::vector<std::string> arguments = {"--store", search_.made_folder, "--sources", list, "--"};
    arguments.insert(arguments.end(), with_binaries_.begin(), with_binaries_.end());
    const auto timeout_ms = kGeneratorTimeoutMs * static_cast<std::int64_t>(binaries_.size());
    const base::Status ready = os::MakeDirectories(search_.made_folder);
    if (!ready) return Complain(search_.made_folder, ready.error());
    const base::Result<int> exit_code = os::RunProgram(search_.generator, arguments, timeout_ms);
    if (!exit_code) return Complain(search_.generator, exit_code.error());
    const base::Result<os::MappedFile> sources = os::MappedFile::Open(list);
    if (!sources) return Complain(list, sources.error());
    for (const std::string& line : base::SplitLines(base::AsText(sources->bytes()))) TakeSource(line);
  }

  // "<symbol file>\t<binary>\t<debug file>"
  void TakeSource(const std::string& line) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', std::min(first, line.size() - 1) + 1);
    if (second == std::string::npos) return;  // A path with a line break.
    const std::string made = line.substr(0, first);
    const std::string binary = line.substr(first + 1, second - first - 1);
    const std::string debug_file = line.substr(second + 1);
    if (made.empty()) {
      return search_.complain(binary + ": no symbols can be made of it: `cairn symbols gen` says why");
    }
    const base::Result<os::MappedFile> text = os::MappedFile::Open(made);
    if (!text) return Complain(made, text.error());
    const std::string key = AddText(made, text->bytes());
    if (key.empty() || !search_.sends_binaries) return;
    for (const std::string& path : {binary, debug_file}) {
      if (binaries_.contains(path))
        found_.emplace(key.substr(0, key.rfind('/') + 1) + path.substr(path.rfind('/') + 1), path);
    }
  }

  const SymbolSearch& search_;
  FilesToSend found_;
  std::set<std::string> binaries_;
  std::vector<std::string> with_binaries_;  // Of the paths that were given.
};

}  // namespace

FilesToSend FindFilesToSend(const SymbolSearch& search) { return Search(search).Find(); }

}  // namespace cairn::apps
