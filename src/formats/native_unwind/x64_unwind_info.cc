#include "formats/native_unwind/x64_unwind_info.h"

#include "formats/native_unwind/x64_epilogue.h"

namespace cairn::native {

using base::ByteReader;
using base::Code;
using base::Error;

namespace {

constexpr std::uint8_t kFlagChained = 4;  // UNW_FLAG_CHAININFO

// UWOP_*, by the names of Microsoft's page.
constexpr unsigned kPushNonvol = 0;
constexpr unsigned kAllocLarge = 1;
constexpr unsigned kAllocSmall = 2;
constexpr unsigned kSetFpreg = 3;
constexpr unsigned kSaveNonvol = 4;
constexpr unsigned kSaveNonvolFar = 5;
constexpr unsigned kEpilog = 6;
constexpr unsigned kSpare = 7;
constexpr unsigned kSaveXmm128 = 8;
constexpr unsigned kSaveXmm128Far = 9;
constexpr unsigned kPushMachframe = 10;

// The first two bytes of every code.
struct Slot {
  std::uint8_t offset = 0;
  unsigned operation = 0;
  unsigned info = 0;
};

Slot ReadSlot(ByteReader& reader) {
  Slot slot;
  slot.offset = reader.Read<std::uint8_t>();
  const unsigned operation_and_info = reader.Read<std::uint8_t>();
  slot.operation = operation_and_info & 15;
  slot.info = operation_and_info >> 4;
  return slot;
}

// The epilogue codes in front of the others, which the reader then stands at.
void ReadEpilogues(ByteReader& reader, X64UnwindInfo& info) {
  bool first = true;
  while (reader.remaining() > 0) {
    ByteReader ahead = reader;
    const Slot slot = ReadSlot(ahead);
    if (!ahead.ok() || slot.operation != kEpilog) return;
    reader = ahead;
    if (first) {
      info.epilogue_size = slot.offset;
      if ((slot.info & 1) != 0) info.epilogues.push_back(slot.offset);
      first = false;
      continue;
    }
    const std::uint32_t distance = slot.offset | slot.info << 8;
    if (distance != 0) info.epilogues.push_back(distance);  // Zero fills up an even number of slots.
  }
}

// False for an operation that does not exist.
bool ReadCode(ByteReader& reader, const Slot& slot, X64UnwindInfo& info) {
  constexpr std::uint32_t kWordBytes = 8;
  X64UnwindCode code;
  code.prologue_offset = slot.offset;
  code.index = X64Register(slot.info);
  switch (slot.operation) {
    case kPushNonvol: code.operation = X64Operation::kPush; break;
    case kAllocLarge:
      code.operation = X64Operation::kAllocate;
      code.amount = slot.info == 0 ? reader.Read<std::uint16_t>() * kWordBytes : reader.Read<std::uint32_t>();
      break;
    case kAllocSmall:
      code.operation = X64Operation::kAllocate;
      code.amount = slot.info * kWordBytes + kWordBytes;
      break;
    case kSetFpreg: code.operation = X64Operation::kSetFrameRegister; break;
    case kSaveNonvol:
      code.operation = X64Operation::kSave;
      code.amount = reader.Read<std::uint16_t>() * kWordBytes;
      break;
    case kSaveNonvolFar:
      code.operation = X64Operation::kSave;
      code.amount = reader.Read<std::uint32_t>();
      break;
    case kEpilog:  // In version 1 the save of half an xmm register, which no compiler of our time writes.
    case kSaveXmm128: reader.Skip(2); return true;
    case kSpare:
    case kSaveXmm128Far: reader.Skip(4); return true;
    case kPushMachframe:
      code.operation = X64Operation::kMachineFrame;
      code.amount = slot.info == 0 ? 0 : kWordBytes;
      break;
    default: return false;
  }
  info.codes.push_back(code);
  return true;
}

}  // namespace

X64Function ReadX64Function(ByteReader& reader) {
  X64Function function;
  function.begin = reader.Read<std::uint32_t>();
  function.end = reader.Read<std::uint32_t>();
  function.unwind_info = reader.Read<std::uint32_t>();
  return function;
}

base::Result<X64UnwindInfo> ReadX64UnwindInfo(base::Bytes bytes) {
  ByteReader reader(bytes);
  X64UnwindInfo info;
  const auto version_and_flags = reader.Read<std::uint8_t>();
  info.version = version_and_flags & 7;
  info.is_chained = (version_and_flags >> 3 & kFlagChained) != 0;
  info.prologue_size = reader.Read<std::uint8_t>();
  const auto slot_count = reader.Read<std::uint8_t>();
  const auto frame = reader.Read<std::uint8_t>();
  if ((frame & 15) != 0) info.frame_register = X64Register(frame & 15u);
  info.frame_offset = (frame >> 4) * 16u;
  ByteReader codes(reader.ReadBytes(std::uint64_t{slot_count} * 2));
  if (!reader.ok()) return Error{Code::kTruncated, 0, "UNWIND_INFO"};
  if (info.version != 1 && info.version != 2) return Error{Code::kUnsupported, 0, "UNWIND_INFO version"};

  if (info.version == 2) ReadEpilogues(codes, info);
  while (codes.remaining() > 0) {
    const Slot slot = ReadSlot(codes);
    if (!ReadCode(codes, slot, info)) return Error{Code::kBadValue, codes.offset(), "unwind operation"};
    if (!codes.ok()) return Error{Code::kTruncated, codes.offset(), "unwind code"};
  }
  if (info.is_chained) {
    reader.Skip(std::uint64_t{slot_count % 2u} * 2);  // The codes fill up an even number of slots.
    info.chained = ReadX64Function(reader);
    if (!reader.ok()) return Error{Code::kTruncated, 0, "chained UNWIND_INFO"};
  }
  return info;
}

}  // namespace cairn::native
