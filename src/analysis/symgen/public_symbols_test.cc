#include "analysis/symgen/public_symbols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::symgen {
namespace {

using object::ElfSymbol;

std::vector<std::string> Names(const std::vector<ElfSymbol>& symbols,
                               const std::vector<FunctionRecord>& functions = {}) {
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

}  // namespace
}  // namespace cairn::symgen
