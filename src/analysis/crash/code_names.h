// Numbers with names: the rows that all tables of crash reasons are made of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/hex.h"

namespace cairn::crash {

struct CodeName {
  std::uint32_t code = 0;
  std::string_view name;
};

// The name of `code`, or an empty text.
inline std::string_view FindName(std::span<const CodeName> rows, std::uint32_t code) {
  for (const CodeName& row : rows) {
    if (row.code == code) return row.name;
  }
  return {};
}

inline std::string NameOrHex(std::span<const CodeName> rows, std::uint32_t code) {
  const std::string_view name = FindName(rows, code);
  return name.empty() ? base::ToAddress(code, 8) : std::string(name);
}

// What stands for an exception that no table knows.
inline std::string UnknownException(std::uint32_t code, std::uint32_t flags) {
  return "unknown " + base::ToAddress(code, 8) + " / " + base::ToAddress(flags, 8);
}

}  // namespace cairn::crash
