#include "model/registers.h"

namespace cairn::model {
namespace {

constexpr std::string_view kAmd64Names[] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8",
                                            "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip"};
constexpr RegisterIndex kAmd64CalleeSaved[] = {kRbx, kRbp, kR12, kR13, kR14, kR15};
constexpr RegisterTable kAmd64 = {
    .names = kAmd64Names, .pc = kRip, .sp = kRsp, .fp = kRbp, .callee_saved = kAmd64CalleeSaved};

}  // namespace

const RegisterTable* FindRegisterTable(Cpu cpu) { return cpu == Cpu::kAmd64 ? &kAmd64 : nullptr; }

std::optional<RegisterIndex> FindRegister(const RegisterTable& table, std::string_view name) {
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    if (table.names[i] == name) return static_cast<RegisterIndex>(i);
  }
  return std::nullopt;
}

}  // namespace cairn::model
