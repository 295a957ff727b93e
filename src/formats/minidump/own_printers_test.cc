#include "formats/minidump/own_printers.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

std::string Printed(void (*print)(DumpPrinter&, base::Bytes), const std::vector<std::byte>& stream) {
  const DumpForTest dump(testing::MinidumpBuilder().Build());
  DumpPrinter printer(*dump, model::Cpu::kAmd64);
  print(printer, stream);
  return printer.Take();
}

TEST(OwnPrinters, CutStreamsSaySo) {
  EXPECT_EQ(Printed(PrintFullMemory, std::vector<std::byte>(15)), "(cut)\n");
  EXPECT_EQ(Printed(PrintFunctionTables, std::vector<std::byte>(2)), "(cut)\n(cut)\n");
  EXPECT_EQ(Printed(PrintVmCounters, std::vector<std::byte>(3)), "revision = 0\n(cut)\n");
  EXPECT_EQ(Printed(PrintCrashpadInfo, testing::ByteSink().U32(1).U8(1).Take()), "version = 1\n(cut)\n");
  EXPECT_EQ(Printed(PrintMacCrashInfo, testing::ByteSink().U32(1).U32(1).U32(40).Take()),
            "(some records are not readable)\n");
}

TEST(OwnPrinters, VmCountersAreOfTheirRevision) {
  std::vector<std::byte> stream(152);
  stream[0] = std::byte{1};
  EXPECT_EQ(Printed(PrintVmCounters, stream).find("virtual size"), std::string::npos);
  stream[0] = std::byte{2};
  EXPECT_NE(Printed(PrintVmCounters, stream).find("job total commit limit"), std::string::npos);
}

TEST(OwnPrinters, ListShowsTheEntriesThatAreThere) {
  const DumpForTest dump(testing::MinidumpBuilder().Build());
  DumpPrinter printer(*dump, model::Cpu::kAmd64);
  constexpr Field kFields[] = {{"id", FieldKind::kU32}};
  PrintList(printer, testing::ByteSink().U32(9).U32(1).U32(2).bytes(), 4, kFields);
  EXPECT_EQ(printer.Take(), "2 entries (cut)\n[0]\n  id = 1\n[1]\n  id = 2\n");
}

}  // namespace
}  // namespace cairn::minidump
