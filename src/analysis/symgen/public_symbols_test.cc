#include "analysis/symgen/public_symbols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::symgen {
namespace {

std::vector<std::string> Names(std::vector<CodeSymbol> symbols,
                               const std::vector<FunctionRecord>& functions = {}) {
  SortSymbols(symbols);
  std::vector<std::string> names;
  for (const PublicSymbol& symbol : ChoosePublicSymbols(symbols, functions)) names.emplace_back(symbol.name);
  return names;
}

TEST(PublicSymbols, OneNameForEachAddressInOrder) {
  EXPECT_THAT(Names({{"second", {0x20}, 4, true},
                     {"__libc_read", {0x10}, 4, true},
                     {"__read", {0x10}, 4, true},
                     {"read", {0x10}, 4, true},
                     {"a_local_name", {0x20}, 4, false}}),
              testing::ElementsAre("read", "second"));
}

TEST(PublicSymbols, SameSymbolInBothTablesStandsOnce) {
  EXPECT_THAT(Names({{"f", {0x10}, 4, true}, {"f", {0x10}, 4, true}}), testing::ElementsAre("f"));
}

TEST(PublicSymbols, WhatAFunctionCoversIsLeftOut) {
  std::vector<FunctionRecord> functions(2);
  functions[0].range = {{0x10}, 0x10};
  functions[1].range = {{0x40}, 0x10};
  EXPECT_THAT(Names({{"before", {0xf}, 0, true},
                     {"start", {0x10}, 0, true},
                     {"inside", {0x1f}, 0, true},
                     {"behind", {0x20}, 0, true}},
                    functions),
              testing::ElementsAre("before", "behind"));
}

// The name of one function without a linkage name at 0x10, after these symbols.
std::string NameAfter(const std::string& name, std::vector<CodeSymbol> symbols) {
  DebugInfo info;
  info.functions.resize(1);
  info.functions[0].range = {{0x10}, 0x10};
  info.functions[0].name = info.names.Add(name);
  SortSymbols(symbols);
  TakeSymbolNames(symbols, info);
  return info.names.texts()[info.functions[0].name];
}

TEST(SymbolNames, FunctionsWithoutLinkageNamesTakeBetterOnes) {
  EXPECT_EQ(NameAfter("__GI_abort", {{"abort", {0x10}, 4, true}, {"__GI_abort", {0x10}, 4, false}}), "abort");
  EXPECT_EQ(NameAfter("f", {{"_ZN12_GLOBAL__N_11fEi", {0x10}, 4, false}}), "(anonymous namespace)::f(int)");
  EXPECT_EQ(NameAfter("f", {{"_ZN12_GLOBAL__N_11fEi.cold", {0x10}, 4, false}}),
            "(anonymous namespace)::f(int)");
}

TEST(SymbolNames, OfFunctionsWithTheSameCodeEachKeepsItsOwn) {
  const std::vector<CodeSymbol> folded = {{"_ZN1a6DeleteIiEEvPv", {0x10}, 4, true},
                                          {"_ZN1a12_GLOBAL__N_14FreeIiEEvPv", {0x10}, 4, false}};
  EXPECT_EQ(NameAfter("a::(anonymous namespace)::Free<int>", folded),
            "void a::(anonymous namespace)::Free<int>(void*)");
  EXPECT_EQ(NameAfter("a::Delete<int>", folded), "void a::Delete<int>(void*)");
  EXPECT_EQ(NameAfter("a::{lambda}::operator()", folded), "void a::Delete<int>(void*)")
      << "the most public one";
}

TEST(SymbolNames, OthersStay) {
  EXPECT_EQ(NameAfter("_exit", {{"exit", {0x10}, 4, true}, {"_exit", {0x10}, 4, true}}), "_exit")
      << "public already";
  EXPECT_EQ(NameAfter("f", {{"f.part.0", {0x10}, 4, false}}), "f") << "neither mangled nor global";
  EXPECT_EQ(NameAfter("f", {{"g", {0x11}, 4, true}}), "f") << "inside, not at the start";
}

}  // namespace
}  // namespace cairn::symgen
