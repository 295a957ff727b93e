// The units of a module's debug information and of the file that it shares with others, by place; with the
// scopes (namespaces, classes, functions) that their entries stand in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "formats/dwarf/debug_sections.h"
#include "formats/dwarf/debug_unit.h"

namespace cairn::symgen {

// A .dwo file or a package of them.
struct SplitFile {
  dwarf::DebugSections sections;
  base::Bytes unit_index;  // .debug_cu_index; of a package alone.
  std::deque<std::vector<std::byte>> unpacked;
};
// Gives the bytes of the .dwo file at a path, as the compiler wrote that; nothing if it is not there. They
// stay valid as long as what asks. Called from several threads at once.
using SplitOpener = std::function<std::optional<base::Bytes>(const std::string& path)>;

struct DwarfInput {
  DwarfInput() = default;
  DwarfInput(DwarfInput&&) = default;  // No copies: sections point into unpacked.
  DwarfInput& operator=(DwarfInput&&) = default;

  dwarf::DebugSections sections;
  std::optional<dwarf::DebugSections> alternate;  // Of .gnu_debugaltlink.
  std::optional<SplitFile> split_package;
  SplitOpener open_split;  // Asked for what the package has not; may be empty.
  // What sections point into that were compressed; the others borrow from the files.
  std::deque<std::vector<std::byte>> unpacked;
};

// The units of both files, listed once for all threads.
struct DwarfUnits {
  explicit DwarfUnits(const DwarfInput& input)
      : own(dwarf::ListUnits(input.sections.info)),
        alternate(input.alternate ? dwarf::ListUnits(input.alternate->info) : dwarf::UnitList()) {}
  dwarf::UnitList own;
  dwarf::UnitList alternate;
};

// An entry that functions may stand in, at [offset, end) of its file.
struct EntryScope {
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  std::uint64_t offset = 0;
  std::uint64_t end = 0;
  std::uint32_t parent = kNone;  // Index among the unit's scopes.
  std::uint16_t tag = 0;
};
bool IsScope(std::uint16_t tag);

// The innermost scope that holds the entry at `offset` and is not that entry; kNone if it stands in the unit
// itself. `scopes` are in the order of the file.
std::uint32_t FindScope(const std::vector<EntryScope>& scopes, std::uint64_t offset);

// Not for several threads: each has its own. Borrows input and units.
class UnitStore {
 public:
  UnitStore(const DwarfInput& input, const DwarfUnits& units) : input_(input), units_(units) {}
  // Of a split unit's sections; borrows its skeleton.
  UnitStore(const DwarfInput& input, const DwarfUnits& units, const dwarf::DebugUnit& skeleton)
      : input_(input), units_(units), skeleton_(&skeleton) {}

  // nullptr if no unit holds the place.
  const dwarf::DebugUnit* Find(const dwarf::EntryReference& place);
  const dwarf::DebugUnit& OwnUnit(std::size_t index) { return UnitAt(false, index); }

  // What `value`, of an entry in the file of `from`, refers to.
  static std::optional<dwarf::EntryReference> Follow(const dwarf::DebugUnit& unit,
                                                     const dwarf::EntryReference& from,
                                                     const dwarf::AttributeValue& value);

  // The scopes of the unit that holds the place, which must have one. Valid until the next call.
  const std::vector<EntryScope>& ScopesOf(const dwarf::EntryReference& place);
  // Those of a unit that was walked anyway.
  void KeepScopes(const dwarf::EntryReference& unit, std::vector<EntryScope> scopes);

 private:
  // Scopes that are kept; more are found again when they are asked for. A scope has 24 bytes.
  static constexpr std::size_t kMaxScopes = 1 << 19;

  const dwarf::DebugUnit& UnitAt(bool alternate, std::size_t index);
  const dwarf::AbbreviationTable& TableOf(bool alternate, const dwarf::UnitHeader& header);

  const DwarfInput& input_;
  const DwarfUnits& units_;
  const dwarf::DebugUnit* const skeleton_ = nullptr;
  std::map<std::tuple<bool, std::uint64_t, dwarf::UnitFormat>, std::unique_ptr<dwarf::AbbreviationTable>>
      tables_;
  std::map<dwarf::EntryReference, std::unique_ptr<dwarf::DebugUnit>> opened_;  // By the unit's place.
  std::map<dwarf::EntryReference, std::vector<EntryScope>> scopes_;            // The same.
  std::size_t scope_count_ = 0;
};

// Walks all entries of a unit: the one loop over them. `take` is called for each with its place, its
// abbreviation and a reader at its attributes, which it must leave behind them; it gives what its children
// are told. `leave` is called with the same, behind the last child. Stops at an entry that cannot be read:
// false.
template <typename Level, typename Take, typename Leave>
bool WalkEntries(const dwarf::DebugUnit& unit, const Level& top, const Take& take, const Leave& leave) {
  // Entries nest as blocks of source do.
  constexpr std::size_t kMaxDepth = 4096;
  base::ByteReader reader = unit.ReaderAt(unit.header().first_entry);
  std::vector<Level> levels = {top};
  while (reader.remaining() != 0) {
    const std::uint64_t offset = reader.offset();
    std::uint64_t code = 0;
    if (!dwarf::ReadEntryCode(reader, code)) return false;
    if (code == 0) {
      if (levels.size() == 1) return true;  // Padding behind the first entry.
      leave(levels.back(), reader.offset());
      levels.pop_back();
      continue;
    }
    const dwarf::Abbreviation* const entry = unit.abbreviations().Find(code);
    if (entry == nullptr || levels.size() == kMaxDepth) return false;
    const Level below = take(levels.back(), offset, *entry, reader);
    if (!reader.ok()) return false;
    if (entry->has_children) levels.push_back(below);
  }
  return true;
}

}  // namespace cairn::symgen
