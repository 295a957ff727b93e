#include "analysis/symgen/windows_name.h"

#include <gtest/gtest.h>

namespace cairn::symgen {
namespace {

void Expect(std::string_view name, std::string_view text, std::uint32_t bytes,
            model::Cpu cpu = model::Cpu::kX86) {
  const WindowsName read = ReadWindowsName(name, cpu);
  EXPECT_EQ(read.text, text);
  EXPECT_EQ(read.parameter_bytes, bytes);
}

TEST(WindowsName, NamesOfCLoseWhatTheLinkerAdds) {
  Expect("_main", "main", 0);
  Expect("_Sleep@4", "Sleep", 4);
  Expect("@fast@12", "fast", 12);
  Expect("__ZN1a1fEv", "_ZN1a1fEv", 0);
}

TEST(WindowsName, OtherNamesStay) {
  Expect("?f@@YAXH@Z", "?f@@YAXH@Z", 0);
  Expect("plain", "plain", 0);
  Expect("_odd@name", "odd@name", 0);
  Expect("@", "@", 0);
  Expect("_", "_", 0);
  Expect("_main", "_main", 0, model::Cpu::kAmd64);
}

}  // namespace
}  // namespace cairn::symgen
