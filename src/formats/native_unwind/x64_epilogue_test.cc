#include "formats/native_unwind/x64_epilogue.h"

#include <string>

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"

namespace cairn::native {
namespace {

using namespace std::string_literals;

std::optional<X64Epilogue> Read(const std::string& code) { return ReadX64Epilogue(base::AsBytes(code)); }

TEST(X64Epilogue, ReleaseAndPopsAreFollowed) {
  const auto epilogue = Read("\x48\x83\xc4\x20\x5b\x41\x5e\xc3");  // add rsp, 32; pop rbx; pop r14; ret
  ASSERT_TRUE(epilogue);
  EXPECT_FALSE(epilogue->jumps);
  EXPECT_EQ(epilogue->row.cfa, RegisterPlus(model::kRsp, 32 + 8 + 8 + 8));
  EXPECT_EQ(epilogue->row.return_address, LoadFrom(CfaPlus(-8)));
  EXPECT_EQ(epilogue->row.registers,
            (std::vector<model::RegisterRule>{{model::kRbx, LoadFrom(CfaPlus(-24))},
                                              {model::kR14, LoadFrom(CfaPlus(-16))}}));
}

TEST(X64Epilogue, ReleaseMayUseTheFrameRegister) {
  EXPECT_EQ(Read("\x48\x8d\x65\x10\x5d\xc3"s)->row.cfa,
            RegisterPlus(model::kRbp, 0x20));  // lea rsp, [rbp+16]
  EXPECT_EQ(Read("\x49\x8d\xa5\x00\x01\x00\x00\xc3"s)->row.cfa, RegisterPlus(model::kR13, 0x108));
  const auto leave = Read("\xc9\xc3"s);
  ASSERT_TRUE(leave);
  EXPECT_EQ(leave->row.cfa, RegisterPlus(model::kRbp, 16));
  EXPECT_EQ(leave->row.registers[0].rule, LoadFrom(CfaPlus(-16)));
}

TEST(X64Epilogue, EveryReturnCounts) {
  for (const std::string& code : {"\xc3"s, "\xc2\x08\x00"s, "\xf3\xc3"s, "\xc5\xf8\x77\xc3"s}) {
    const auto epilogue = Read(code);
    ASSERT_TRUE(epilogue);
    EXPECT_EQ(epilogue->row.cfa, RegisterPlus(model::kRsp, 8));
  }
}

TEST(X64Epilogue, X86HasNoPrefixes) {
  const auto read = [](const std::string& code) { return ReadX86Epilogue(base::AsBytes(code)); };
  const auto released = read("\x83\xc4\x20\x5e\x5d\xc3"s);  // add esp, 32; pop esi; pop ebp; ret
  ASSERT_TRUE(released);
  EXPECT_EQ(released->row.cfa, RegisterPlus(model::kEsp, 32 + 4 + 4 + 4));
  EXPECT_EQ(released->row.return_address, LoadFrom(CfaPlus(-4)));
  EXPECT_EQ(released->row.registers,
            (std::vector<model::RegisterRule>{{model::kEsi, LoadFrom(CfaPlus(-12))},
                                              {model::kEbp, LoadFrom(CfaPlus(-8))}}));
  EXPECT_EQ(read("\xc9\xc3"s)->row.cfa, RegisterPlus(model::kEbp, 8));
  EXPECT_EQ(read("\x8d\x65\xf4\x5e\xc3"s)->row.cfa, RegisterPlus(model::kEbp, -12 + 8));  // lea esp, [ebp-12]
  EXPECT_FALSE(read("\x41\xc3"s)) << "inc ecx";
  EXPECT_FALSE(read("\x48\xff\xe0"s));
}

TEST(X64Epilogue, JumpTellsItsDistance) {
  EXPECT_EQ(Read("\x5b\xe9\x10\x00\x00\x00"s)->jump_distance, 1 + 5 + 16);
  EXPECT_EQ(Read("\xeb\xfe"s)->jump_distance, 0);
  EXPECT_EQ(Read("\x48\xff\xe0"s)->jump_distance, std::nullopt);
  EXPECT_TRUE(Read("\xff\x25\x00\x00\x00\x00"s)->jumps);
  EXPECT_FALSE(Read("\xff\xe0"s));  // The jump of a switch.
}

TEST(X64Epilogue, OtherCodeIsNone) {
  EXPECT_FALSE(Read(""));
  EXPECT_FALSE(Read("\x5b\x5d"s));                       // Cut off.
  EXPECT_FALSE(Read("\x48\x83\xc4"s));                   // Cut off.
  EXPECT_FALSE(Read("\x5b\x90\xc3"s));                   // Another instruction.
  EXPECT_FALSE(Read("\x5c\xc3"s));                       // pop rsp
  EXPECT_FALSE(Read(std::string(20, '\x5b') + "\xc3"));  // More pops than registers.
}

}  // namespace
}  // namespace cairn::native
