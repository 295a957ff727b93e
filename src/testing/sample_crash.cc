#include "testing/sample_crash.h"

#include "base/hex.h"
#include "testing/stack_builder.h"

namespace cairn::testing {

MemorySpec SampleStack(std::endian order) {
  StackBuilder stack(kSampleStack, order);
  stack.Word(0xb0b0);                  // +00  Inner: saved rbx. rsp.
  stack.Word(kSampleMain + 0x1121);    // +08  Inner returns to Outer.
  stack.Words(4, 0);                   // +10  Outer: locals.
  stack.Word(kSampleStack + 0x80);     // +30  Outer: saved rbp. rbp points here.
  stack.Word(kSampleLibrary + 0x501);  // +38  Outer returns to libwork.so.
  stack.Words(2, 0x1234);              // +40  Work: locals,
  stack.Word(kSampleMain + 0x5000);    // +50  an address in crashy where no function is,
  stack.Word(kSampleStack);            // +58  and one in no module.
  stack.Word(kSampleMain + 0x1211);    // +60  Work returns to main.
  stack.Words(3, 0);                   // +68  main: locals.
  stack.Word(0);                       // +80  The chain of saved rbp ends.
  stack.Words(7, 0);                   // +88
  return stack.Build();
}

model::Registers SampleRegisters() {
  model::Registers registers;
  for (model::RegisterIndex index = model::kRax; index <= model::kR15; ++index)
    registers.Set(index, 0x100u + index);
  registers.Set(model::kRip, kSampleMain + 0x1010);
  registers.Set(model::kRsp, kSampleStack);
  registers.Set(model::kRbp, kSampleStack + 0x30);
  return registers;
}

MinidumpBuilder SampleCrash(std::endian order) {
  const auto build_id = base::HexToBytes("00112233445566778899aabbccddeeff01020304");
  MinidumpBuilder dump(order);
  dump.System({}).MiscInfo(4711, 1699999990);
  dump.Thread({.id = 100,
               .name = "main",
               .context = Amd64Context(SampleRegisters(), order),
               .stack = SampleStack(order)});
  dump.Module({.base = kSampleMain,
               .size = 0x10000,
               .name = "/opt/app/crashy",
               .code_view = ElfCodeView(*build_id, order)});
  dump.Module({.base = kSampleLibrary, .size = 0x2000, .name = "/opt/app/libwork.so"});
  dump.Exception({.thread_id = 100,
                  .code = 11,
                  .flags = 1,
                  .address = 0x10,
                  .context = Amd64Context(SampleRegisters(), order)});
  dump.Memory(SampleStack(order));
  dump.LinuxMaps(
      "00400000-00410000 r-xp 00000000 08:01 1 /opt/app/crashy\n"
      "7f0000000000-7f0000002000 r-xp 00000000 08:01 2 /opt/app/libwork.so\n"
      "7ffd00000000-7ffd00001000 rw-p 00000000 00:00 0 [stack]\n");
  dump.CrashpadAnnotation("channel", "nightly").CrashpadModuleAnnotation("step", "deref");
  return dump;
}

std::string_view SampleSymbols() {
  return "MODULE Linux x86_64 33221100554477668899AABBCCDDEEFF0 crashy\n"
         "INFO CODE_ID 00112233445566778899AABBCCDDEEFF01020304\n"
         "FILE 0 /src/crashy.cc\n"
         "FILE 1 /src/deref.h\n"
         "INLINE_ORIGIN 0 Deref(int*)\n"
         "FUNC 1000 100 0 Inner()\n"
         "INLINE 0 12 0 0 1000 20\n"
         "1000 20 7 1\n"
         "1020 e0 13 0\n"
         "FUNC 1100 100 0 Outer(int)\n"
         "1100 100 21 0\n"
         "FUNC 1200 100 0 main\n"
         "1200 100 30 0\n"
         "STACK CFI INIT 1000 100 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"
         "STACK CFI 1001 .cfa: $rsp 16 + $rbx: .cfa -16 + ^\n";
}

}  // namespace cairn::testing
