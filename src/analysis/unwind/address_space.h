// AddressSpace tells what lies at an address of the crashed process: which module, and whether code can be
// there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/crash_report.h"
#include "model/module.h"

namespace cairn::unwind {

class AddressSpace {
 public:
  // Modules must not overlap. `mappings` may be empty: then nothing is known beside the modules. Borrows
  // nothing.
  AddressSpace(const std::vector<model::Module>& modules, const std::vector<model::MemoryMapping>& mappings);

  // Index of the module that holds `address`.
  std::optional<std::uint32_t> FindModule(model::ProcessAddress address) const;

  // `address` seen from the module, one that FindModule gave.
  model::ModuleOffset OffsetIn(std::uint32_t module, model::ProcessAddress address) const {
    return {address.value - bases_.at(module).value};
  }

  // False only if the process's mappings are known and one that may not be executed, or neither a mapping nor
  // a module, holds `address`.
  bool MayHoldCode(model::ProcessAddress address) const;

  // Whether an executable mapping holds `address`, or nothing if the process's mappings are not known.
  std::optional<bool> IsExecutable(model::ProcessAddress address) const;

  // The last address of the highest module or executable mapping; zero if there is none.
  std::uint64_t highest_code_address() const { return highest_code_address_; }

 private:
  struct Range {
    std::uint64_t start = 0;
    std::uint64_t last = 0;  // Inclusive: a range may end with the address space.
    std::uint32_t module = 0;
  };
  static const Range* Find(const std::vector<Range>& ranges, std::uint64_t address);

  std::vector<model::ProcessAddress> bases_;  // By module index.
  std::vector<Range> modules_;                // Sorted by start.
  std::vector<Range> executable_;             // Sorted by start; `module` has no meaning.
  std::vector<Range> data_;                   // The mappings that may not be executed, likewise.
  std::uint64_t highest_code_address_ = 0;
  bool mappings_known_ = false;
};

}  // namespace cairn::unwind
