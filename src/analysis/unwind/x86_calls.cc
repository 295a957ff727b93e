#include "analysis/unwind/x86_calls.h"

#include <cstdint>
#include <optional>

namespace cairn::unwind {
namespace {

constexpr std::uint8_t kCallRelative = 0xe8;    // And 4 bytes.
constexpr std::uint8_t kCallFarPointer = 0x9a;  // And 6 bytes.
constexpr std::uint8_t kCallIndirect = 0xff;    // And a ModRM byte with /2 or, far, /3.
constexpr std::size_t kMaxIndirectBytes = 7;    // ff, ModRM, SIB and 4 bytes of displacement.

// How many bytes an instruction has whose opcode is one byte, and which goes on with `modrm` and `sib`.
std::size_t IndirectBytes(std::uint8_t modrm, std::uint8_t sib) {
  const int mode = modrm >> 6;
  const int operand = modrm & 7;
  constexpr int kRegisterMode = 3;
  constexpr int kSibFollows = 4;
  constexpr int kDisplacementOnly = 5;  // As the operand, or as the SIB byte's base, of mode 0.
  std::size_t bytes = 2;
  if (mode == kRegisterMode) return bytes;
  const bool has_sib = operand == kSibFollows;
  if (has_sib) ++bytes;
  const int base = has_sib ? sib & 7 : operand;
  if (mode == 1) return bytes + 1;
  if (mode == 2 || base == kDisplacementOnly) return bytes + 4;
  return bytes;
}

bool IsIndirectCall(base::Bytes code) {
  if (std::to_integer<std::uint8_t>(code[0]) != kCallIndirect) return false;
  const auto modrm = std::to_integer<std::uint8_t>(code[1]);
  const int extension = modrm >> 3 & 7;
  if (extension != 2 && extension != 3) return false;
  const auto sib = code.size() > 2 ? std::to_integer<std::uint8_t>(code[2]) : std::uint8_t{0};
  return IndirectBytes(modrm, sib) == code.size();
}

// The byte that stands `back` bytes before the end.
std::optional<std::uint8_t> ByteBack(base::Bytes code, std::size_t back) {
  if (back > code.size()) return std::nullopt;
  return std::to_integer<std::uint8_t>(code[code.size() - back]);
}

}  // namespace

bool EndsWithX86Call(base::Bytes code) {
  if (ByteBack(code, 5) == kCallRelative || ByteBack(code, 7) == kCallFarPointer) return true;
  for (std::size_t bytes = 2; bytes <= kMaxIndirectBytes && bytes <= code.size(); ++bytes) {
    if (IsIndirectCall(code.last(bytes))) return true;
  }
  return false;
}

}  // namespace cairn::unwind
