// FrameMachine runs the call frame instructions of one function, row by row.
//
// Source: DWARF 5 section 6.4.2. A row says for a range of addresses how the caller's registers are found.
// The machine borrows the section; one machine serves one function. Run NextRow() until it gives false;
// failed() tells whether it stopped early because an instruction is unknown or cut off, in which case the
// rows so far are good.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "formats/dwarf/frame_entry.h"
#include "model/registers.h"

namespace cairn::dwarf {

// DW_CFA_remember_state nests once per epilogue in the middle of a function; more than a few is no compiler's
// work.
inline constexpr std::size_t kMaxRememberedStates = 32;
// A function's rows are found by running its program, for every frame anew. The largest in Debian 12 has 20
// KB (lto-dump of GCC).
inline constexpr std::uint64_t kMaxProgramBytes = 1 << 17;

struct RegisterState {
  enum class Kind : std::uint8_t {
    kNone,  // Nothing was said.
    kUndefined,
    kSame,        // The callee did not change it.
    kOffset,      // At CFA + value in memory.
    kValOffset,   // CFA + value itself.
    kRegister,    // In register `value`.
    kExpression,  // At the address that the expression computes.
    kValExpression,
  };
  Kind kind = Kind::kNone;
  std::int64_t value = 0;
  SectionRange expression;
};

struct FrameState {
  RegisterState cfa;  // kRegister: that register plus cfa_offset; kValExpression; kNone.
  std::int64_t cfa_offset = 0;
  std::array<RegisterState, model::kMaxRegisters> registers;
};

class FrameMachine {
 public:
  FrameMachine(const FrameSection& section, const CommonEntry& common, const DescriptionEntry& entry);

  // Makes the next row the current one; false if there is none.
  bool NextRow();
  bool failed() const { return failed_; }

  // The current row holds for link addresses [row_start, row_end), which is never empty.
  std::uint64_t row_start() const { return row_start_; }
  std::uint64_t row_end() const { return row_end_; }
  const FrameState& state() const { return state_; }

 private:
  bool RunInstruction(base::ByteReader& reader);
  bool RunExtended(base::ByteReader& reader, std::uint8_t opcode);
  bool RunCfa(base::ByteReader& reader, std::uint8_t opcode);
  bool RunRow(base::ByteReader& reader, std::uint8_t opcode);
  void Set(std::uint64_t index, RegisterState::Kind kind, std::int64_t value = 0);
  void SetExpression(base::ByteReader& reader, std::uint64_t index, RegisterState::Kind kind);
  void Restore(std::uint64_t index);
  bool RestoreState();
  void Advance(std::uint64_t units);
  SectionRange ReadBlock(base::ByteReader& reader);
  std::int64_t Factored(std::uint64_t value) const;

  const FrameSection& section_;
  const CommonEntry& common_;
  base::ByteReader reader_;
  std::uint64_t end_;
  std::uint64_t row_start_;
  std::uint64_t row_end_;
  std::uint64_t location_;
  FrameState state_;
  FrameState initial_;
  std::vector<FrameState> remembered_;
  bool finished_ = false;
  bool failed_ = false;
};

}  // namespace cairn::dwarf
