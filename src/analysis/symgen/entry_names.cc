#include "analysis/symgen/entry_names.h"

#include "analysis/symgen/demangle.h"
#include "formats/dwarf/debug_numbers.h"

namespace cairn::symgen {

using dwarf::AttributeValue;
using dwarf::EntryReference;

namespace {

// References from a function to what it was made from; broken ones may lead around in a circle.
constexpr int kMaxReferences = 8;
// Functions around a lambda; the same.
constexpr int kMaxFunctionNesting = 16;
constexpr int kMaxScopeDepth = 1024;
// No compiler writes names that the readers of symbol files would refuse.
constexpr std::size_t kMaxNameBytes = std::size_t{1} << 20;

constexpr std::string_view kNoName = "<name omitted>";

}  // namespace

EntryNames::Facts EntryNames::ReadFacts(const EntryReference& place) {
  Facts facts;
  const dwarf::DebugUnit* const unit = store_.Find(place);
  if (unit == nullptr) return facts;
  base::ByteReader reader = unit->ReaderAt(place.offset);
  std::uint64_t code = 0;
  if (!dwarf::ReadEntryCode(reader, code)) return facts;
  const dwarf::Abbreviation* const entry = unit->abbreviations().Find(code);
  if (entry == nullptr) return facts;
  for (const dwarf::AttributeSpecification& specification : unit->abbreviations().AttributesOf(*entry)) {
    switch (specification.name) {
      case dwarf::attribute::kName:
      case dwarf::attribute::kLinkageName:
      case dwarf::attribute::kMipsLinkageName:
      case dwarf::attribute::kAbstractOrigin:
      case dwarf::attribute::kSpecification: break;
      default: dwarf::SkipAttributeValue(reader, specification, unit->header().format); continue;
    }
    const AttributeValue value = dwarf::ReadAttributeValue(reader, specification, unit->header().format);
    if (!reader.ok()) break;
    if (specification.name == dwarf::attribute::kName) {
      facts.name = unit->Text(value);
    } else if (specification.name == dwarf::attribute::kAbstractOrigin ||
               specification.name == dwarf::attribute::kSpecification) {
      facts.made_from = UnitStore::Follow(*unit, place, value);
    } else {
      facts.linkage_name = unit->Text(value);
    }
  }
  return facts;
}

EntryName EntryNames::NameOf(const EntryReference& place, int nesting) {
  std::string_view short_name;
  EntryReference declaration = place;
  for (int i = 0; i < kMaxReferences; ++i) {
    const Facts facts = ReadFacts(declaration);
    if (!facts.linkage_name.empty()) return {std::string(facts.linkage_name.substr(0, kMaxNameBytes)), true};
    if (short_name.empty()) short_name = facts.name;
    if (!facts.made_from) break;
    declaration = *facts.made_from;
  }
  if (short_name.empty()) return {std::string(kNoName), false};
  return {Qualify(short_name.substr(0, kMaxNameBytes), declaration, nesting), false};
}

std::string EntryNames::Qualify(std::string_view short_name, const EntryReference& declaration, int nesting) {
  std::string name(short_name);
  if (store_.Find(declaration) == nullptr) return name;
  // By value: naming the function around may push the scopes out of the store.
  struct Around {
    EntryReference place;
    std::uint16_t tag = 0;
  };
  std::vector<Around> around;
  const std::vector<EntryScope>& scopes = store_.ScopesOf(declaration);
  std::uint32_t index = FindScope(scopes, declaration.offset);
  for (int i = 0; index != EntryScope::kNone && i < kMaxScopeDepth; ++i) {
    around.push_back({{scopes[index].offset, declaration.alternate}, scopes[index].tag});
    if (scopes[index].tag == dwarf::tag::kSubprogram) break;
    index = scopes[index].parent;
  }
  for (const Around& scope : around) {
    if (name.size() > kMaxNameBytes) break;
    if (scope.tag == dwarf::tag::kSubprogram) {
      // The function around may be declared elsewhere again, so its name is made in the same way.
      if (nesting == kMaxFunctionNesting) break;
      const EntryName outer = NameOf(scope.place, nesting + 1);
      name.insert(0, (outer.is_linkage_name ? Demangle(outer.text) : outer.text) + "::");
      break;
    }
    const std::string_view text = ReadFacts(scope.place).name;
    if (!text.empty()) {
      name.insert(0, std::string(text) + "::");
    } else if (scope.tag == dwarf::tag::kNamespace) {
      name.insert(0, "(anonymous namespace)::");
    } else if (name.starts_with("operator()")) {
      name.insert(0, "{lambda}::");
    }
  }
  return name;
}

}  // namespace cairn::symgen
