// What stands at addresses of one module, with texts ready to be put into JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/address.h"

namespace cairn::symbolication {

// Texts of one module in one request: names, and what is made of them. Names of a megabyte are in hostile
// symbol files only.
inline constexpr std::size_t kMaxNamesBytes = std::size_t{64} << 20;
// Functions and inlined calls of one module in one request: ten for each of the most frames.
inline constexpr std::size_t kMaxNamedCalls = 2'000'000;

// Texts are JSON with quotes; empty: not known.
struct NamedCall {
  std::string_view function;
  std::string_view file;
  std::uint32_t line = 0;  // Zero: not known.
};

// What stands behind "function_offset" in a frame: `,"file":"a.cc","line":9,"inlines":[...]`, each only if it
// is known. `place` is where the outermost inlined call stands in the physical function; `inlines` begins
// with the innermost.
std::string WriteRest(const NamedCall& place, std::span<const NamedCall> inlines);

struct NamedAddress {
  std::string_view function;  // The physical one, as JSON with quotes; empty: not known.
  std::string_view rest;      // As WriteRest gives it.
  std::uint64_t function_offset = 0;

  bool is_known() const { return !function.empty(); }
};

// The texts are views of what `texts` keeps.
struct NamedAddresses {
  std::vector<NamedAddress> addresses;  // One for each offset that was asked for.
  bool is_cut = false;                  // A limit above was passed: names are missing.
  std::shared_ptr<const void> texts;
};

// Any number of threads may ask at once.
class ModuleNames {
 public:
  virtual ~ModuleNames() = default;

  // Of the module's own file, as its symbols say; empty if they do not. Lives as long as the object.
  virtual std::string_view code_file() const = 0;

  // `offsets` ascend.
  virtual NamedAddresses Name(std::span<const model::ModuleOffset> offsets) const = 0;
};

}  // namespace cairn::symbolication
