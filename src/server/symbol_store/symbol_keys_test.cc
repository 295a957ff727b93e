#include "server/symbol_store/symbol_keys.h"

#include <gtest/gtest.h>

#include "server/store/blob_store.h"

namespace cairn::symbol_store {
namespace {

using store::SymbolClass;

TEST(SymbolKeysTest, PathsOfSymbolFilesAreRead) {
  const auto name = ParseSymbolPath("libfoo.so/0123456789abcdef0123456789ABCDEF0/libfoo.so.sym");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->debug_id, "0123456789ABCDEF0123456789ABCDEF0");
  EXPECT_EQ(name->Path(), "libfoo.so/0123456789ABCDEF0123456789ABCDEF0/libfoo.so.sym");
}

TEST(SymbolKeysTest, OddNamesMakeValidKeysThatDiffer) {
  std::string last;
  for (const char* file :
       {"Google Chrome Framework", "+", "~", "a+20b", "a b", ".hidden", "libstdc++.so.6"}) {
    const auto name = MakeSymbolName(file, "AB", "x.sym");
    ASSERT_TRUE(name) << file;
    EXPECT_TRUE(store::IsValidKey(SymbolKey(SymbolClass::kRegular, *name)))
        << SymbolKey(SymbolClass::kRegular, *name);
    EXPECT_TRUE(store::IsValidKey(CacheKey(SymbolClass::kTry, *name))) << CacheKey(SymbolClass::kTry, *name);
    EXPECT_NE(SymbolKey(SymbolClass::kRegular, *name), last);
    last = SymbolKey(SymbolClass::kRegular, *name);
  }
}

TEST(SymbolKeysTest, PathTricksAreNoNames) {
  for (const char* path :
       {"", "a", "a/AB", "a/AB/", "/AB/c", "a//c", "../AB/c", "a/XY/c", "a/AB/..", "a/AB/b/c", "a\\b/AB/c",
        "a/AB/c\n", "a\x80/AB/c", "a/AB/c|d", "a\u00e9/AB/c", "a\u0080/AB/c", "a\xc4/AB/c"}) {
    EXPECT_FALSE(ParseSymbolPath(path)) << path;
  }
  EXPECT_FALSE(MakeSymbolName(std::string(500, 'a'), "AB", "c"));
  EXPECT_FALSE(MakeSymbolName(std::string(110, ' '), "AB", "c")) << "its key would be too long";
}

TEST(SymbolKeysTest, LetterCaseCountsExceptForFilesOfWindows) {
  const auto key = [](const char* file) {
    return SymbolKey(SymbolClass::kRegular, *MakeSymbolName(file, "AB", "x.sym"));
  };
  EXPECT_EQ(key("Xul.PDB"), key("xul.pdb"));
  EXPECT_EQ(key("A.Dll"), key("a.dll"));
  EXPECT_NE(key("libFoo.so"), key("libfoo.so"));
  EXPECT_TRUE(FormerSymbolKey(*MakeSymbolName("libFoo.so", "AB", "x.sym")).empty());
  EXPECT_EQ(FormerSymbolKey(*MakeSymbolName("Xul.pdb", "AB", "x.sym")), "v1/symbols/Xul.pdb/AB/x.sym");
}

TEST(SymbolKeysTest, AKeyTellsItsName) {
  for (const char* file : {"Google Chrome Framework", "+", "a+20b", ".hidden", "lib\u0101.so"}) {
    const auto name = MakeSymbolName(file, "AB", "x.sym");
    ASSERT_TRUE(name) << file;
    EXPECT_EQ(NameInKey(SymbolKey(SymbolClass::kTry, *name)), name);
  }
  for (const char* key :
       {"v1/dump/a/AB/c", "v1/symbols/", "v1/symbols/a/AB", "v1/symbols/a+/AB/c", "v1/symbols/a+2/AB/c"}) {
    EXPECT_FALSE(NameInKey(key)) << key;
  }
}

}  // namespace
}  // namespace cairn::symbol_store
