#include "server/processor/named_stacks.h"

#include <gtest/gtest.h>

namespace cairn::processor {
namespace {

// A ping of one frame in a module that was loaded at `base`.
std::string PingAt(const std::string& base, const std::string& ip, const std::string& metadata = "") {
  return R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15","creationDate":"2026-05-01T10:00:00.000Z",
    "version":4,"application":{"architecture":"x86-64","buildId":"1","channel":"release","name":"Crashy",
    "platformVersion":"1.0","vendor":"Cairn","version":"1.0","xpcomAbi":"x86_64-gcc3"},
    "payload":{"crashDate":"2026-05-01","metadata":{)" +
         metadata + R"(},"stackTraces":{"crash_info":{"type":"SIGSEGV","address":"0x8","crashing_thread":0},
    "modules":[{"base_addr":")" +
         base + R"(","end_addr":"0xffff0000","debug_file":"crashy",
    "debug_id":"0123456789ABCDEF0123456789ABCDEF0","filename":"/home/planted/crashy"}],
    "threads":[{"frames":[{"ip":")" +
         ip + R"(","module_index":0,"trust":"context"}]}]}}})";
}

worker::Ping Read(const std::string& json) {
  auto ping = worker::ReadPing(json);
  EXPECT_TRUE(ping);
  return *std::move(ping);
}

search::SharedInput SomeInput() {
  return search::MakeInput({.stack = search::MakeStack({{"crashy", "0123", 16, {{"Outer", "a.cc", 7}}}}),
                            .more_stacks = {},
                            .platform = "Linux",
                            .reason = "SIGSEGV",
                            .annotations = {},
                            .signature = {"Outer", "Outer", ""}});
}

TEST(NamedStacksTest, WhereAModuleWasLoadedMakesNoOtherStack) {
  const std::string key = KeyOfStack(Read(PingAt("0x1000", "0x1010")));
  EXPECT_EQ(KeyOfStack(Read(PingAt("0x5000", "0x5010"))), key);
  EXPECT_NE(KeyOfStack(Read(PingAt("0x1000", "0x1020"))), key);
  EXPECT_NE(KeyOfStack(Read(PingAt("0x1000", "0x1010", R"("OOMAllocationSize":"1")"))), key);
  EXPECT_EQ(KeyOfStack(Read(PingAt("0x1000", "0x1010", R"("UptimeTS":"1")"))), key);
  std::string other_product = PingAt("0x1000", "0x1010");
  other_product.replace(other_product.find("Crashy"), 6, "Editor");
  EXPECT_NE(KeyOfStack(Read(other_product)), key) << "rules may ask for the product";
}

TEST(NamedStacksTest, ModulesThatNoFrameIsInMakeNoOtherStack) {
  const std::string module = R"({"base_addr":"0xffff1000","end_addr":"0xffff2000","debug_file":"driver",
    "debug_id":"00000000000000000000000000000000F","filename":"driver"})";
  std::string with_driver = PingAt("0x1000", "0x1010");
  with_driver.insert(with_driver.find("],\n    \"threads\""), "," + module);
  EXPECT_EQ(KeyOfStack(Read(with_driver)), KeyOfStack(Read(PingAt("0x1000", "0x1010"))));
}

TEST(NamedStacksTest, WhatWasNotUsedForLongestAndWhatIsOldIsForgotten) {
  std::size_t bytes_max = 0;
  // Room for three: what a fourth needs is found by trying.
  for (bytes_max = 100;; bytes_max += 10) {
    NamedStacks stacks(bytes_max);
    for (const char* const key : {"a", "b", "c"}) stacks.Put(key, SomeInput(), 0);
    if (stacks.Find("a", 0)) break;
  }
  NamedStacks stacks(bytes_max);
  for (const char* const key : {"a", "b", "c"}) stacks.Put(key, SomeInput(), 0);
  EXPECT_TRUE(stacks.Find("a", 1));
  stacks.Put("d", SomeInput(), 1);
  EXPECT_TRUE(stacks.Find("a", 1));
  EXPECT_FALSE(stacks.Find("b", 1));
  EXPECT_FALSE(stacks.Find("a", kNamedStackMs + 1)) << "symbols may have come";
  EXPECT_TRUE(stacks.Find("d", kNamedStackMs + 1));
  EXPECT_EQ(stacks.counts().hits, 3u);
  EXPECT_EQ(stacks.counts().misses, 2u);
  NamedStacks small(10);
  small.Put("a", SomeInput(), 0);
  EXPECT_FALSE(small.Find("a", 0));
}

TEST(NamedStacksTest, StacksOfABuildWhoseSymbolsCameAreForgotten) {
  const auto input_of = [](const std::string& first, const std::string& second) {
    return search::MakeInput({.stack = search::MakeStack({{"a", first, 16, {}}}),
                              .more_stacks = {search::MakeStack({{"b", second, 16, {}}})},
                              .platform = "Linux",
                              .reason = "",
                              .annotations = {},
                              .signature = {}});
  };
  NamedStacks stacks;
  stacks.Put("on the stack", input_of("B1", "C"), 0);
  stacks.Put("on another", input_of("A", "B1"), 0);
  stacks.Put("nowhere", input_of("B2", "C"), 0);
  stacks.ForgetBuild("B1");
  EXPECT_FALSE(stacks.Find("on the stack", 1));
  EXPECT_FALSE(stacks.Find("on another", 1));
  EXPECT_TRUE(stacks.Find("nowhere", 1));
}

}  // namespace
}  // namespace cairn::processor
