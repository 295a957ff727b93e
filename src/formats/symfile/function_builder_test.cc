#include "formats/symfile/function_builder.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

using ByteTable = std::vector<std::byte>;
using Words = std::vector<std::uint32_t>;

class SymbolFunctionBuilder : public testing::Test {
 protected:
  void Finish() { builder_.Finish(tables_); }
  base::Bytes BytesOf(Section section) {
    if (const Words* words = std::get_if<Words>(&tables_[section])) return std::as_bytes(std::span(*words));
    return std::get<ByteTable>(tables_[section]);
  }
  AddressRow RowAt(std::uint64_t address) {
    return AddressRows(BytesOf(Section::kSegments), BytesOf(Section::kBuckets), BytesOf(Section::kChunkIndex),
                       BytesOf(Section::kChunks))
        .Find(address);
  }
  // Name of the symbol in force, "" for none.
  std::string SymbolAt(std::uint64_t address) {
    const std::uint32_t symbol = PackedTable<1>(BytesOf(Section::kSpans)).At(RowAt(address).span)[0];
    return symbol == 0 ? "" : names_[PackedTable<5>(BytesOf(Section::kSymbols)).At(symbol - 1)[2]];
  }
  std::string_view AddFunction(std::uint64_t address, std::uint64_t size, const char* name) {
    names_.emplace_back(name);
    return builder_.AddFunction({.address = address, .size = size, .name = name});
  }
  void AddPublic(std::uint64_t address, const char* name) {
    names_.emplace_back(name);
    builder_.AddPublic({.address = address, .name = name});
  }

  StringTable strings_;
  std::vector<std::string> names_;  // By string id.
  CompileReport report_;
  FunctionBuilder builder_{strings_, report_};
  CacheTables tables_;
};

TEST_F(SymbolFunctionBuilder, SpansOfFunctionsAndPublics) {
  AddPublic(0x3000, "p");
  AddFunction(0x1000, 0x10, "f");
  Finish();
  EXPECT_EQ(SymbolAt(0xfff), "");
  EXPECT_EQ(SymbolAt(0x1000), "f");
  EXPECT_EQ(SymbolAt(0x1010), "");
  EXPECT_EQ(SymbolAt(0x3000), "p");
  EXPECT_EQ(SymbolAt(0x1002fff), "p");
  EXPECT_EQ(SymbolAt(0x1003000), "");
}

TEST_F(SymbolFunctionBuilder, PublicAtTheEndOfTheAddressSpace) {
  AddPublic(~std::uint64_t{0} - 1, "p");
  Finish();
  EXPECT_EQ(SymbolAt(~std::uint64_t{0} - 2), "");
  EXPECT_EQ(SymbolAt(~std::uint64_t{0} - 1), "p");
  EXPECT_EQ(SymbolAt(~std::uint64_t{0}), "");
}

TEST_F(SymbolFunctionBuilder, LineRowsHaveGapsOnlyWhereLinesDo) {
  AddFunction(0x1000, 0x30, "f");
  builder_.AddLine({.address = 0x1008, .size = 8, .line = 5, .file = 3});
  builder_.AddLine({.address = 0x1010, .size = 8, .line = 6, .file = 3});
  Finish();
  EXPECT_EQ(RowAt(0x1007), (AddressRow{.span = 0}));
  EXPECT_EQ(RowAt(0x1008), (AddressRow{.span = 0, .file = 0, .line = 5}));
  EXPECT_EQ(RowAt(0x1017), (AddressRow{.span = 0, .file = 0, .line = 6}));
  EXPECT_EQ(RowAt(0x1018), (AddressRow{.span = 0}));
  EXPECT_EQ(RowAt(0x1030), (AddressRow{.span = 1}));
  EXPECT_EQ(PackedTable<1>(BytesOf(Section::kFiles)).At(0)[0], 0u) << "no FILE record came";
}

TEST_F(SymbolFunctionBuilder, RowsOfAFunctionAreCutWhereASmallerOneBegins) {
  AddFunction(0x1000, 0x30, "outer");
  builder_.AddLine({.address = 0x1000, .size = 0x30, .line = 5, .file = 3});
  AddFunction(0x1010, 0x10, "inner");
  Finish();
  EXPECT_EQ(RowAt(0x100f), (AddressRow{.span = 0, .file = 0, .line = 5}));
  EXPECT_EQ(RowAt(0x1010), (AddressRow{.span = 1}));
  EXPECT_EQ(RowAt(0x1020), (AddressRow{.span = 2, .file = 0, .line = 5}));
  EXPECT_EQ(SymbolAt(0x1020), "outer");
}

TEST_F(SymbolFunctionBuilder, LinesOfASkippedFunctionAreDropped) {
  AddFunction(0x1000, 0x30, "f");
  builder_.SkipFunction();
  EXPECT_EQ(builder_.AddLine({.address = 0x1008, .size = 8, .line = 5, .file = 3}), "");
  Finish();
  EXPECT_EQ(RowAt(0x1008), (AddressRow{.span = 0}));
  EXPECT_EQ(report_.outside_function, 1u);
}

}  // namespace
}  // namespace cairn::symfile
