#include "analysis/crash/poison.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/hex.h"

namespace cairn::crash {
namespace {

struct Fill {
  std::uint32_t pattern;  // Of four bytes.
  std::string_view meaning;
};

constexpr std::uint32_t Repeat(std::uint32_t byte) { return byte * 0x01010101; }

// Sources: mozjemalloc.cpp and js/src/util/Poison.h of Firefox; jemalloc's junk option; crtdbg.h and the heap
// of Windows; partition_alloc_constants.h of Chromium; asan_flags.inc and scudo/standalone/combined.h of
// LLVM; malloc_debug of Android's libc; MallocScribble of macOS (man malloc); -ftrivial-auto-var-init=pattern
// of clang (aa) and gcc (fe). Where several fill with one byte, the system cannot tell them apart.
constexpr Fill kFills[] = {
    {Repeat(0x2b), "swept nursery (SpiderMonkey)"},
    {Repeat(0x2d), "allocated nursery (SpiderMonkey)"},
    {Repeat(0x2f), "fresh nursery (SpiderMonkey)"},
    {Repeat(0x49), "moved tenured cell (SpiderMonkey)"},
    {Repeat(0x4b), "swept tenured cell (SpiderMonkey)"},
    {Repeat(0x4d), "allocated tenured cell (SpiderMonkey)"},
    {Repeat(0x4f), "fresh tenured cell (SpiderMonkey)"},
    {Repeat(0x55), "freed (AddressSanitizer, MallocScribble)"},
    {Repeat(0x5a), "freed (jemalloc)"},
    {Repeat(0x6b), "freed (SpiderMonkey)"},
    {Repeat(0x8b), "freed chunk (SpiderMonkey)"},
    {Repeat(0x9b), "freed arena (SpiderMonkey)"},
    {Repeat(0x9f), "fresh mark stack (SpiderMonkey)"},
    {Repeat(0xa5), "uninitialised (jemalloc)"},
    {Repeat(0xaa), "uninitialised (MallocScribble, clang's automatic variables)"},
    {Repeat(0xab), "behind a heap block (Windows), or uninitialised (PartitionAlloc, Scudo)"},
    {Repeat(0xbb), "reset value (SpiderMonkey)"},
    {Repeat(0xbe), "uninitialised (AddressSanitizer)"},
    {Repeat(0xcc), "uninitialised stack (MSVC /RTC)"},
    {Repeat(0xcd), "uninitialised (MSVC debug heap), or freed (PartitionAlloc)"},
    {Repeat(0xce), "uninitialised (SpiderMonkey's LifoAlloc)"},
    {Repeat(0xdb), "freed script data (SpiderMonkey)"},
    {Repeat(0xdd), "freed (MSVC debug heap)"},
    {Repeat(0xe4), "uninitialised (mozjemalloc)"},
    {Repeat(0xe5), "freed (mozjemalloc)"},
    {Repeat(0xeb), "uninitialised (malloc debug of Android)"},
    {Repeat(0xef), "freed (malloc debug of Android)"},
    {Repeat(0xfd), "around a heap block (MSVC debug heap)"},
    {Repeat(0xfe), "uninitialised (gcc's automatic variables)"},
    {0xfeeefeee, "freed (HeapFree of Windows)"},
    {0xbaadf00d, "uninitialised (LocalAlloc of Windows)"},
};

// How far a field of a structure may lie from its start, and the start of an array's header before it.
constexpr std::uint64_t kMaxFieldOffset = 0x1000;
constexpr std::uint64_t kMaxHeaderBytes = 0x100;

bool IsNear(std::uint64_t pointer, std::uint64_t pattern) {
  return pointer - pattern < kMaxFieldOffset || pattern - pointer <= kMaxHeaderBytes;
}

bool Matches(model::Cpu cpu, std::uint64_t pointer, std::uint32_t pattern) {
  // A pointer of 32 bits may also be a compressed one of a 64-bit process.
  if (IsNear(pointer, pattern)) return true;
  if (model::PointerBytes(cpu) == 4) return false;
  const std::uint64_t wide = std::uint64_t{pattern} << 32 | pattern;
  if (IsNear(pointer, wide)) return true;
  // arm64 ignores the top byte of an address, and systems may clear it when they report one.
  constexpr std::uint64_t kAddressBits = 0x00ffffffffffffff;
  return cpu == model::Cpu::kArm64 && IsNear(pointer, wide & kAddressBits);
}

// The bytes that lower the trust in a bit flip: rust-minidump's list, so that confidences agree.
constexpr std::array<std::uint8_t, 18> kBitFlipPoison = {0x2b, 0x2d, 0x2f, 0x49, 0x4b, 0x4d,
                                                         0x4f, 0x6b, 0x8b, 0x9b, 0x9f, 0xa5,
                                                         0xbb, 0xcc, 0xcd, 0xce, 0xdb, 0xe5};

}  // namespace

std::string PoisonText(model::Cpu cpu, std::uint64_t pointer) {
  for (const Fill& fill : kFills) {
    if (!Matches(cpu, pointer, fill.pattern)) continue;
    const bool is_one_byte = fill.pattern == Repeat(fill.pattern & 0xff);
    return base::ToAddress(is_one_byte ? fill.pattern & 0xff : fill.pattern, is_one_byte ? 2 : 8)
        .append(": ")
        .append(fill.meaning);
  }
  return {};
}

bool HoldsPoison(const model::RegisterTable& table, const model::Registers& registers) {
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    const std::optional<std::uint64_t> value = registers.Get(static_cast<model::RegisterIndex>(i));
    if (!value) continue;
    const auto byte = static_cast<std::uint8_t>(*value);
    if (*value == byte * 0x0101010101010101u &&
        std::ranges::find(kBitFlipPoison, byte) != kBitFlipPoison.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace cairn::crash
