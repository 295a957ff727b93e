#include "analysis/symgen/split_units.h"

#include <string>
#include <utility>

#include "analysis/symgen/elf_module.h"
#include "formats/dwarf/split_index.h"

namespace cairn::symgen {

using dwarf::DebugUnit;

namespace {

std::string PathOf(const DebugUnit& skeleton) {
  const std::string name(skeleton.split_name());
  if (name.starts_with('/') || skeleton.compilation_folder().empty()) return name;
  return std::string(skeleton.compilation_folder()) + "/" + name;
}

// A file may be of another build than the skeleton, so the ids must be the same.
std::optional<UnitBatch> ReadFrom(const dwarf::DebugSections& sections, const DebugUnit& skeleton,
                                  const CodeMap& code, BatchWork& work) {
  DwarfInput input;
  input.sections = sections;
  input.sections.addresses = skeleton.sections().addresses;
  input.sections.ranges = skeleton.sections().ranges;
  const DwarfUnits units(input);
  UnitStore store(input, units, skeleton);
  for (std::size_t i = 0; i < units.own.units.size(); ++i) {
    if (units.own.units[i].describes_types()) continue;
    const DebugUnit& unit = store.OwnUnit(i);
    if (unit.split_id() != skeleton.split_id()) continue;
    BatchReader reader(store, code, work);
    reader.ReadUnit(unit, skeleton);
    return std::move(reader).Take();
  }
  return std::nullopt;
}

}  // namespace

std::optional<UnitBatch> ReadSplitUnit(const DwarfInput& input, const DebugUnit& skeleton,
                                       const CodeMap& code, BatchWork& work) {
  if (input.split_package) {
    const SplitFile& package = *input.split_package;
    if (const auto sections =
            dwarf::FindInPackage(package.sections, package.unit_index, skeleton.split_id())) {
      if (auto batch = ReadFrom(*sections, skeleton, code, work)) return batch;
    }
  }
  if (!input.open_split) return std::nullopt;
  const std::optional<base::Bytes> bytes = input.open_split(PathOf(skeleton));
  if (!bytes) return std::nullopt;
  const auto file = OpenSplitFile(*bytes, 1);
  return file ? ReadFrom(file->sections, skeleton, code, work) : std::nullopt;
}

}  // namespace cairn::symgen
