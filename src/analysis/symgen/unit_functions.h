// The functions of some units of DWARF, with their lines and inlined calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/entry_names.h"
#include "analysis/symgen/unit_lines.h"
#include "analysis/symgen/unit_store.h"

namespace cairn::symgen {

// What a batch of neighbouring units says. Files and names have the batch's own numbers.
struct UnitBatch {
  TextTable files;
  std::vector<EntryName> names;
  std::vector<FunctionRecord> functions;  // In the order of the units.
  std::size_t complaints = 0;
};

// Units may share tables of lines and lists of ranges, so that a small file could ask for any amount of work.
// A batch has some hundred thousand ranges and a megabyte of line tables; past this, the rest is left out as
// broken.
struct BatchWork {
  std::uint64_t ranges_left = 1 << 24;
  std::uint64_t line_bytes_left = 1 << 28;
};

class BatchReader {
 public:
  // Borrows all; `store` is the thread's own.
  BatchReader(UnitStore& store, const CodeMap& code, BatchWork& work)
      : store_(store), names_(store), code_(code), work_(work) {}

  // `with_lines`: the unit that has the table of lines; a split unit's is its skeleton.
  void ReadUnit(const dwarf::DebugUnit& unit, const dwarf::DebugUnit& with_lines);
  UnitBatch Take() && { return std::move(batch_); }

 private:
  // What the children of an entry are told.
  struct Level {
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};
    std::uint32_t function = kNone;  // Index into drafts_, of a function with code.
    std::uint32_t depth = 0;         // Of the calls inlined into it.
    std::uint32_t scope = EntryScope::kNone;
  };
  // The attributes of a function or an inlined call.
  struct CodeEntry;
  struct CallDraft {
    InlineRecord record;  // Without origin, file and ranges.
    std::uint64_t call_file = 0;
    dwarf::EntryReference origin;
    std::vector<AddressRange> ranges;
  };
  struct FunctionDraft {
    std::vector<AddressRange> ranges;
    dwarf::EntryReference name;
    std::vector<CallDraft> calls;
  };

  Level TakeEntry(const dwarf::DebugUnit& unit, const Level& level, std::uint64_t offset,
                  const dwarf::Abbreviation& entry, base::ByteReader& reader);
  CodeEntry ReadCodeEntry(const dwarf::DebugUnit& unit, const dwarf::Abbreviation& entry,
                          base::ByteReader& reader);
  std::vector<AddressRange> RangesOf(const dwarf::DebugUnit& unit, const CodeEntry& entry);
  void FinishFunction(FunctionDraft& draft, UnitLines& lines);
  std::uint32_t NumberOf(const dwarf::EntryReference& place);

  UnitStore& store_;
  EntryNames names_;
  const CodeMap& code_;
  UnitBatch batch_;
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;  // Of names, by place.
  std::vector<FunctionDraft> drafts_;
  std::vector<EntryScope> scopes_;
  BatchWork& work_;
};

}  // namespace cairn::symgen
