#include "apps/symbols_upload_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

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
      if (std::filesystem::is_directory(path, error)) {
        Walk(path);
      } else {
        Look(path, true);
      }
    }
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
      AddBinary(path);
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

  void AddBinary(const std::string& path) {
    search_.working(path);
    const std::string folder = search_.made_folder + "/" + std::to_string(++made_);
    const base::Status ready = os::MakeDirectories(folder);
    if (!ready) return Complain(folder, ready.error());
    const base::Result<int> exit_code =
        os::RunProgram(search_.generator, {"--store", folder, path}, kGeneratorTimeoutMs);
    if (!exit_code) return Complain(search_.generator, exit_code.error());
    std::string key;
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
      const std::string made = entry.path().string();
      if (!made.ends_with(kTextExtension)) continue;
      const base::Result<os::MappedFile> text = os::MappedFile::Open(made);
      if (text) key = AddText(made, text->bytes());
    }
    if (key.empty()) {
      search_.complain(path + ": no symbols can be made of it: `cairn symbols gen` says why");
    } else if (search_.sends_binaries) {
      const std::string file_name = path.substr(path.rfind('/') + 1);
      found_.emplace(key.substr(0, key.rfind('/') + 1) + file_name, path);
    }
  }

  const SymbolSearch& search_;
  FilesToSend found_;
  int made_ = 0;
};

}  // namespace

FilesToSend FindFilesToSend(const SymbolSearch& search) { return Search(search).Find(); }

}  // namespace cairn::apps
