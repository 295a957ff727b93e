#include "analysis/symgen/windows_name.h"

#include <charconv>

namespace cairn::symgen {

WindowsName ReadWindowsName(std::string_view name, model::Cpu cpu) {
  WindowsName read = {std::string(name), 0};
  if (cpu != model::Cpu::kX86 || name.size() < 2) return read;
  const bool fast_call = name.starts_with('@');
  if (!fast_call && !name.starts_with('_')) return read;
  std::string_view rest = name.substr(1);
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos && at != 0 && at + 1 < rest.size()) {
    std::uint32_t bytes = 0;
    const auto parsed = std::from_chars(rest.data() + at + 1, rest.data() + rest.size(), bytes);
    if (parsed.ec == std::errc() && parsed.ptr == rest.data() + rest.size()) {
      read.parameter_bytes = bytes;
      read.text = rest.substr(0, at);
      return read;
    }
  }
  // MinGW's names of C++ are Itanium's with the underscore of C: "__ZN1a1fEv".
  if (!fast_call) read.text = rest;
  return read;
}

}  // namespace cairn::symgen
