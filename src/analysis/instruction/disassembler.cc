#include "analysis/instruction/disassembler.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "analysis/instruction/other_cpus.h"

namespace cairn::instruction {
namespace {

// amd64 refuses a longer one; arm64's have four.
constexpr std::size_t kMaxInstructionBytes = 15;

}  // namespace

Disassembler::Disassembler(cs_arch arch, base::Bytes code, model::ProcessAddress pc) {
  LeaveOutOtherCpus();
  const cs_mode mode = arch == CS_ARCH_X86 ? CS_MODE_64 : CS_MODE_LITTLE_ENDIAN;
  if (cs_open(arch, mode, &engine_) != CS_ERR_OK) {
    engine_ = 0;
    return;
  }
  cs_option(engine_, CS_OPT_DETAIL, CS_OPT_ON);
  std::array<std::uint8_t, kMaxInstructionBytes> bytes{};
  const std::size_t size = std::min(code.size(), bytes.size());
  std::ranges::transform(code.first(size), bytes.begin(),
                         [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  // It stops after one instruction and never reads past `size`.
  if (cs_disasm(engine_, bytes.data(), size, pc.value, 1, &instruction_) != 1) instruction_ = nullptr;
}

Disassembler::~Disassembler() {
  if (instruction_ != nullptr) cs_free(instruction_, 1);
  if (engine_ != 0) cs_close(&engine_);
}

}  // namespace cairn::instruction
