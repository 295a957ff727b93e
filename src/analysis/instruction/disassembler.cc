#include "analysis/instruction/disassembler.h"

#include <cstdint>

namespace cairn::instruction {

Disassembler::Disassembler(cs_arch arch, base::Bytes code, model::ProcessAddress pc) {
  const cs_mode mode = arch == CS_ARCH_X86 ? CS_MODE_64 : CS_MODE_LITTLE_ENDIAN;
  if (cs_open(arch, mode, &engine_) != CS_ERR_OK) {
    engine_ = 0;
    return;
  }
  cs_option(engine_, CS_OPT_DETAIL, CS_OPT_ON);
  const auto* const bytes = static_cast<const std::uint8_t*>(static_cast<const void*>(code.data()));
  // It stops after one instruction and never reads past `code`.
  if (cs_disasm(engine_, bytes, code.size(), pc.value, 1, &instruction_) != 1) instruction_ = nullptr;
}

Disassembler::~Disassembler() {
  if (instruction_ != nullptr) cs_free(instruction_, 1);
  if (engine_ != 0) cs_close(&engine_);
}

}  // namespace cairn::instruction
