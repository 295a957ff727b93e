// A borrowed view of one instruction that Capstone decoded.
#pragma once

#include <capstone/capstone.h>

#include "base/byte_reader.h"
#include "model/address.h"

namespace cairn::instruction {

// Owns Capstone's engine and its one instruction.
class Disassembler {
 public:
  // Decodes the instruction at the start of `code`, of which only the bytes that one may have are looked at;
  // get() is nullptr if it is none.
  Disassembler(cs_arch arch, base::Bytes code, model::ProcessAddress pc);
  ~Disassembler();
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;

  const cs_insn* get() const { return instruction_; }
  csh engine() const { return engine_; }

 private:
  csh engine_ = 0;
  cs_insn* instruction_ = nullptr;
};

}  // namespace cairn::instruction
