// ProcessForTest is a process for tests of one CPU's walk: two modules, a stack, perhaps code and mappings.
//
// What builds symbols and stacks is given by the tests, as only they may include testing/.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/unwind/walk.h"
#include "model/system.h"

namespace cairn::unwind {

inline constexpr std::uint64_t kTestApp = 0x0040'0000;      // With symbols: ProcessForTest::app.
inline constexpr std::uint64_t kTestLibrary = 0x0080'0000;  // Without.
inline constexpr std::uint64_t kTestModuleSize = 0x10000;
inline constexpr std::uint64_t kTestStack = 0x7e00'0000;

template <typename TableSymbols, typename StackBuilder>
struct ProcessForTest {
  using Memory = decltype(std::declval<const StackBuilder&>().Build());

  explicit ProcessForTest(model::Cpu of_cpu, model::Os of_os = model::Os::kLinux) : cpu(of_cpu), os(of_os) {
    app.Function(0x1000, 0x100, "Leaf").Function(0x1100, 0x100, "Inner").Function(0x1200, 0x100, "main");
  }

  StackBuilder Stack() const { return StackBuilder(kTestStack, order, model::PointerBytes(cpu)); }

  // The dump holds these bytes of code right before `end`.
  void PutCode(std::uint64_t end, std::vector<std::byte> bytes) {
    code = {.address = end - bytes.size(), .bytes = std::move(bytes)};
  }

  std::vector<model::Frame> Walk(const Memory& stack) const {
    const AddressSpace space(modules, mappings);
    SymbolSet symbols(modules.size());
    const model::MemoryView others[] = {{{code.address}, code.bytes}};
    const StackMemory memory({{stack.address}, stack.bytes}, model::PointerBytes(cpu), order, others);
    StackWalk walk({.os = os,
                    .cpu = cpu,
                    .space = space,
                    .symbols = symbols,
                    .stack = memory,
                    .run_time_code = run_time_code},
                   registers);
    while (const std::optional<std::uint32_t> module = walk.Next()) {
      symbols.Answer(*module, *module == 0 ? &app : nullptr);
    }
    return walk.TakeFrames();
  }

  model::Cpu cpu;
  model::Os os;
  std::endian order = std::endian::little;
  std::vector<model::Module> modules = {
      {.base = {kTestApp}, .size = kTestModuleSize, .code_file = "app"},
      {.base = {kTestLibrary}, .size = kTestModuleSize, .code_file = "library"}};
  std::vector<model::MemoryMapping> mappings;  // Empty: nothing is known.
  TableSymbols app;
  Memory code;
  const model::ModuleSymbols* run_time_code = nullptr;
  model::Registers registers;  // Of the context.
};

// "context leaf scan".
inline std::string Trusts(const std::vector<model::Frame>& frames) {
  std::string text;
  for (const model::Frame& frame : frames) {
    if (!text.empty()) text += ' ';
    text += model::TrustName(frame.trust);
  }
  return text;
}

inline std::vector<std::uint64_t> Instructions(const std::vector<model::Frame>& frames) {
  std::vector<std::uint64_t> addresses;
  for (const model::Frame& frame : frames) addresses.push_back(frame.instruction.value);
  return addresses;
}

}  // namespace cairn::unwind
