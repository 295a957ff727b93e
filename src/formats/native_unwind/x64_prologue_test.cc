#include "formats/native_unwind/x64_prologue.h"

#include <string>

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"

namespace cairn::native {
namespace {

using namespace std::string_literals;

std::optional<model::UnwindRow> Read(const std::string& code) { return ReadX64Prologue(base::AsBytes(code)); }

TEST(X64Prologue, PushesAndAllocationsAreCounted) {
  EXPECT_EQ(Read("")->cfa, RegisterPlus(model::kRsp, 8));
  // endbr64; push rbp; mov rbp, rsp; push r15; push rax; sub rsp, 0x108
  const auto row = Read("\xf3\x0f\x1e\xfa\x55\x48\x89\xe5\x41\x57\x50\x48\x81\xec\x08\x01\x00\x00"s);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kRsp, 8 + 24 + 0x108));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-8)));
  EXPECT_EQ(row->registers, (std::vector<model::RegisterRule>{{model::kRbp, LoadFrom(CfaPlus(-16))},
                                                              {model::kR15, LoadFrom(CfaPlus(-24))}}));
}

TEST(X64Prologue, X86HasNoPrefixes) {
  const auto read = [](const std::string& code) { return ReadX86Prologue(base::AsBytes(code)); };
  // endbr32; push ebp; mov ebp, esp; push edi; sub esp, 0x20
  const auto row = read("\xf3\x0f\x1e\xfb\x55\x89\xe5\x57\x83\xec\x20"s);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kEsp, 4 + 8 + 0x20));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-4)));
  EXPECT_EQ(row->registers, (std::vector<model::RegisterRule>{{model::kEbp, LoadFrom(CfaPlus(-8))},
                                                              {model::kEdi, LoadFrom(CfaPlus(-12))}}));
  EXPECT_FALSE(read("\x48\x83\xec\x20"s)) << "dec eax";
}

TEST(X64Prologue, OtherCodeEndsIt) {
  EXPECT_FALSE(Read("\x55\x90"s));
  EXPECT_FALSE(Read("\x48\x83\xec"s));      // Cut off.
  EXPECT_FALSE(Read("\x48\x83\xec\x80"s));  // A negative allocation.
  EXPECT_FALSE(Read(std::string(17, '\x53')));
}

}  // namespace
}  // namespace cairn::native
