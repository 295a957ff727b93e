#include "formats/dwarf/frame_machine.h"

#include <algorithm>
#include <utility>

#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {

using base::ByteReader;
using Kind = RegisterState::Kind;

namespace {

// DWARF 5 table 7.29. The first three keep an operand in their low six bits.
constexpr std::uint8_t kPrimaryMask = 0xc0;
constexpr std::uint8_t kOperandMask = 0x3f;
constexpr std::uint8_t kAdvanceLoc = 0x40;
constexpr std::uint8_t kOffset = 0x80;
constexpr std::uint8_t kRestore = 0xc0;

enum Instruction : std::uint8_t {
  kNop = 0x00,
  kSetLoc = 0x01,
  kAdvanceLoc1 = 0x02,
  kAdvanceLoc2 = 0x03,
  kAdvanceLoc4 = 0x04,
  kOffsetExtended = 0x05,
  kRestoreExtended = 0x06,
  kUndefined = 0x07,
  kSameValue = 0x08,
  kRegister = 0x09,
  kRememberState = 0x0a,
  kRestoreState = 0x0b,
  kDefCfa = 0x0c,
  kDefCfaRegister = 0x0d,
  kDefCfaOffset = 0x0e,
  kDefCfaExpression = 0x0f,
  kExpression = 0x10,
  kOffsetExtendedSf = 0x11,
  kDefCfaSf = 0x12,
  kDefCfaOffsetSf = 0x13,
  kValOffset = 0x14,
  kValOffsetSf = 0x15,
  kValExpression = 0x16,
  kGnuWindowSave = 0x2d,  // On AArch64: the return address is signed from here on, or no longer.
  kGnuArgsSize = 0x2e,    // Bytes of arguments pushed; of use to exception handling only.
  kGnuNegativeOffsetExtended = 0x2f,
};

}  // namespace

FrameMachine::FrameMachine(const FrameSection& section, const CommonEntry& common,
                           const DescriptionEntry& entry)
    : section_(section),
      common_(common),
      reader_(ReaderOf(section, entry.program)),
      end_(entry.start + entry.size),
      row_start_(entry.start),
      row_end_(entry.start),
      location_(entry.start) {
  failed_ =
      reader_.remaining() > kMaxProgramBytes || common.program.end - common.program.begin > kMaxProgramBytes;
  ByteReader common_reader = ReaderOf(section, common.program);
  while (!failed_ && common_reader.remaining() > 0) failed_ = !RunInstruction(common_reader);
  initial_ = state_;
  // A CIE cannot advance; if one does, its rows start where the function does.
  location_ = entry.start;
}

bool FrameMachine::NextRow() {
  if (failed_ || finished_) return false;
  row_start_ = location_;
  while (reader_.remaining() > 0) {
    failed_ = !RunInstruction(reader_) || location_ < row_start_;
    if (failed_) return false;
    if (location_ == row_start_) continue;
    row_end_ = std::min(location_, end_);
    return row_start_ < row_end_;
  }
  finished_ = true;
  row_end_ = end_;
  return row_start_ < row_end_;
}

// False if the instruction is unknown or cut off, or asks for what cannot be.
bool FrameMachine::RunInstruction(ByteReader& reader) {
  const auto opcode = reader.Read<std::uint8_t>();
  const std::uint64_t operand = opcode & kOperandMask;
  switch (opcode & kPrimaryMask) {
    case kAdvanceLoc: Advance(operand); return true;
    case kOffset: Set(operand, Kind::kOffset, Factored(ReadUnsignedLeb128(reader))); return reader.ok();
    case kRestore: Restore(operand); return true;
    default: return RunExtended(reader, opcode) && reader.ok();
  }
}

// Instructions that say where a register is.
bool FrameMachine::RunExtended(ByteReader& reader, std::uint8_t opcode) {
  const auto signed_factored = [&] { return Factored(static_cast<std::uint64_t>(ReadSignedLeb128(reader))); };
  const auto read_register = [&] { return ReadUnsignedLeb128(reader); };
  std::uint64_t index = 0;
  switch (opcode) {
    case kOffsetExtended:
      index = read_register();
      Set(index, Kind::kOffset, Factored(ReadUnsignedLeb128(reader)));
      return true;
    case kOffsetExtendedSf:
      index = read_register();
      Set(index, Kind::kOffset, signed_factored());
      return true;
    case kGnuNegativeOffsetExtended:
      index = read_register();
      Set(index, Kind::kOffset, Factored(std::uint64_t{0} - ReadUnsignedLeb128(reader)));
      return true;
    case kValOffset:
      index = read_register();
      Set(index, Kind::kValOffset, Factored(ReadUnsignedLeb128(reader)));
      return true;
    case kValOffsetSf:
      index = read_register();
      Set(index, Kind::kValOffset, signed_factored());
      return true;
    case kRestoreExtended: Restore(read_register()); return true;
    case kUndefined: Set(read_register(), Kind::kUndefined); return true;
    case kSameValue: Set(read_register(), Kind::kSame); return true;
    case kRegister:
      index = read_register();
      Set(index, Kind::kRegister, static_cast<std::int64_t>(read_register()));
      return true;
    case kExpression:
      index = read_register();
      SetExpression(reader, index, Kind::kExpression);
      return true;
    case kValExpression:
      index = read_register();
      SetExpression(reader, index, Kind::kValExpression);
      return true;
    default: return RunCfa(reader, opcode);
  }
}

bool FrameMachine::RunCfa(ByteReader& reader, std::uint8_t opcode) {
  switch (opcode) {
    case kDefCfa:
    case kDefCfaSf: {
      const std::uint64_t index = ReadUnsignedLeb128(reader);
      state_.cfa = {Kind::kRegister, static_cast<std::int64_t>(index), {}};
      state_.cfa_offset = opcode == kDefCfa ? static_cast<std::int64_t>(ReadUnsignedLeb128(reader))
                                            : Factored(static_cast<std::uint64_t>(ReadSignedLeb128(reader)));
      return true;
    }
    case kDefCfaRegister:
      // Clang's CIEs for MIPS begin with this one: the offset is then zero.
      if (state_.cfa.kind != Kind::kRegister && state_.cfa.kind != Kind::kNone) return false;
      state_.cfa = {Kind::kRegister, static_cast<std::int64_t>(ReadUnsignedLeb128(reader)), {}};
      return true;
    case kDefCfaOffset:
      state_.cfa_offset = static_cast<std::int64_t>(ReadUnsignedLeb128(reader));
      return true;
    case kDefCfaOffsetSf:
      state_.cfa_offset = Factored(static_cast<std::uint64_t>(ReadSignedLeb128(reader)));
      return true;
    case kDefCfaExpression: state_.cfa = {Kind::kValExpression, 0, ReadBlock(reader)}; return true;
    default: return RunRow(reader, opcode);
  }
}

// Instructions that move on, keep or bring back a row, and those that change nothing.
bool FrameMachine::RunRow(ByteReader& reader, std::uint8_t opcode) {
  switch (opcode) {
    case kNop:
    case kGnuWindowSave: return true;
    case kGnuArgsSize: ReadUnsignedLeb128(reader); return true;
    case kSetLoc:
      if (const auto target = ReadEncodedPointer(reader, common_.pointer_encoding, section_.pointers)) {
        location_ = *target;
        return true;
      }
      return false;
    case kAdvanceLoc1: Advance(reader.Read<std::uint8_t>()); return true;
    case kAdvanceLoc2: Advance(reader.Read<std::uint16_t>()); return true;
    case kAdvanceLoc4: Advance(reader.Read<std::uint32_t>()); return true;
    case kRememberState:
      if (remembered_.size() == kMaxRememberedStates) return false;
      remembered_.push_back(state_);
      return true;
    case kRestoreState: return RestoreState();
    default: return false;
  }
}

// Registers that the table of a CPU cannot hold (vector registers of some) are of no use to a stack walk.
void FrameMachine::Set(std::uint64_t index, Kind kind, std::int64_t value) {
  if (index < state_.registers.size()) state_.registers[static_cast<std::size_t>(index)] = {kind, value, {}};
}

void FrameMachine::SetExpression(ByteReader& reader, std::uint64_t index, Kind kind) {
  const SectionRange expression = ReadBlock(reader);
  if (index < state_.registers.size())
    state_.registers[static_cast<std::size_t>(index)] = {kind, 0, expression};
}

void FrameMachine::Restore(std::uint64_t index) {
  if (index >= state_.registers.size()) return;
  state_.registers[static_cast<std::size_t>(index)] = initial_.registers[static_cast<std::size_t>(index)];
}

bool FrameMachine::RestoreState() {
  if (remembered_.empty()) return false;
  state_ = remembered_.back();
  remembered_.pop_back();
  return true;
}

void FrameMachine::Advance(std::uint64_t units) { location_ += units * common_.code_alignment; }

SectionRange FrameMachine::ReadBlock(ByteReader& reader) {
  const std::uint64_t size = ReadUnsignedLeb128(reader);
  const std::uint64_t begin = reader.offset();
  reader.Skip(size);
  return {begin, reader.offset()};
}

// Multiplies in unsigned arithmetic, where overflow wraps instead of being undefined.
std::int64_t FrameMachine::Factored(std::uint64_t value) const {
  return static_cast<std::int64_t>(value * static_cast<std::uint64_t>(common_.data_alignment));
}

}  // namespace cairn::dwarf
