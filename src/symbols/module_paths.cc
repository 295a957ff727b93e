#include "symbols/module_paths.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/hex.h"
#include "formats/symfile/symbol_path.h"
#include "net/http_client.h"

namespace cairn::symbols {
namespace {

// What file systems hold.
constexpr std::size_t kMaxNameBytes = 255;
// A build id of 64 bytes, the longest that is read.
constexpr std::size_t kMaxCodeIdDigits = 128;
// The timestamp in a code id of Windows; the size of the image follows.
constexpr std::size_t kTimestampDigits = 8;

char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char UpperCase(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), LowerCase);
  return text;
}

std::string Upper(std::string text) {
  std::ranges::transform(text, text.begin(), UpperCase);
  return text;
}

bool IsHex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const char lower = LowerCase(c);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
  });
}

// The code file's base name, if it and the code id may be parts of a path; else empty.
std::string CodeName(const model::Module& module) {
  const std::string_view name = model::BaseName(module.code_file);
  const bool printable =
      std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  const bool is_name =
      !name.empty() && name.size() <= kMaxNameBytes && name != "." && name != ".." && printable;
  const bool is_id =
      !module.code_id.empty() && module.code_id.size() <= kMaxCodeIdDigits && IsHex(module.code_id);
  return is_name && is_id ? std::string(name) : std::string();
}

// Microsoft's tools write the timestamp in upper case and the size in lower.
std::string MicrosoftCodeId(const std::string& id) {
  if (id.size() <= kTimestampDigits) return Upper(id);
  return Upper(id.substr(0, kTimestampDigits)) + Lower(id.substr(kTimestampDigits));
}

// "xul.dll" -> "xul.sym", "libxul.so" -> "libxul.so.sym".
std::string SymbolFileName(const std::string& code_name) {
  const std::string lower = Lower(code_name);
  for (const std::string_view ending : {".dll", ".exe"}) {
    if (lower.size() > ending.size() && lower.ends_with(ending))
      return code_name.substr(0, code_name.size() - ending.size()) + ".sym";
  }
  return code_name + ".sym";
}

std::string Join(const std::string& name, const std::string& id, const std::string& file) {
  return std::string(name).append("/").append(id).append("/").append(file);
}

std::string PathByCodeId(const model::Module& module) {
  const std::string name = CodeName(module);
  return name.empty() ? std::string() : Join(name, Upper(module.code_id), SymbolFileName(name));
}

void AddOnce(std::vector<std::string>& paths, std::string path) {
  if (!path.empty() && std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
}

// Dumps and symbol files may write the age in either case; the GUID before it is upper-case in both.
std::string WithLowerCaseAge(const std::string& id) {
  constexpr std::size_t kGuidDigits = 32;
  if (id.size() <= kGuidDigits) return id;
  return id.substr(0, kGuidDigits) + Lower(id.substr(kGuidDigits));
}

}  // namespace

std::string ModuleKey(const model::Module& module) {
  std::string path = symfile::SymbolPath(module);
  return path.empty() ? PathByCodeId(module) : path;
}

std::vector<std::string> SymbolFilePaths(const model::Module& module) {
  std::vector<std::string> paths;
  AddOnce(paths, symfile::SymbolPath(module));
  const std::string own_name(
      model::BaseName(module.debug_file.empty() ? module.code_file : module.debug_file));
  std::vector<std::string> names = {own_name};
  if (IsWindowsName(own_name)) names = {own_name, Lower(own_name), Upper(own_name)};
  const std::string& own_id = module.debug_id.text;
  model::Module other = module;
  for (const std::string& name : names) {
    other.debug_file = name;
    for (const std::string& id : {own_id, WithLowerCaseAge(own_id), Upper(own_id), Lower(own_id)}) {
      other.debug_id.text = id;
      AddOnce(paths, symfile::SymbolPath(other));
    }
  }
  const std::string name = CodeName(module);
  if (name.empty()) return paths;
  for (const std::string& id :
       {Upper(module.code_id), Lower(module.code_id), MicrosoftCodeId(module.code_id)}) {
    AddOnce(paths, Join(name, id, SymbolFileName(name)));
    AddOnce(paths, Join(name, id, name + ".sym"));
    AddOnce(paths, Join(Lower(name), id, SymbolFileName(Lower(name))));
  }
  return paths;
}

std::vector<std::string> BinaryPaths(const model::Module& module) {
  std::vector<std::string> paths;
  const std::string name = CodeName(module);
  if (name.empty()) return paths;
  for (const std::string& id :
       {MicrosoftCodeId(module.code_id), Upper(module.code_id), Lower(module.code_id)}) {
    AddOnce(paths, Join(name, id, name));
    AddOnce(paths, Join(Lower(name), id, Lower(name)));
  }
  return paths;
}

std::string PdbPath(const model::Module& module) {
  const std::string symbols = symfile::SymbolPath(module);
  const std::string name(model::BaseName(module.debug_file));
  if (symbols.empty() || !Lower(name).ends_with(".pdb")) return {};
  return symbols.substr(0, symbols.rfind('/') + 1) + name;
}

std::string SymbolUrlPath(const model::Module& module) {
  std::string path = EscapePath(ModuleKey(module));
  if (path.empty()) return path;
  char separator = '?';
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    path += separator;
    path.append(name).append("=").append(net::EscapeUrlPart(value));
    separator = '&';
  };
  add("code_file", model::BaseName(module.code_file));
  add("code_id", Upper(module.code_id));
  return path;
}

bool IsWindowsName(const std::string& name) {
  const std::string lower = Lower(name);
  return std::ranges::any_of(std::array<std::string_view, 5>{".pdb", ".dll", ".exe", ".sys", ".ocx"},
                             [&](std::string_view ending) { return lower.ends_with(ending); });
}

std::string EscapePath(const std::string& path) {
  std::string escaped;
  std::size_t start = 0;
  while (start <= path.size() && !path.empty()) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    if (start != 0) escaped += '/';
    escaped += net::EscapeUrlPart(std::string_view(path).substr(start, end - start));
    start = end + 1;
  }
  return escaped;
}

std::string BuildId(const model::Module& module) {
  const auto bytes = base::HexToBytes(module.code_id);
  if (!bytes || bytes->empty() || model::DebugIdFromBuildId(*bytes) != module.debug_id) return {};
  return Lower(module.code_id);
}

}  // namespace cairn::symbols
