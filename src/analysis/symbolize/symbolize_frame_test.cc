#include "analysis/symbolize/symbolize_frame.h"

#include <gtest/gtest.h>

namespace cairn::symbolize {
namespace {

// main [0x1000, 0x1100) in main.c, with f inlined at 0x1010.
class FakeSymbols final : public model::ModuleSymbols {
 public:
  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset) const override { return std::nullopt; }
  model::CodeAt FindCode(model::ModuleOffset) const override { return model::CodeAt::kUnknown; }
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override {
    if (offset.value < 0x1000 || offset.value >= 0x1100) return std::nullopt;
    model::SymbolizedAddress found;
    found.location = {"main", "main.c", 7};
    found.function_start = {0x1000};
    if (offset.value == 0x1010) found.inlines.push_back({"f", "f.c", 3});
    return found;
  }
};

const FakeSymbols kSymbols;

const model::Module kModule = [] {
  model::Module module;
  module.base = {0x7f0000000000};
  module.size = 0x2000;
  return module;
}();

model::Frame FrameAt(std::uint64_t offset) {
  model::Frame frame;
  frame.instruction = {kModule.base.value + offset};
  return frame;
}

TEST(SymbolizeFrame, FillsNamesOffsetAndInlines) {
  model::Frame frame = FrameAt(0x1010);
  SymbolizeFrame(frame, kModule, &kSymbols);
  EXPECT_EQ(frame.location.function, "main");
  EXPECT_EQ(frame.location.file, "main.c");
  EXPECT_EQ(frame.location.line, 7u);
  EXPECT_EQ(frame.function_offset, 0x10u);
  ASSERT_EQ(frame.inlines.size(), 1u);
  EXPECT_EQ(frame.inlines[0].function, "f");
  EXPECT_FALSE(frame.missing_symbols);
}

TEST(SymbolizeFrame, AddressWithoutNameHasNoNameAndNoComplaint) {
  model::Frame frame = FrameAt(0x1100);
  SymbolizeFrame(frame, kModule, &kSymbols);
  EXPECT_TRUE(frame.location.function.empty());
  EXPECT_FALSE(frame.function_offset.has_value());
  EXPECT_FALSE(frame.missing_symbols);
}

TEST(SymbolizeFrame, MissingSymbolsAreSaid) {
  model::Frame frame = FrameAt(0x1010);
  SymbolizeFrame(frame, kModule, nullptr);
  EXPECT_TRUE(frame.missing_symbols);
  EXPECT_TRUE(frame.location.function.empty());
}

TEST(SymbolizeFrame, SecondLookUpReplacesTheFirst) {
  model::Frame frame = FrameAt(0x1010);
  SymbolizeFrame(frame, kModule, &kSymbols);
  SymbolizeFrame(frame, kModule, nullptr);
  EXPECT_TRUE(frame.location.function.empty());
  EXPECT_TRUE(frame.inlines.empty());
  EXPECT_FALSE(frame.function_offset.has_value());
}

TEST(SymbolizeFrame, AddressOutsideTheModuleIsLeftAlone) {
  model::Frame frame = FrameAt(0x1010);
  frame.instruction.value = 0x10;
  SymbolizeFrame(frame, kModule, &kSymbols);
  EXPECT_TRUE(frame.location.function.empty());
}

}  // namespace
}  // namespace cairn::symbolize
