#include "server/signing/signing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/signing/signing_for_test.h"
#include "server/signing/signing_index.h"
#include "server/store/blob_keys.h"

namespace cairn::signing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using ServerSigningSigning = SigningTest;

SettingsText WithRules(SettingsText text) {
  text.rules = R"(
products = ["Crashy"]
[[rule]]
name = "noise"
effect = "skip"
function = "Space0::"
[[rule]]
name = "one"
effect = "rename"
function = "Space1::function_1"
to = "One"
)";
  return text;
}

// The flows between two states of the index.
std::vector<Flow> FlowsOf(const auto& before, const auto& after) {
  std::map<std::pair<std::string, std::string>, Flow> flows;
  for (const auto& [id, was] : before) {
    const auto& is = after.at(id);
    Flow& flow = flows[{was.signature.signature, is.signature.signature}];
    flow.from = was.signature.signature;
    flow.to = is.signature.signature;
    ++flow.inputs;
    flow.crashes += was.crashes;
    if (flow.example.empty() || was.example < flow.example) flow.example = was.example;
  }
  std::vector<Flow> list;
  for (const auto& [names, flow] : flows) list.push_back(flow);
  return list;
}

TEST_F(ServerSigningSigning, APreviewIsWhatSigningAgainComesToAndUndoRestoresExactly) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    ASSERT_TRUE(signing_->Add(RandomCrashes(400, seed)));
    const auto before = ReadAll();
    for (const SettingsText& text : {ListsForTest(), WithRules({}), WithRules(ListsForTest())}) {
      const auto now = ReadAll();
      const auto preview = signing_->PreviewOf(text);
      ASSERT_TRUE(preview && std::holds_alternative<Preview>(*preview));
      EXPECT_TRUE(ReadAll() == now) << "a preview changes nothing";
      Save(text);
      const auto after = ReadAll();
      const Preview& said = std::get<Preview>(*preview);
      EXPECT_TRUE(said.flows == FlowsOf(now, after));
      EXPECT_GT(said.changed_inputs, 10U);
      EXPECT_FALSE(said.splits.empty());
      EXPECT_FALSE(said.merges.empty());
      Take(signing_->Undo({"bob", "too much noise"}));
      EXPECT_TRUE(ReadAll() == now);
      Save(text);
      EXPECT_TRUE(ReadAll() == after);
    }
    for (int i = 0; i < 3; ++i) Take(signing_->Undo({"bob", ""}));
    EXPECT_TRUE(ReadAll() == before);
    EXPECT_THAT(Refused(signing_->Undo({"bob", ""})), ElementsAre("there is nothing to undo"));
  }
}

TEST_F(ServerSigningSigning, WhatCameMeanwhileIsUndoneAsWell) {
  Save(ListsForTest());
  ASSERT_TRUE(signing_->Add(RandomCrashes(300, 1)));
  Take(signing_->Undo({"ann", ""}));
  const auto undone = ReadAll();
  const auto same = signing_->PreviewOf({});
  EXPECT_EQ(std::get<Preview>(*same).changed_inputs, 0U);
  EXPECT_FALSE(undone.empty());
}

TEST_F(ServerSigningSigning, NewCrashesAreSignedByWhatIsInForce) {
  Save(ListsForTest());
  SigningIndex index(*index_, *signing_);
  ASSERT_TRUE(index.Add(RandomCrashes(300, 1)));
  ASSERT_TRUE(index.Replace(RandomCrashes(100, 2)));
  const auto same = signing_->PreviewOf(ListsForTest());
  EXPECT_GT(std::get<Preview>(*same).inputs, 100U);
  EXPECT_EQ(std::get<Preview>(*same).changed_inputs, 0U);
  for (const auto& [id, called] : ReadAll()) EXPECT_NE(called.signature.signature, "of nobody");
}

TEST_F(ServerSigningSigning, WhatWasNotSignedByTheseRulesIsSignedAtStart) {
  ASSERT_TRUE(index_->Add(RandomCrashes(300, 1)));  // Behind our back, as after a kill.
  const auto before = ReadAll();
  Save(ListsForTest());
  const auto after = ReadAll();
  EXPECT_FALSE(before == after);
  std::vector<search::SignatureOf> old;
  for (const auto& [id, called] : before) old.emplace_back(id, called.signature);
  ASSERT_TRUE(index_->SetSignatures(old));
  Open();
  signing_->WaitUntilSigned();
  EXPECT_TRUE(ReadAll() == before) << "it is noted as done";
  ASSERT_TRUE(blobs_.Remove(store::kSigningProgressKey));
  Open();
  signing_->WaitUntilSigned();
  EXPECT_TRUE(ReadAll() == after);
}

TEST_F(ServerSigningSigning, WorkThatWasKilledGoesOnWhereItWas) {
  ASSERT_TRUE(index_->Add(RandomCrashes(300, 1)));
  Save(ListsForTest());
  const auto all_done = ReadAll();
  std::vector<search::SignatureOf> old;
  for (const auto& [id, called] : all_done) old.emplace_back(id, search::Signature{"old", "", ""});
  ASSERT_TRUE(index_->SetSignatures(old));
  const std::int64_t middle = std::next(all_done.begin(), 40)->first;
  const Progress noted{.stamp = signing_->rules()->stamp(), .after = middle, .trouble = {}};
  ASSERT_TRUE(blobs_.Put(store::kSigningProgressKey, base::AsBytes(WriteProgress(noted))));
  Open();
  signing_->WaitUntilSigned();
  for (const auto& [id, called] : ReadAll()) {
    EXPECT_EQ(called.signature,
              id <= middle ? search::Signature({"old", "", ""}) : all_done.at(id).signature);
  }
}

TEST_F(ServerSigningSigning, AnUndoIsNotTakenForDoneBecauseItsRulesOnceWere) {
  ASSERT_TRUE(signing_->Add(RandomCrashes(30, 1)));
  Save(ListsForTest());
  Take(signing_->Undo({"ann", ""}));
  const Progress done = signing_->progress();
  EXPECT_TRUE(done.is_done);
  Save(ListsForTest());
  // As it is noted between the order and the first page.
  auto undo = signing_->Undo({"ann", ""});
  ASSERT_TRUE(undo);
  signing_->WaitUntilSigned();
  EXPECT_EQ(signing_->progress().stamp, done.stamp);
  EXPECT_GE(signing_->progress().inputs, 10U) << "looked at again";
}

TEST_F(ServerSigningSigning, HistoryTellsWhoChangedWhatAndOutlivesARestart) {
  Save(ListsForTest());
  ASSERT_TRUE(signing_->Add({RandomCrashes(30, 1)}));
  Save({});
  Take(signing_->Undo({"bob", "too much noise"}));
  Open();
  const auto history = *signing_->ListHistory(0, 10);
  ASSERT_THAT(history, SizeIs(3));
  EXPECT_EQ(history[0].action, Action::kUndo);
  EXPECT_EQ(history[0].content, 1);
  EXPECT_EQ(history[0].who, "bob");
  EXPECT_EQ(history[0].why, "too much noise");
  EXPECT_EQ(history[2].when_ms, search::kTestNowMs + 1);
  EXPECT_EQ(signing_->Current().settings.text, ListsForTest());
  EXPECT_THAT(*signing_->ListHistory(2, 10), SizeIs(1));
  EXPECT_EQ(signing_->GetRevision(2)->settings.text, SettingsText{});
  EXPECT_EQ(signing_->GetRevision(9).error().code, base::Code::kNotFound);
}

TEST_F(ServerSigningSigning, BrokenSettingsChangeNothing) {
  SettingsText text = ListsForTest();
  text.lists->prefix = "malloc\n(\n";
  EXPECT_THAT(Refused(signing_->Save(text, {"ann", ""})),
              ElementsAre(HasSubstr("prefix_signature_re.txt, line 2: `(`")));
  const auto preview = signing_->PreviewOf(text);
  EXPECT_THAT(std::get<Mistakes>(*preview), SizeIs(1));
  EXPECT_THAT(Refused(signing_->Save({}, {"ann", std::string(1001, 'x')})), SizeIs(1));
  EXPECT_EQ(signing_->Current(), Revision{});
  EXPECT_THAT(*signing_->ListHistory(0, 10), IsEmpty());
}

// Three crashes of three signatures.
class ServerSigningDecisions : public SigningTest {
 protected:
  ServerSigningDecisions() {
    std::vector<search::CrashRow> rows;
    for (const std::string name : {"alpha", "beta", "epsilon"}) {
      search::CrashRow row = search::TestRow(rows.size());
      search::ChangeStack(row, [&](std::vector<search::StackFrame>& frames) {
        frames[0].module_offset = 0x1000 + 16 * rows.size();
        frames[0].names[0].function = name;
      });
      rows.push_back(row);
    }
    EXPECT_TRUE(signing_->Add(rows));
  }
  std::multiset<std::string> Names() const {
    std::multiset<std::string> names;
    for (const auto& [id, called] : ReadAll()) names.insert(called.signature.signature);
    return names;
  }
  std::vector<std::string> Resolve(const std::string& name) { return *signing_->Resolve(name, {}); }
};

TEST_F(ServerSigningDecisions, AMergeIsRecordedAndTakenBackWhateverCameAfterIt) {
  Take(signing_->Merge({"alpha", "beta"}, "greek", {"ann", "one bug"}));
  EXPECT_THAT(Names(), ElementsAre("epsilon", "greek", "greek"));
  Take(signing_->Rename("epsilon", "third", {"bob", ""}));
  EXPECT_THAT(Names(), ElementsAre("greek", "greek", "third"));
  const std::vector<Decision> decisions = signing_->Current().settings.decisions;
  ASSERT_THAT(decisions, SizeIs(2));
  EXPECT_EQ(decisions[0].who, "ann");
  EXPECT_EQ(decisions[0].why, "one bug");
  Take(signing_->Split(decisions[0].id, {"cy", "two bugs"}));
  EXPECT_THAT(Names(), ElementsAre("alpha", "beta", "third"));
  EXPECT_EQ(signing_->ListHistory(0, 1)->front().about, "alpha, beta out of greek");
  Take(signing_->Undo({"ann", "no, one"}));
  EXPECT_THAT(Names(), ElementsAre("greek", "greek", "third"));
}

TEST_F(ServerSigningDecisions, OldNamesLeadToWhereTheCrashesAre) {
  Take(signing_->Merge({"alpha"}, "beta", {"ann", ""}));
  EXPECT_THAT(Resolve("alpha"), ElementsAre("beta"));
  EXPECT_THAT(Resolve("beta"), ElementsAre("beta"));
  Take(signing_->Rename("beta", "second", {"ann", ""}));
  EXPECT_THAT(Resolve("alpha"), ElementsAre("second"));
  EXPECT_THAT(Resolve("beta"), ElementsAre("second"));
  SettingsText text;
  text.rules = "[[rule]]\nname = \"g\"\neffect = \"rename\"\nfunction = \"epsilon\"\nto = \"g\"\n";
  Save(text);
  EXPECT_THAT(Resolve("epsilon"), ElementsAre("g"));
  EXPECT_THAT(Resolve("alpha"), ElementsAre("second")) << "decisions stay when rules change";
  Take(signing_->Split(signing_->Current().settings.decisions[0].id, {"ann", ""}));
  EXPECT_THAT(Resolve("alpha"), ElementsAre("alpha"));
  EXPECT_THAT(Resolve("second"), ElementsAre("alpha", "second")) << "it had been there";
  EXPECT_THAT(Resolve("never"), IsEmpty());
}

TEST_F(ServerSigningDecisions, NewCrashesFollowThem) {
  Take(signing_->Rename("alpha", "first", {"ann", ""}));
  search::CrashRow row = search::TestRow(7);
  search::ChangeStack(row, [](std::vector<search::StackFrame>& frames) {
    frames[0].module_offset = 0x777;
    frames[0].names[0].function = "alpha";
  });
  ASSERT_TRUE(signing_->Add(std::vector<search::CrashRow>{row}));
  EXPECT_EQ((*index_->Get(row.uuid))->signature, "first");
}

TEST_F(ServerSigningDecisions, SenselessOnesAreRefused) {
  const Author ann{"ann", ""};
  EXPECT_THAT(Refused(signing_->Merge({}, "x", ann)), SizeIs(1));
  EXPECT_THAT(Refused(signing_->Merge({"alpha", "x"}, "x", ann)), SizeIs(1));
  EXPECT_THAT(Refused(signing_->Merge({"alpha"}, "line\nfeed", ann)), SizeIs(1));
  EXPECT_THAT(Refused(signing_->Merge({"alpha", "nobody's"}, "x", ann)),
              ElementsAre("from: no crash has the signature `nobody's`"));
  EXPECT_THAT(Refused(signing_->Rename("alpha", "beta", ann)),
              ElementsAre("to: crashes have the signature `beta` already: merge the two"));
  EXPECT_THAT(Refused(signing_->Split(12, ann)), SizeIs(1));
  EXPECT_EQ(signing_->Current(), Revision{});
}

}  // namespace
}  // namespace cairn::signing
