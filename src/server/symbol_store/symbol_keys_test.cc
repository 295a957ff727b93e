#include "server/symbol_store/symbol_keys.h"

#include <gtest/gtest.h>

#include "server/store/blob_store.h"

namespace cairn::symbol_store {
namespace {

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
    EXPECT_TRUE(store::IsValidKey(SymbolKey(*name))) << SymbolKey(*name);
    EXPECT_TRUE(store::IsValidKey(CacheKey(*name))) << CacheKey(*name);
    EXPECT_NE(SymbolKey(*name), last);
    last = SymbolKey(*name);
  }
}

TEST(SymbolKeysTest, PathTricksAreNoNames) {
  for (const char* path : {"", "a", "a/AB", "a/AB/", "/AB/c", "a//c", "../AB/c", "a/XY/c", "a/AB/..",
                           "a/AB/b/c", "a\\b/AB/c", "a/AB/c\n", "a\x80/AB/c", "a/AB/c|d"}) {
    EXPECT_FALSE(ParseSymbolPath(path)) << path;
  }
  EXPECT_FALSE(MakeSymbolName(std::string(500, 'a'), "AB", "c"));
}

}  // namespace
}  // namespace cairn::symbol_store
