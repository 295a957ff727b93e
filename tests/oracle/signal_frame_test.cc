// A stack through a signal handler: the interrupted function is found at the very instruction that faulted,
// by the C library's own unwind tables of its trampoline.
#include <link.h>
#include <ucontext.h>

#include <csignal>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/unwind/walk.h"
#include "formats/dwarf/elf_unwind_tables.h"
#include "os/file.h"

// Faults at its first byte, so that one byte before it is another function. That one claims a huge frame: who
// takes its rules loses the way.
asm(R"(
.text
.type BeforeTheFault, @function
BeforeTheFault:
  .cfi_startproc
  .cfi_def_cfa %rsp, 0x10000
  nop
  .cfi_endproc
.size BeforeTheFault, . - BeforeTheFault
.globl FaultAtOnce
.type FaultAtOnce, @function
FaultAtOnce:
  .cfi_startproc
  ud2
  ret
  .cfi_endproc
.size FaultAtOnce, . - FaultAtOnce
)");
extern "C" void FaultAtOnce();

namespace cairn {
namespace {

constexpr std::size_t kFaultInstructionBytes = 2;

// What the handler leaves behind. It only copies: the walk comes later.
struct Snapshot {
  ucontext_t handler{};              // Registers inside the handler.
  std::vector<std::byte> stack;      // From the handler's stack pointer up.
  std::uint64_t return_address = 0;  // Of FaultAtOnce, as it lies on the stack.
};
Snapshot* snapshot = nullptr;

std::uint64_t RegisterOf(const ucontext_t& context, int index) {
  return static_cast<std::uint64_t>(context.uc_mcontext.gregs[index]);
}

[[gnu::noinline]] void TakeSnapshot(int, siginfo_t*, void* interrupted_context) {
  auto& interrupted = *static_cast<ucontext_t*>(interrupted_context);
  getcontext(&snapshot->handler);
  const auto* const stack = reinterpret_cast<const std::byte*>(RegisterOf(snapshot->handler, REG_RSP));
  std::memcpy(snapshot->stack.data(), stack, snapshot->stack.size());
  std::memcpy(&snapshot->return_address, reinterpret_cast<const void*>(RegisterOf(interrupted, REG_RSP)), 8);
  interrupted.uc_mcontext.gregs[REG_RIP] += kFaultInstructionBytes;
}

// The files that are mapped as code, with their unwind tables.
struct Modules {
  std::vector<model::Module> modules;
  std::vector<std::unique_ptr<os::MappedFile>> files;
  std::vector<std::unique_ptr<dwarf::ElfUnwindTables>> tables;
};

int AddModule(dl_phdr_info* info, std::size_t, void* data) {
  auto& modules = *static_cast<Modules*>(data);
  const std::string path = *info->dlpi_name == '\0' ? "/proc/self/exe" : info->dlpi_name;
  auto mapped = os::MappedFile::Open(path);
  if (!mapped) return 0;  // The vdso.
  auto bytes = std::make_unique<os::MappedFile>(*std::move(mapped));
  const auto file = object::ElfFile::Open(bytes->bytes());
  if (!file) return 0;
  auto tables = dwarf::ElfUnwindTables::Create(*file);
  if (!tables) return 0;
  modules.modules.push_back(
      {.base = {info->dlpi_addr + file->load_base().value}, .size = file->image_size()});
  modules.files.push_back(std::move(bytes));
  modules.tables.push_back(std::make_unique<dwarf::ElfUnwindTables>(*std::move(tables)));
  return 0;
}

model::Registers RegistersOf(const ucontext_t& context) {
  model::Registers registers;
  registers.Set(model::kRip, RegisterOf(context, REG_RIP));
  registers.Set(model::kRsp, RegisterOf(context, REG_RSP));
  registers.Set(model::kRbp, RegisterOf(context, REG_RBP));
  registers.Set(model::kRbx, RegisterOf(context, REG_RBX));
  registers.Set(model::kR12, RegisterOf(context, REG_R12));
  registers.Set(model::kR13, RegisterOf(context, REG_R13));
  registers.Set(model::kR14, RegisterOf(context, REG_R14));
  registers.Set(model::kR15, RegisterOf(context, REG_R15));
  return registers;
}

TEST(SignalFrame, FunctionThatFaultedAtItsFirstInstructionIsFoundBehindTheHandler) {
  Snapshot taken;
  taken.stack.resize(4096);  // The signal's frame has about 1 KiB, with AVX-512 3 KiB.
  snapshot = &taken;
  struct sigaction action{};
  action.sa_sigaction = TakeSnapshot;
  action.sa_flags = SA_SIGINFO;
  struct sigaction old_action{};
  ASSERT_EQ(sigaction(SIGILL, &action, &old_action), 0);
  FaultAtOnce();
  sigaction(SIGILL, &old_action, nullptr);

  Modules modules;
  dl_iterate_phdr(AddModule, &modules);
  const unwind::AddressSpace space(modules.modules, {});
  unwind::SymbolSet symbols(modules.modules.size());
  const std::uint64_t stack_start = RegisterOf(taken.handler, REG_RSP);
  unwind::StackWalk walk({.os = model::Os::kLinux,
                          .cpu = model::Cpu::kAmd64,
                          .space = space,
                          .symbols = symbols,
                          .stack = unwind::StackMemory({{stack_start}, taken.stack})},
                         RegistersOf(taken.handler));
  while (const auto module = walk.Next()) symbols.Answer(*module, modules.tables[*module].get());

  const std::vector<model::Frame>& frames = walk.frames();
  ASSERT_GE(frames.size(), 4u);
  EXPECT_EQ(frames[1].trust, model::Trust::kCfi);
  EXPECT_EQ(frames[1].instruction, frames[1].resume_address) << "the trampoline";
  EXPECT_EQ(frames[2].trust, model::Trust::kCfi);
  EXPECT_EQ(frames[2].instruction.value, reinterpret_cast<std::uint64_t>(&FaultAtOnce));
  EXPECT_EQ(frames[3].trust, model::Trust::kCfi);
  EXPECT_EQ(frames[3].resume_address.value, taken.return_address);
}

}  // namespace
}  // namespace cairn
