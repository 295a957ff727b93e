// Writes the unwind tables of amd64 code of Windows as Microsoft's "x64 exception handling" draws them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "testing/byte_sink.h"

namespace cairn::testing {

// One row of .pdata.
struct X64FunctionRow {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t unwind_info = 0;
};

inline std::vector<std::byte> X64FunctionTable(std::initializer_list<X64FunctionRow> rows) {
  ByteSink sink;
  for (const X64FunctionRow& row : rows) sink.U32(row.begin).U32(row.end).U32(row.unwind_info);
  return sink.Take();
}

struct X64Info {
  std::uint8_t version = 1;
  std::uint8_t flags = 0;  // 4: chained.
  std::uint8_t prologue_size = 0;
  std::uint8_t frame_register = 0;
  std::uint8_t frame_offset = 0;  // In 16 bytes.
  std::vector<std::uint16_t> codes;
  X64FunctionRow chained;  // Written if flags say so.
};

// A slot of the codes: the prologue's offset, then operation and info.
inline std::uint16_t X64Code(int offset, int operation, int info) {
  return static_cast<std::uint16_t>(offset | operation << 8 | info << 12);
}

inline void AppendX64Info(ByteSink& sink, const X64Info& info) {
  sink.U8(static_cast<std::uint8_t>(info.version | info.flags << 3)).U8(info.prologue_size);
  sink.U8(static_cast<std::uint8_t>(info.codes.size()));
  sink.U8(static_cast<std::uint8_t>(info.frame_register | info.frame_offset << 4));
  for (const std::uint16_t code : info.codes) sink.U16(code);
  sink.AlignTo(4);
  if ((info.flags & 4) != 0) sink.U32(info.chained.begin).U32(info.chained.end).U32(info.chained.unwind_info);
}

}  // namespace cairn::testing
