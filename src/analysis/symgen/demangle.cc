#include "analysis/symgen/demangle.h"

#include <llvm/Demangle/Demangle.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/hex.h"

namespace cairn::symgen {
namespace {

// Rust's legacy mangling is Itanium's with a hash as the last part: "core::fmt::h0123456789abcdef".
constexpr std::size_t kRustHashDigits = 16;
constexpr std::string_view kRustHashMark = "::h";

bool EndsInRustHash(std::string_view name) {
  const std::size_t tail = kRustHashMark.size() + kRustHashDigits;
  if (name.size() <= tail) return false;
  const std::string_view digits = name.substr(name.size() - kRustHashDigits);
  return name.substr(name.size() - tail).starts_with(kRustHashMark) &&
         std::ranges::all_of(digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// "LT" to "<", "u7b" to "{"; the table is that of rustc's legacy mangler.
std::optional<std::string> RustEscape(std::string_view name) {
  struct Row {
    std::string_view name;
    std::string_view text;
  };
  static constexpr std::array kRows = {Row{"SP", "@"}, Row{"BP", "*"}, Row{"RF", "&"}, Row{"LT", "<"},
                                       Row{"GT", ">"}, Row{"LP", "("}, Row{"RP", ")"}, Row{"C", ","}};
  for (const Row& row : kRows) {
    if (row.name == name) return std::string(row.text);
  }
  if (!name.starts_with('u')) return std::nullopt;
  const std::optional<std::uint64_t> code = base::ParseHex(name.substr(1));
  if (!code || *code < 0x20 || *code > 0x7e) return std::nullopt;
  return std::string(1, static_cast<char>(*code));
}

std::string DecodeLegacyRust(std::string_view name) {
  name.remove_suffix(kRustHashMark.size() + kRustHashDigits);
  std::string text;
  bool part_starts = true;
  while (!name.empty()) {
    if (part_starts && name.starts_with("_$"))
      name.remove_prefix(1);  // Keeps a part from starting with an escape.
    part_starts = false;
    const std::size_t end = name.starts_with('$') ? name.find('$', 1) : std::string_view::npos;
    if (end != std::string_view::npos) {
      if (const auto escape = RustEscape(name.substr(1, end - 1))) {
        text += *escape;
        name.remove_prefix(end + 1);
        continue;
      }
    }
    if (name.starts_with("..") || name.starts_with("::")) {
      text += "::";
      part_starts = name.starts_with("::");
      name.remove_prefix(2);
      continue;
    }
    text += name.front();
    name.remove_prefix(1);
  }
  return text;
}

// LLVM writes "f(int) (.cold)".
std::string RenameCloneSuffix(std::string name) {
  const std::size_t start = name.rfind(" (.");
  if (start == std::string::npos || !name.ends_with(')')) return name;
  const std::string suffix = name.substr(start + 2, name.size() - start - 3);
  // GNU tools give each part brackets of its own, a number stays with the word before it: ".isra.0" ".cold".
  std::string text = name.substr(0, start);
  std::size_t begin = 0;
  while (begin < suffix.size()) {
    std::size_t end = suffix.find('.', begin + 1);
    while (end != std::string::npos && end + 1 < suffix.size() && suffix[end + 1] >= '0' &&
           suffix[end + 1] <= '9') {
      end = suffix.find('.', end + 1);
    }
    if (end == std::string::npos) end = suffix.size();
    text += " [clone " + suffix.substr(begin, end - begin) + "]";
    begin = end;
  }
  return text;
}

// "space::f(int)", as other systems' names are: without "public: void __cdecl".
std::string DemangleMicrosoft(std::string_view linkage_name) {
  constexpr auto kFlags =
      static_cast<llvm::MSDemangleFlags>(llvm::MSDF_NoAccessSpecifier | llvm::MSDF_NoCallingConvention |
                                         llvm::MSDF_NoReturnType | llvm::MSDF_NoMemberType);
  const std::unique_ptr<char, decltype(&std::free)> text(
      llvm::microsoftDemangle(linkage_name, nullptr, nullptr, kFlags), &std::free);
  return text ? text.get() : std::string(linkage_name);
}

}  // namespace

std::string Demangle(std::string_view linkage_name) {
  if (linkage_name.starts_with('?')) return DemangleMicrosoft(linkage_name);
  // A name that no demangler knows comes back as it is.
  std::string name = llvm::demangle(linkage_name);
  if (name == linkage_name) return name;
  if (EndsInRustHash(name)) return DecodeLegacyRust(name);
  return RenameCloneSuffix(std::move(name));
}

}  // namespace cairn::symgen
