#include "analysis/unwind/x86_calls.h"

#include <gtest/gtest.h>

#include <string_view>

#include "base/hex.h"

namespace cairn::unwind {
namespace {

// `hex` behind bytes that are no part of any call.
bool EndsWithCall(std::string_view hex) {
  const auto code = base::HexToBytes("9090909090909090" + std::string(hex));
  return EndsWithX86Call(base::Bytes(*code).last(8));
}

TEST(X86Calls, EveryFormIsKnown) {
  for (const std::string_view call : {
           "e811223344",      // call rel32
           "9a112233440800",  // call far ptr16:32
           "ffd0",            // call eax
           "41ffd4",          // call r12
           "ff10",            // call [eax]
           "ff1504030201",    // call [disp32], [rip + disp32]
           "ff1424",          // call [esp]
           "ff14c504030201",  // call [eax * 8 + disp32]
           "ff5508",          // call [ebp + disp8]
           "ff542408",        // call [esp + disp8]
           "ff9004030201",    // call [eax + disp32]
           "ff942404030201",  // call [esp + disp32]
           "64ff1510000000",  // call gs:[disp32]
           "ff18",            // call far [eax]
           "ff5808",          // call far [eax + disp8]
       }) {
    EXPECT_TRUE(EndsWithCall(call)) << call;
  }
}

TEST(X86Calls, OtherCodeIsNone) {
  for (const std::string_view code : {
           "909090909090",  // nop
           "ffe0",          // jmp eax
           "ff2504030201",  // jmp [disp32]
           "ff30",          // push [eax]
           "ff14",          // call, without its SIB byte
           "ff15040302",    // call, cut
           "ff1508",        // the same
           "e811223344c3",  // call, then ret
           "0f05",          // syscall
           "c3",
       }) {
    EXPECT_FALSE(EndsWithCall(code)) << code;
  }
  EXPECT_FALSE(EndsWithX86Call({}));
}

}  // namespace
}  // namespace cairn::unwind
