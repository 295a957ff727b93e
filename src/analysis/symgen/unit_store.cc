#include "analysis/symgen/unit_store.h"

#include <algorithm>

#include "formats/dwarf/debug_numbers.h"

namespace cairn::symgen {

using dwarf::DebugUnit;
using dwarf::EntryReference;

bool IsScope(std::uint16_t tag) {
  switch (tag) {
    case dwarf::tag::kNamespace:
    case dwarf::tag::kModule:
    case dwarf::tag::kClass:
    case dwarf::tag::kStructure:
    case dwarf::tag::kUnion:
    case dwarf::tag::kInterface:
    case dwarf::tag::kEnumeration:
    case dwarf::tag::kSubprogram: return true;
    default: return false;
  }
}

std::uint32_t FindScope(const std::vector<EntryScope>& scopes, std::uint64_t offset) {
  // The last one that starts before the entry holds it, or one of those around it does.
  const auto after = std::ranges::lower_bound(scopes, offset, {}, &EntryScope::offset);
  if (after == scopes.begin()) return EntryScope::kNone;
  auto index = static_cast<std::uint32_t>(after - scopes.begin() - 1);
  while (index != EntryScope::kNone && scopes[index].end <= offset) index = scopes[index].parent;
  return index;
}

const DebugUnit* UnitStore::Find(const EntryReference& place) {
  const std::vector<dwarf::UnitHeader>& units = place.alternate ? units_.alternate.units : units_.own.units;
  const auto after = std::ranges::upper_bound(units, place.offset, {}, &dwarf::UnitHeader::offset);
  if (after == units.begin() || place.offset >= after[-1].end || place.offset < after[-1].first_entry) {
    return nullptr;
  }
  return &UnitAt(place.alternate, static_cast<std::size_t>(after - units.begin() - 1));
}

const DebugUnit& UnitStore::UnitAt(bool alternate, std::size_t index) {
  const dwarf::UnitHeader& header = (alternate ? units_.alternate : units_.own).units[index];
  std::unique_ptr<DebugUnit>& unit = opened_[{header.offset, alternate}];
  if (!unit && skeleton_ != nullptr) {
    unit = std::make_unique<DebugUnit>(header, TableOf(alternate, header), input_.sections, *skeleton_);
  } else if (!unit) {
    const dwarf::DebugSections* const shared = !alternate && input_.alternate ? &*input_.alternate : nullptr;
    unit = std::make_unique<DebugUnit>(header, TableOf(alternate, header),
                                       alternate ? *input_.alternate : input_.sections, shared);
  }
  return *unit;
}

const dwarf::AbbreviationTable& UnitStore::TableOf(bool alternate, const dwarf::UnitHeader& header) {
  std::unique_ptr<dwarf::AbbreviationTable>& table =
      tables_[{alternate, header.abbreviations, header.format}];
  if (!table) {
    const base::Bytes all = alternate ? input_.alternate->abbreviations : input_.sections.abbreviations;
    const std::size_t start = std::min<std::size_t>(all.size(), header.abbreviations);
    table = std::make_unique<dwarf::AbbreviationTable>(all.subspan(start), header.format);
  }
  return *table;
}

std::optional<EntryReference> UnitStore::Follow(const DebugUnit& unit, const EntryReference& from,
                                                const dwarf::AttributeValue& value) {
  std::optional<EntryReference> place = unit.Reference(value);
  if (place && from.alternate) place->alternate = true;
  return place;
}

const std::vector<EntryScope>& UnitStore::ScopesOf(const EntryReference& place) {
  const DebugUnit& unit = *Find(place);
  const EntryReference key = {unit.header().offset, place.alternate};
  if (const auto found = scopes_.find(key); found != scopes_.end()) return found->second;
  std::vector<EntryScope> scopes;
  const auto take = [&](std::uint32_t parent, std::uint64_t offset, const dwarf::Abbreviation& entry,
                        base::ByteReader& reader) {
    unit.SkipAttributes(reader, entry);
    if (!entry.has_children || !IsScope(entry.tag)) return parent;
    scopes.push_back({offset, unit.header().end, parent, entry.tag});
    return static_cast<std::uint32_t>(scopes.size() - 1);
  };
  // Children of what is no scope end without being one: the end is set again by those around them.
  const auto leave = [&](std::uint32_t scope, std::uint64_t end) {
    if (scope != EntryScope::kNone) scopes[scope].end = end;
  };
  WalkEntries(unit, EntryScope::kNone, take, leave);
  KeepScopes(key, std::move(scopes));
  return scopes_[key];
}

void UnitStore::KeepScopes(const EntryReference& unit, std::vector<EntryScope> scopes) {
  if (scope_count_ + scopes.size() > kMaxScopes) {
    scopes_.clear();
    scope_count_ = 0;
  }
  scope_count_ += scopes.size();
  scopes_[unit] = std::move(scopes);
}

}  // namespace cairn::symgen
