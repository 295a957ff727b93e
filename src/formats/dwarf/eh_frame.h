// EhFrame answers how to unwind at an address, out of a module's .eh_frame or .debug_frame.
//
// The section is indexed once, when an EhFrame is made: it does not lean on .eh_frame_hdr, which may be
// missing. An entry that cannot be read is left out and counted. The EhFrame borrows the section's bytes; it
// is immutable, so any number of threads may ask at once.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "formats/dwarf/frame_entry.h"
#include "model/address.h"
#include "model/registers.h"
#include "model/unwind_row.h"

namespace cairn::dwarf {

// One function (or part of one) that the section describes.
struct FrameRange {
  model::ModuleOffset start;
  std::uint64_t size = 0;          // Not zero.
  std::uint64_t entry_offset = 0;  // Of its FDE in the section.
};

struct FrameRow {
  model::ModuleOffset start;
  std::uint64_t size = 0;
  std::optional<model::UnwindRow> row;  // Nothing: the section's expression cannot be said as a model::Rule.
};

class EhFrame {
 public:
  struct Input {
    FrameSection section;
    std::uint64_t load_base = 0;  // Link address of the module's first byte; results count from it.
    model::Cpu cpu = model::Cpu::kAmd64;
  };

  // Fails only for a CPU without a table of registers, whose rules nobody could use.
  static base::Result<EhFrame> Create(const Input& input);

  // Sorted by start; each start stands once. Ranges may overlap in a broken file.
  const std::vector<FrameRange>& ranges() const { return ranges_; }
  // Entries that could not be read, and so are not among ranges().
  std::size_t bad_entries() const { return bad_entries_; }

  // The range that holds `offset`, or nullptr.
  const FrameRange* FindRange(model::ModuleOffset offset) const;
  // The row in force at `offset`, or nothing.
  std::optional<model::UnwindRow> Find(model::ModuleOffset offset) const;
  // All rows of a range in order. They cover it from its start without gaps, but end early at a bad
  // instruction.
  std::vector<FrameRow> Rows(const FrameRange& range) const;

 private:
  EhFrame(const Input& input, const model::RegisterTable& table) : input_(input), table_(&table) {}
  void BuildIndex();
  struct Entries {
    CommonEntry common;
    DescriptionEntry description;
  };
  std::optional<Entries> ReadEntries(const FrameRange& range) const;

  Input input_;
  const model::RegisterTable* table_;
  std::vector<FrameRange> ranges_;
  std::size_t bad_entries_ = 0;
};

}  // namespace cairn::dwarf
