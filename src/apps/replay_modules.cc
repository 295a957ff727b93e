#include "apps/replay_modules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "apps/replay_random.h"
#include "base/hex.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::array<std::string_view, 24> kModules = {
    "fennel",     "libcore.so",    "libnet.so",     "liblayout.so",  "libgfx.so",    "libscript.so",
    "libipc.so",  "libfonts.so",   "libmedia.so",   "libcodec.so",   "libstore.so",  "libsync.so",
    "libtext.so", "libevents.so",  "libplugins.so", "libsandbox.so", "libaudio.so",  "libinput.so",
    "libhttp.so", "libcrypto3.so", "libimages.so",  "libcache.so",   "libdriver.so", "libbase.so"};
constexpr std::array<std::string_view, 25> kClasses = {
    "Parser",  "Loader",   "Channel", "Buffer",  "Surface", "Session",  "Worker",    "Cursor", "Document",
    "Request", "Response", "Encoder", "Decoder", "Timer",   "Registry", "Scheduler", "Node",   "Window",
    "Stream",  "Region",   "Thread",  "Monitor", "Broker",  "Queue",    "Table"};
constexpr std::array<std::string_view, 5> kVerbs = {"Read", "Write", "Update", "Release", "Dispatch"};
constexpr std::array<std::string_view, 4> kNouns = {"Header", "Entry", "State", "Message"};
constexpr std::uint64_t kFirstFunction = 0x1000;
constexpr std::uint64_t kFunctionStep = 0x100;
constexpr std::uint32_t kFunctionBytes = 0xf0;
constexpr std::uint64_t kMadeUpSeed = 0x63616972;
constexpr std::size_t kGuidBytes = 16;

std::string NamespaceOf(std::string_view file) {
  std::string name(file.starts_with("lib") ? file.substr(3) : file);
  return name.substr(0, name.find('.'));
}

// The first 16 bytes of an ELF build id are a GUID, whose first three numbers are written big-endian.
std::string DebugIdOf(const std::vector<std::byte>& build_id) {
  std::vector<std::byte> guid(build_id.begin(), build_id.begin() + kGuidBytes);
  std::reverse(guid.begin(), guid.begin() + 4);
  std::reverse(guid.begin() + 4, guid.begin() + 6);
  std::reverse(guid.begin() + 6, guid.begin() + 8);
  std::string text = base::BytesToHex(guid);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text + "0";
}

ReplayModule MakeUp(std::string_view file, ReplayRandom& random) {
  ReplayModule module{.file = std::string(file)};
  for (int i = 0; i < 20; ++i) module.build_id.push_back(static_cast<std::byte>(random.Next() & 0xff));
  module.debug_id = DebugIdOf(module.build_id);
  std::uint64_t offset = kFirstFunction;
  for (const std::string_view name : kClasses) {
    for (const std::string_view verb : kVerbs) {
      for (const std::string_view noun : kNouns) {
        module.functions.push_back({offset, kFunctionBytes,
                                    NamespaceOf(file) + "::" + std::string(name) + "::" + std::string(verb) +
                                        std::string(noun) + "(unsigned int)"});
        offset += kFunctionStep;
      }
    }
  }
  module.bytes = (offset + 0xfff) & ~std::uint64_t{0xfff};
  return module;
}

std::string SymbolFileOf(const ReplayModule& module) {
  std::string build_id = base::BytesToHex(module.build_id);
  std::string text = "MODULE Linux x86_64 " + module.debug_id + " " + module.file + "\n" + "INFO CODE_ID " +
                     build_id + "\nFILE 0 /src/" + NamespaceOf(module.file) + "/main.cc\n";
  int line = 10;
  for (const ReplayFunction& function : module.functions) {
    const std::string offset = base::ToHex(function.offset);
    text += "FUNC " + offset + " " + base::ToHex(function.bytes) + " 0 " + function.name + "\n";
    text += offset + " " + base::ToHex(function.bytes / 2) + " " + std::to_string(line) + " 0\n";
    text += base::ToHex(function.offset + function.bytes / 2) + " " + base::ToHex(function.bytes / 2) + " " +
            std::to_string(line + 7) + " 0\n";
    line += 20;
  }
  for (const ReplayFunction& function : module.functions) {
    text += "STACK CFI INIT " + base::ToHex(function.offset) + " " + base::ToHex(function.bytes) +
            " .cfa: $rsp " + std::to_string(kMadeUpFrameBytes) + " + .ra: .cfa 8 - ^\n";
  }
  return text;
}

// The words of a line, the last of which has the rest of it.
std::vector<std::string_view> WordsOf(std::string_view line, std::size_t count) {
  std::vector<std::string_view> words;
  while (words.size() + 1 < count && line.find(' ') != std::string_view::npos) {
    words.push_back(line.substr(0, line.find(' ')));
    line.remove_prefix(line.find(' ') + 1);
  }
  words.push_back(line);
  return words;
}

std::optional<ReplayFunction> ReadFunction(std::string_view line) {
  line.remove_prefix(std::string_view("FUNC ").size());
  if (line.starts_with("m ")) line.remove_prefix(2);
  const std::vector<std::string_view> words = WordsOf(line, 4);
  if (words.size() != 4) return std::nullopt;
  const auto offset = base::ParseHex(words[0]);
  const auto bytes = base::ParseHex(words[1]);
  if (!offset || !bytes || *bytes < 2 || *bytes > UINT32_MAX || *offset > UINT32_MAX) return std::nullopt;
  return ReplayFunction{*offset, static_cast<std::uint32_t>(*bytes), std::string(words[3])};
}

base::Status ReadBelow(const std::string& folder, int depth, std::vector<ReplayModule>& modules) {
  constexpr int kDepthMax = 8;
  if (depth > kDepthMax) return {};
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder));
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    ASSIGN_OR_RETURN(const os::FileInfo info, os::Inspect(path));
    if (info.is_directory) RETURN_IF_ERROR(ReadBelow(path, depth + 1, modules));
    if (!info.is_regular || !name.ends_with(".sym")) continue;
    ASSIGN_OR_RETURN(const os::MappedFile file, os::MappedFile::Open(path));
    if (file.bytes().size() > kMaxReplaySymbolBytes) {
      return base::Error{base::Code::kLimitExceeded, kMaxReplaySymbolBytes, "symbol file"};
    }
    ASSIGN_OR_RETURN(ReplayModule module, ReadModuleOf(base::AsText(file.bytes())));
    if (!module.functions.empty()) modules.push_back(std::move(module));
  }
  return {};
}

}  // namespace

std::vector<ReplayModule> MadeUpModules() {
  ReplayRandom random(kMadeUpSeed);
  std::vector<ReplayModule> modules;
  for (const std::string_view file : kModules) modules.push_back(MakeUp(file, random));
  return modules;
}

base::Status WriteSymbolFiles(const std::vector<ReplayModule>& modules, const std::string& folder) {
  for (const ReplayModule& module : modules) {
    const std::string path = folder + "/" + module.file + "/" + module.debug_id;
    RETURN_IF_ERROR(os::MakeDirectories(path));
    RETURN_IF_ERROR(
        os::WriteFileDurably(path + "/" + module.file + ".sym", base::AsBytes(SymbolFileOf(module))));
  }
  return {};
}

base::Result<std::vector<ReplayModule>> ReadModulesOf(const std::string& folder) {
  std::vector<ReplayModule> modules;
  RETURN_IF_ERROR(ReadBelow(folder, 0, modules));
  if (modules.empty()) return base::Error{base::Code::kNotFound, 0, "symbol files with functions"};
  return modules;
}

base::Result<ReplayModule> ReadModuleOf(std::string_view symbol_file) {
  ReplayModule module;
  while (!symbol_file.empty()) {
    const std::size_t end = std::min(symbol_file.find('\n'), symbol_file.size());
    std::string_view line = symbol_file.substr(0, end);
    symbol_file.remove_prefix(std::min(end + 1, symbol_file.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (module.file.empty()) {
      const std::vector<std::string_view> words = WordsOf(line, 5);
      if (words.size() != 5 || words[0] != "MODULE" || words[3].size() < 2 * kGuidBytes || words[4].empty()) {
        return base::Error{base::Code::kBadMagic, 0, "symbol file"};
      }
      module.debug_id = std::string(words[3]);
      module.file = std::string(words[4]);
    } else if (line.starts_with("INFO CODE_ID ")) {
      if (auto id = base::HexToBytes(WordsOf(line, 4)[2])) module.build_id = *std::move(id);
    } else if (line.starts_with("FUNC ") && module.functions.size() < kMaxReplayFunctions) {
      std::optional<ReplayFunction> function = ReadFunction(line);
      if (!function) continue;
      module.bytes = std::max(module.bytes, function->offset + function->bytes);
      module.functions.push_back(*std::move(function));
    }
  }
  if (module.file.empty()) return base::Error{base::Code::kBadMagic, 0, "symbol file"};
  module.bytes = (module.bytes + 0xfff) & ~std::uint64_t{0xfff};
  return module;
}

}  // namespace cairn::apps
