// What debug information says of a module's functions: the values between the DWARF reader and the printer.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/address.h"

namespace cairn::symgen {

// Half-open; not empty in the records below.
struct AddressRange {
  model::ModuleOffset start;
  std::uint64_t size = 0;

  std::uint64_t end() const { return start.value + size; }
  bool Contains(model::ModuleOffset offset) const {
    return offset >= start && offset.value - start.value < size;
  }
  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

struct LineRecord {
  AddressRange range;
  std::uint32_t line = 0;  // 0: the compiler says that no line of the source stands for this code.
  std::uint32_t file = 0;  // Index into DebugInfo::files.
  friend bool operator==(const LineRecord&, const LineRecord&) = default;
};

// A call that was inlined into a function.
struct InlineRecord {
  std::uint32_t depth =
      0;  // 0: called by the function itself; 1: by a call of depth 0 that holds it; and so on.
  std::uint32_t call_line = 0;
  std::uint32_t call_file = 0;
  std::uint32_t origin = 0;  // Index into DebugInfo::origins: the function that was inlined.
  std::vector<AddressRange> ranges;
};

// One piece of a function: a function that was split in hot and cold pieces has one record for each.
struct FunctionRecord {
  AddressRange range;
  std::uint32_t name = 0;             // Index into DebugInfo::origins.
  bool has_linkage_name = false;      // Else the name lacks arguments, and may lack its namespace.
  bool folded = false;                // Functions of other names were folded into the same code.
  std::vector<LineRecord> lines;      // Sorted; they do not overlap.
  std::vector<InlineRecord> inlines;  // Outer before inner.
};

// Gives each text the number of its first use.
class TextTable {
 public:
  std::uint32_t Add(const std::string& text) {
    const auto [found, added] = numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size()));
    if (added) texts_.push_back(text);
    return found->second;
  }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

struct DebugInfo {
  TextTable files;    // Paths, joined with the folder of compilation where they are relative.
  TextTable origins;  // Names of functions, demangled.
  std::vector<FunctionRecord> functions;  // Sorted by address; each start stands once.
  std::size_t complaints = 0;             // What the DWARF reader could not make sense of.
};

}  // namespace cairn::symgen
