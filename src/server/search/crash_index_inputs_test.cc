// The contract of CrashIndex: going through all signature inputs, and where a signature's crashes went.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "server/search/crash_index_contract_for_test.h"
#include "server/search/crash_rows_for_test.h"

namespace cairn::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServerSearchCrashIndexInputs : public CrashIndexContract {
 protected:
  // Copies of all inputs, page by page; their stacks are not to be looked at.
  std::vector<StoredInput> ReadAll(const InputQuestion& question, std::size_t page) {
    std::vector<StoredInput> all;
    auto reader = index_->ReadInputs(question);
    EXPECT_TRUE(reader) << (reader ? "" : base::Describe(reader.error()));
    while (reader) {
      const auto inputs = (*reader)->Next(page);
      EXPECT_TRUE(inputs) << (inputs ? "" : base::Describe(inputs.error()));
      if (!inputs || inputs->empty()) break;
      EXPECT_LE(inputs->size(), page);
      for (const StoredInput& input : *inputs) {
        all.push_back(input);
        all.back().stack.clear();
      }
    }
    return all;
  }
};

std::string Draw(const BorrowedStack& stack) {
  std::string text;
  for (const StackFrame* const frame : stack) {
    text += frame->module + "!" + frame->debug_id + "+" + std::to_string(frame->module_offset) + ":";
    for (const NamedFrame& name : frame->names) {
      text += " " + name.function + "@" + name.file + "#" + std::to_string(name.line);
    }
    text += "\n";
  }
  return text;
}

TEST_P(ServerSearchCrashIndexInputs, AnInputComesBackWithAllThatTheRulesRead) {
  CrashRow row = TestRow(1);
  ChangeStack(row, [](std::vector<StackFrame>& frames) {
    frames[0].names.insert(frames[0].names.begin(), {"inlined", "b.h", 7});
    frames.push_back(frames[1]);
    frames.push_back({.module_offset = 0x7fff'ffff'0000'0001});
  });
  const SharedStack main_thread = MakeStack({{.module = "waits", .debug_id = "EF0", .module_offset = 5}});
  ChangeInput(row, [&](SignatureInput::Parts& parts) {
    parts.more_stacks = {main_thread, parts.stack};
    parts.annotations = {{"Hang", "ui"}, {"AbortMessage", "it's \"over\""}};
    parts.signature = {"inlined", "inlined | crash_here", "a | b"};
  });
  Add({row});
  const auto reader = index_->ReadInputs({});
  ASSERT_TRUE(reader);
  const auto page = (*reader)->Next(10);
  ASSERT_TRUE(page && page->size() == 1);
  const StoredInput& input = page->front();
  EXPECT_EQ(input.id, row.input->id());
  const std::string crashed =
      "crashy!AB0+16: inlined@b.h#7 crash_here@a.cc#3\ncrashy!AB0+32: main@a.cc#9\n"
      "crashy!AB0+32: main@a.cc#9\n!+9223372032559808513:\n";
  EXPECT_EQ(Draw(input.stack), crashed);
  ASSERT_EQ(input.more_stacks.size(), 2U);
  EXPECT_EQ(Draw(input.more_stacks[0]), "waits!EF0+5:\n");
  EXPECT_EQ(Draw(input.more_stacks[1]), crashed);
  EXPECT_EQ(input.platform, "Linux");
  EXPECT_EQ(input.reason, "SIGSEGV / SEGV_MAPERR");
  EXPECT_EQ(input.annotations_json, row.input->annotations_json());
  EXPECT_EQ(input.signature, (Signature{"inlined", "inlined | crash_here", "a | b"}));
  EXPECT_EQ(input.crashes, 0U) << "nobody asked";
  EXPECT_TRUE((*reader)->Next(10)->empty());
}

TEST_P(ServerSearchCrashIndexInputs, PagesHoldEachInputOnceWithItsCrashes) {
  const std::vector<CrashRow> rows = RandomTestRows(300, 5);
  Add(rows);
  std::map<std::int64_t, std::uint64_t> crashes;
  std::map<std::int64_t, std::string> first;
  for (const CrashRow& row : rows) {
    ++crashes[row.input->id()];
    std::string& uuid = first[row.input->id()];
    if (uuid.empty() || row.uuid < uuid) uuid = row.uuid;
  }
  for (const std::size_t page : {std::size_t{40}, std::size_t{1000}}) {
    const std::vector<StoredInput> all = ReadAll({.after = {}, .with_crashes = true}, page);
    ASSERT_EQ(all.size(), crashes.size());
    auto expected = crashes.begin();
    for (const StoredInput& input : all) {
      EXPECT_EQ(input.id, expected->first);
      EXPECT_EQ(input.crashes, expected->second);
      EXPECT_EQ(input.example, first[input.id]);
      ++expected;
    }
  }
  const std::int64_t middle = std::next(crashes.begin(), 20)->first;
  const std::vector<StoredInput> rest = ReadAll({.after = middle, .with_crashes = false}, 50);
  ASSERT_EQ(rest.size(), crashes.size() - 21);
  EXPECT_EQ(rest.front().id, std::next(crashes.begin(), 21)->first);
}

TEST_P(ServerSearchCrashIndexInputs, AnEmptyIndexHasNone) {
  EXPECT_THAT(ReadAll({.after = {}, .with_crashes = true}, 10), IsEmpty());
}

TEST_P(ServerSearchCrashIndexInputs, AddressesOfAModuleComeInTheOrderOfTheirPlaces) {
  CrashRow row = TestRow(1);
  ChangeStack(row, [](std::vector<StackFrame>& frames) {
    frames = {{.module = "b", .debug_id = "EF0", .module_offset = ~std::uint64_t{0}},
              {.module = "b", .debug_id = "EF0", .module_offset = 7, .names = {{"named", "", 0}}},
              {.module = "a", .debug_id = "EF0", .module_offset = 7},
              {.module = "a", .debug_id = "EF0", .module_offset = 7},
              {.module = "a", .debug_id = "EF1", .module_offset = 8}};
  });
  Add({row});
  const auto places = [&](const AddressQuestion& question) {
    std::vector<AddressPlace> found;
    const auto addresses = index_->AddressesOf(question);
    EXPECT_TRUE(addresses);
    for (const StackFrame& frame : *addresses) {
      EXPECT_EQ(frame.debug_id, question.debug_id);
      found.push_back({frame.module_offset, frame.module});
    }
    return found;
  };
  const AddressPlace first{7, "a"};
  const AddressPlace second{7, "b"};
  const AddressPlace last{~std::uint64_t{0}, "b"};
  EXPECT_THAT(places({.debug_id = "EF0"}), ElementsAre(first, second, last));
  EXPECT_THAT(places({.debug_id = "EF0", .after = {}, .addresses_max = 2}), ElementsAre(first, second));
  EXPECT_THAT(places({.debug_id = "EF0", .after = first}), ElementsAre(second, last));
  EXPECT_THAT(places({.debug_id = "EF0", .after = second}), ElementsAre(last));
  EXPECT_THAT(places({.debug_id = "EF0", .after = last}), IsEmpty());
  EXPECT_THAT(places({.debug_id = "EF'"}), IsEmpty());
  EXPECT_THAT(places({.debug_id = "\xff"}), IsEmpty());
}

TEST_P(ServerSearchCrashIndexInputs, InputsOfAModuleAreThoseOnWhoseStacksItIs) {
  CrashRow with = TestRow(1);
  ChangeStack(with,
              [](std::vector<StackFrame>& frames) { frames.push_back({.module = "m", .debug_id = "EF0"}); });
  CrashRow beside = TestRow(2);
  ChangeInput(beside, [](SignatureInput::Parts& parts) {
    parts.more_stacks = {MakeStack({{.module = "m", .debug_id = "EF0", .module_offset = 5}})};
  });
  Add({with, beside, TestRow(3)});
  std::vector<std::int64_t> expected = {with.input->id(), beside.input->id()};
  std::ranges::sort(expected);
  EXPECT_EQ(*index_->InputsOf("EF0"), expected);
  EXPECT_THAT(*index_->InputsOf("none"), IsEmpty());
  EXPECT_THAT(*index_->InputsOf("\xff"), IsEmpty());
}

TEST_P(ServerSearchCrashIndexInputs, AFormerSignatureLeadsToThoseOfToday) {
  CrashRow other = TestRow(2);
  ChangeInput(other, [](SignatureInput::Parts& parts) { parts.reason = "SIGABRT"; });
  Add({TestRow(1), other});
  EXPECT_THAT(*index_->FollowSignature("crash_here", {}), ElementsAre("crash_here"));
  const auto set = [&](const CrashRow& row, const std::string& signature) {
    const std::vector<SignatureOf> signatures = {{row.input->id(), {signature, "p", ""}}};
    ASSERT_TRUE(index_->SetSignatures(signatures));
  };
  set(TestRow(1), "one");
  EXPECT_THAT(*index_->FollowSignature("crash_here", {}), ElementsAre("crash_here", "one"));
  set(other, "two");
  set(TestRow(1), "one more");
  EXPECT_THAT(*index_->FollowSignature("crash_here", {}), ElementsAre("one more", "two"));
  EXPECT_THAT(*index_->FollowSignature("one", {}), ElementsAre("one more"));
  set(TestRow(1), "crash_here");
  EXPECT_THAT(*index_->FollowSignature("crash_here", {}), ElementsAre("crash_here", "two"));
  EXPECT_THAT(*index_->FollowSignature("one more", {}), ElementsAre("crash_here"));
  EXPECT_THAT(*index_->FollowSignature("never", {}), IsEmpty());
  EXPECT_THAT(*index_->FollowSignature("\xff", {}), IsEmpty());
}

TEST_P(ServerSearchCrashIndexInputs, LinksOutliveASweepAndGoWithTheirCrashes) {
  CrashRow other = TestRow(2);
  ChangeInput(other, [](SignatureInput::Parts& parts) { parts.reason = "SIGABRT"; });
  Add({TestRow(1), other});
  for (const CrashRow& row : {TestRow(1), other}) {
    const std::vector<SignatureOf> signatures = {{row.input->id(), {"now " + row.uuid, "p", ""}}};
    ASSERT_TRUE(index_->SetSignatures(signatures));
  }
  ASSERT_TRUE(index_->Purge(std::vector<std::string>{other.uuid}));
  EXPECT_THAT(*index_->FollowSignature("crash_here", {}), ElementsAre("now " + TestUuid(1)));
}

// A crash whose stack is made of these functions; 'u' at the start: one without symbols.
CrashRow RowOf(std::uint64_t number, const std::vector<std::string>& functions) {
  CrashRow row = TestRow(number);
  ChangeStack(row, [&](std::vector<StackFrame>& frames) {
    frames.clear();
    for (const std::string& function : functions) {
      StackFrame& frame = frames.emplace_back(StackFrame{.module = "app", .debug_id = "AB0"});
      for (const char c : function)
        frame.module_offset = frame.module_offset * 256 + static_cast<unsigned char>(c);
      if (!function.starts_with('u')) frame.names = {{function, "a.cc", 1}};
    }
  });
  SetSignature(row, functions[0], functions[0]);
  return row;
}

TEST_P(ServerSearchCrashIndexInputs, AlikeAreThoseThatShareRareFrames) {
  const std::vector<CrashRow> rows = {RowOf(1, {"query", "rare1", "rare2", "u1", "main"}),
                                      RowOf(2, {"both", "rare1", "rare2", "main"}),
                                      RowOf(3, {"one", "rare2", "main"}),
                                      RowOf(4, {"bare", "u1", "main"}),
                                      RowOf(5, {"far", "main"}),
                                      RowOf(6, {"none", "start"}),
                                      RowOf(7, {"query", "else", "main"})};
  Add(rows);
  const auto alike = index_->FindAlike({.signature = "query"});
  ASSERT_TRUE(alike) << base::Describe(alike.error());
  EXPECT_THAT(alike->of_signature, ::testing::UnorderedElementsAre(rows[0].input->id(), rows[6].input->id()));
  ASSERT_EQ(alike->of_others.size(), 4U);
  EXPECT_EQ(alike->of_others[0], rows[1].input->id());
  EXPECT_EQ(alike->of_others[3], rows[4].input->id()) << "what everybody shares says least";
  EXPECT_TRUE(index_->FindAlike({.signature = "nobody's"})->of_signature.empty());
  EXPECT_TRUE(index_->FindAlike({.signature = "\xff"})->of_signature.empty());
  const std::vector<StoredInput> only = ReadAll({.only = alike->of_others}, 10);
  EXPECT_EQ(only.size(), 4U);
}

TEST_P(ServerSearchCrashIndexInputs, AlikeAreOnlyInputsOfCrashesThatAreSeen) {
  std::vector<CrashRow> rows = {
      RowOf(1, {"query", "rare1", "main"}), RowOf(2, {"query", "secret", "rare1", "main"}),
      RowOf(3, {"other", "rare1", "main"}), RowOf(4, {"other", "secret", "rare1", "main"}),
      RowOf(5, {"hidden", "rare1", "main"})};
  for (const std::size_t i : {1U, 3U, 4U}) rows[i].product = "Closed";
  Add(rows);
  const auto find = [&](std::optional<std::vector<Query>> seen, const std::string& signature = "query") {
    const auto alike = index_->FindAlike({.signature = signature, .seen = std::move(seen)});
    EXPECT_TRUE(alike) << (alike ? "" : base::Describe(alike.error()));
    return alike ? *alike : AlikeInputs{};
  };
  EXPECT_EQ(find(std::nullopt).of_signature.size(), 2U);
  EXPECT_EQ(find(std::nullopt).of_others.size(), 3U);
  const Query open = QueryFor({ClauseOf(FieldId::kProduct, Operator::kEquals, "Closed", Combine::kNoneOf)});
  const AlikeInputs seen = find(std::vector{open});
  EXPECT_THAT(seen.of_signature, ElementsAre(rows[0].input->id()));
  EXPECT_THAT(seen.of_others, ElementsAre(rows[2].input->id()));
  EXPECT_THAT(find(std::vector{open}, "hidden").of_signature, IsEmpty());
  const Query closed = QueryFor({ClauseOf(FieldId::kProduct, Operator::kEquals, "Closed")});
  EXPECT_EQ(find(std::vector{open, closed}).of_others.size(), 3U) << "what any of them finds is seen";
  EXPECT_THAT(find(std::vector<Query>{}).of_signature, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchCrashIndexInputs, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
