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

worker::CrashOutcome OutcomeOf(const worker::Ping& ping) {
  return *worker::ReadOutcome(worker::WriteOutcome(ping.report, ping.facts));
}

StackNames SomeNames() {
  StackNames names;
  names.threads = {{{{"Outer", "a.cc", 7}, 0x10, {{"Inner", "a.h", 3}}, false}}};
  names.modules = {{model::SymbolStatus::kLoaded, true}};
  names.signature = {"Inner", "Inner | Outer", {"a note"}};
  return names;
}

TEST(NamedStacksTest, WhereAModuleWasLoadedMakesNoOtherStack) {
  const std::string key = KeyOfStack(Read(PingAt("0x1000", "0x1010")));
  EXPECT_EQ(KeyOfStack(Read(PingAt("0x5000", "0x5010"))), key);
  EXPECT_NE(KeyOfStack(Read(PingAt("0x1000", "0x1020"))), key);
  EXPECT_NE(KeyOfStack(Read(PingAt("0x1000", "0x1010", R"("OOMAllocationSize":"1")"))), key);
  EXPECT_EQ(KeyOfStack(Read(PingAt("0x1000", "0x1010", R"("UptimeTS":"1")"))), key);
}

TEST(NamedStacksTest, APingGetsTheNamesOfAnotherAndKeepsItsAddresses) {
  worker::Ping first = Read(PingAt("0x1000", "0x1010"));
  GiveNames(SomeNames(), first);
  const std::optional<StackNames> names = NamesOf(OutcomeOf(first), first);
  ASSERT_TRUE(names);
  worker::Ping second = Read(PingAt("0x5000", "0x5010"));
  GiveNames(*names, second);
  const worker::CrashOutcome outcome = OutcomeOf(second);
  EXPECT_EQ(outcome.signature, "Inner");
  EXPECT_EQ(outcome.proto_signature, "Inner | Outer");
  EXPECT_EQ(outcome.notes, std::vector<std::string>{"a note"});
  ASSERT_EQ(outcome.stack.size(), 1u);
  ASSERT_EQ(outcome.stack[0].names.size(), 2u);
  EXPECT_EQ(outcome.stack[0].names[1].line, 7u);
  for (const char* const part : {R"("offset":"0x0000000000005010")", R"("base_addr":"0x0000000000005000")",
                                 R"("function_offset":"0x0000000000000010")", R"("corrupt_symbols":true)",
                                 R"("inlines":[{"function":"Inner","file":"a.h","line":3}])"}) {
    EXPECT_NE(outcome.json_dump.find(part), std::string::npos) << part << "\n" << outcome.json_dump;
  }
  EXPECT_EQ(outcome.json_dump.find("planted"), std::string::npos) << "names of files only";
}

TEST(NamedStacksTest, AnAnswerOfAnotherShapeIsNotRemembered) {
  const worker::Ping ping = Read(PingAt("0x1000", "0x1010"));
  worker::CrashOutcome outcome = OutcomeOf(ping);
  for (const char* const dump :
       {"{}", R"({"threads":[{"frames":[]}],"modules":[{}]})", R"({"threads":[{"frames":[{}]}]})"}) {
    outcome.json_dump = dump;
    EXPECT_FALSE(NamesOf(outcome, ping)) << dump;
  }
}

TEST(NamedStacksTest, WhatWasNotUsedForLongestAndWhatIsOldIsForgotten) {
  NamedStacks stacks(3 * (SomeNames().bytes() + 2));
  for (const char* const key : {"a", "b", "c"}) stacks.Put(key, SomeNames(), 0);
  EXPECT_TRUE(stacks.Find("a", 1));
  stacks.Put("d", SomeNames(), 1);
  EXPECT_TRUE(stacks.Find("a", 1));
  EXPECT_FALSE(stacks.Find("b", 1));
  EXPECT_FALSE(stacks.Find("a", kNamedStackMs + 1)) << "symbols may have come";
  EXPECT_TRUE(stacks.Find("d", kNamedStackMs + 1));
  EXPECT_EQ(stacks.counts().hits, 3u);
  EXPECT_EQ(stacks.counts().misses, 2u);
  NamedStacks small(10);
  small.Put("a", SomeNames(), 0);
  EXPECT_FALSE(small.Find("a", 0));
}

}  // namespace
}  // namespace cairn::processor
