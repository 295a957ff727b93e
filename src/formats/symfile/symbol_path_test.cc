#include "formats/symfile/symbol_path.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

constexpr const char* kId = "0123456789ABCDEF0123456789ABCDEF0";

std::string PathOf(std::string debug_file, std::string code_file = {}, std::string id = kId) {
  model::Module module;
  module.debug_file = std::move(debug_file);
  module.code_file = std::move(code_file);
  module.debug_id.text = std::move(id);
  return SymbolPath(module);
}

TEST(SymbolPath, ElfNamesKeepTheirEnding) {
  EXPECT_EQ(PathOf("/usr/lib/libfoo.so.6"), std::string("libfoo.so.6/") + kId + "/libfoo.so.6.sym");
}

TEST(SymbolPath, PdbInAnyCaseBecomesSym) {
  EXPECT_EQ(PathOf("c:\\build\\Foo.PDB"), std::string("Foo.PDB/") + kId + "/Foo.sym");
  EXPECT_EQ(PathOf(".pdb"), std::string(".pdb/") + kId + "/.pdb.sym")
      << "a name that is only the ending stays";
}

TEST(SymbolPath, CodeFileStandsInForAMissingDebugFile) {
  EXPECT_EQ(PathOf("", "C:\\game\\game.exe"), std::string("game.exe/") + kId + "/game.exe.sym");
}

TEST(SymbolPath, NothingWithoutNameOrId) {
  EXPECT_EQ(PathOf(""), "");
  EXPECT_EQ(PathOf("/usr/lib/"), "");
  EXPECT_EQ(PathOf("libfoo.so", "", ""), "");
}

TEST(SymbolPath, NeverLeadsOutOfTheFolder) {
  EXPECT_EQ(PathOf(".."), "");
  EXPECT_EQ(PathOf("a/.."), "");
  EXPECT_EQ(PathOf("libfoo.so", "", "../../../../../../../../../../etc"), "");
  EXPECT_EQ(PathOf(std::string("lib\0foo", 7)), "");
  EXPECT_EQ(PathOf(std::string(300, 'a')), "");
}

}  // namespace
}  // namespace cairn::symfile
