#include "symbols/loaded_symbols.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <bit>
#include <filesystem>

#include "formats/native_unwind/binary_symbols.h"
#include "formats/symfile/symbol_path.h"
#include "formats/symfile/text_source.h"

namespace cairn::symbols {
namespace {

constexpr const char* kText =
    "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 me\nFUNC 10 10 0 Named()\n";

std::unique_ptr<const symfile::TextSource> TextOf(std::string_view text) {
  return std::make_unique<symfile::TextInMemory>(base::AsBytes(text));
}

TEST(SymbolFileTest, TextAndItsHeader) {
  const auto file = SymbolFile::FromText(TextOf(kText));
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ((*file)->debug_file(), "me");
  EXPECT_EQ((*file)->debug_id().text, "0123456789ABCDEF0123456789ABCDEF0");
  EXPECT_EQ((*file)->symbols().Symbolize({0x18})->location.function, "Named()");
  EXPECT_EQ(SymbolFile::FromText(TextOf("<html>")).error().code, base::Code::kBadMagic);
  EXPECT_FALSE(SymbolFile::FromCompiled({}).has_value());
}

TEST(LoadedSymbolsTest, WithoutABinaryTheSymbolFileAnswersAlone) {
  const auto file = SymbolFile::FromText(TextOf(kText));
  ASSERT_TRUE(file.has_value());
  const LoadedSymbols named(*file, nullptr);
  EXPECT_EQ(&named.symbols(), &(*file)->symbols());
  EXPECT_FALSE(named.FindUnwindRow({0x18}));
  EXPECT_EQ(named.FindCode({0x18}), model::CodeAt::kFunction);
  EXPECT_TRUE(named.ReadCode({0x18}, 4).empty());
}

// The binary is this test's own: names of the symbol file, unwind rows and code of the binary.
TEST(LoadedSymbolsTest, BinaryFillsInWhatTheSymbolFileLacks) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const auto mapping = os::MappedFile::Open(self);
  ASSERT_TRUE(mapping.has_value());
  const auto identity = native::IdentifyBinary(mapping->bytes());
  ASSERT_TRUE(identity.has_value());
  model::Module module;
  EXPECT_FALSE(IsBuildOf(self, module)) << "no id matches no file";
  module.debug_id = identity->debug_id;
  EXPECT_TRUE(IsBuildOf(self, module));
  EXPECT_FALSE(IsBuildOf("/nowhere", module));
  const auto binary = BinaryFile::Open(self, module);
  ASSERT_TRUE(binary.has_value()) << Describe(binary.error());

  Dl_info place{};
  ASSERT_NE(dladdr(std::bit_cast<void*>(&symfile::SymbolPath), &place), 0);
  const model::ModuleOffset offset{std::bit_cast<std::uint64_t>(&symfile::SymbolPath) -
                                   std::bit_cast<std::uint64_t>(place.dli_fbase)};
  const auto file = SymbolFile::FromText(TextOf(kText));
  ASSERT_TRUE(file.has_value());
  const LoadedSymbols both(*file, *binary);
  EXPECT_TRUE(both.symbols().FindUnwindRow(offset).has_value());
  EXPECT_EQ(both.symbols().FindCode(offset), model::CodeAt::kFunction);
  EXPECT_EQ(both.symbols().ReadCode(offset, 4).size(), 4u);
  EXPECT_EQ(both.symbols().Symbolize({0x18})->location.function, "Named()");
}

}  // namespace
}  // namespace cairn::symbols
