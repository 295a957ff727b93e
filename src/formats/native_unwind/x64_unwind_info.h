// UNWIND_INFO: what a Windows image says of the prologue of one amd64 function.
//
// Source: Microsoft's "x64 exception handling", "Struct UNWIND_INFO". Version 2 adds epilogue codes, which
// that page does not describe: the first ones in the array, one slot each, of operation 6. The first holds
// the epilogue's size and whether one stands at the function's end; the others the distance of one epilogue's
// start from the function's end. Libraries of Windows 8 and later have it; compilers write version 1 unless
// told otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/address.h"
#include "model/registers.h"

namespace cairn::native {

// RUNTIME_FUNCTION: one row of .pdata. Offsets in the image; [begin, end).
struct X64Function {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t unwind_info = 0;

  bool Contains(model::ModuleOffset offset) const { return offset.value >= begin && offset.value < end; }
};
inline constexpr std::size_t kX64FunctionBytes = 12;
X64Function ReadX64Function(base::ByteReader& reader);

enum class X64Operation : std::uint8_t {
  kPush,              // Of `index`.
  kAllocate,          // `amount` bytes.
  kSetFrameRegister,  // To rsp plus X64UnwindInfo::frame_offset.
  kSave,              // `index` at `amount` from the frame's base.
  kMachineFrame,      // The CPU pushed an interrupt's frame; `amount` is 8 if with an error code, else 0.
};

struct X64UnwindCode {
  std::uint8_t prologue_offset = 0;  // Of the first byte behind the instruction.
  X64Operation operation = X64Operation::kPush;
  model::RegisterIndex index = 0;
  std::uint32_t amount = 0;
};

struct X64UnwindInfo {
  std::uint8_t version = 1;
  std::uint8_t prologue_size = 0;
  model::RegisterIndex frame_register = model::kNoRegister;
  std::uint32_t frame_offset = 0;
  std::vector<X64UnwindCode> codes;  // Last instruction of the prologue first.
  // Version 2: where epilogues start, as distances back from the function's end; each is epilogue_size long.
  std::uint32_t epilogue_size = 0;
  std::vector<std::uint32_t> epilogues;
  // This is a part of a function whose first part has the rest of the prologue.
  bool is_chained = false;
  X64Function chained;
};

// kUnsupported for versions other than 1 and 2, kBadValue for operations that do not exist.
base::Result<X64UnwindInfo> ReadX64UnwindInfo(base::Bytes bytes);

}  // namespace cairn::native
