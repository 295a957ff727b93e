// The contract of BugRecords. Every implementation is a line in the table of directory_for_test.h.
#include "server/store/bug_records.h"

#include <string>
#include <vector>

#include "server/store/directory_for_test.h"

namespace cairn::store {
namespace {

using Texts = std::vector<std::string>;

class ServerStoreBugs : public DirectoryContract {
 protected:
  ServerStoreBugs() : bugs_(directory_->bugs()) {}
  BugRecords& bugs_;
};

TEST_P(ServerStoreBugs, BugsAreFoundBySignatureAndSignaturesByBug) {
  const std::string odd = "it's | a::\"signature\"<T>";
  ASSERT_TRUE(bugs_.LinkBug("Crash", {"bmo", "2"}));
  ASSERT_TRUE(bugs_.LinkBug("Crash", {"bmo", "1"}));
  ASSERT_TRUE(bugs_.LinkBug("Crash", {"bmo", "1"})) << "twice changes nothing";
  ASSERT_TRUE(bugs_.LinkBug(odd, {"github", "1"}));
  EXPECT_EQ(*bugs_.BugsOf(Texts{odd, "Crash", "unknown"}),
            (std::vector<BugLink>{
                {odd, {"github", "1"}, {}}, {"Crash", {"bmo", "2"}, {}}, {"Crash", {"bmo", "1"}, {}}}));
  EXPECT_EQ(*bugs_.SignaturesOf(Texts{"1"}),
            (std::vector<BugLink>{{"Crash", {"bmo", "1"}, {}}, {odd, {"github", "1"}, {}}}));
  EXPECT_TRUE(bugs_.BugsOf(Texts{"crash", "", "%"})->empty());
}

TEST_P(ServerStoreBugs, ALinkIsRemovedAlone) {
  ASSERT_TRUE(bugs_.LinkBug("A", {"bmo", "1"}));
  ASSERT_TRUE(bugs_.LinkBug("B", {"bmo", "1"}));
  ASSERT_TRUE(bugs_.UnlinkBug("A", {"bmo", "1"}));
  EXPECT_EQ(bugs_.UnlinkBug("A", {"bmo", "1"}).error().code, base::Code::kNotFound);
  EXPECT_EQ(bugs_.UnlinkBug("B", {"other", "1"}).error().code, base::Code::kNotFound);
  EXPECT_EQ(bugs_.SignaturesOf(Texts{"1"})->size(), 1U);
}

TEST_P(ServerStoreBugs, WhatWasHeardStaysUntilMoreIsHeard) {
  ASSERT_TRUE(bugs_.LinkBug("A", {"bmo", "1"}));
  ASSERT_TRUE(bugs_.LinkBug("A", {"bmo", "2"}));
  ASSERT_TRUE(bugs_.LinkBug("A", {"other", "3"}));
  EXPECT_EQ(*bugs_.FindStale("bmo", now_ms_, 10), (std::vector<BugId>{{"bmo", "1"}, {"bmo", "2"}}));
  EXPECT_EQ(bugs_.FindStale("bmo", now_ms_, 1)->size(), 1U);
  const BugState state{"RESOLVED", "FIXED", "it's a summary"};
  using Heard = std::vector<std::pair<BugId, std::optional<BugState>>>;
  ASSERT_TRUE(bugs_.NoteStates(Heard{{{"bmo", "1"}, state}, {{"bmo", "99"}, state}}));
  EXPECT_EQ(*bugs_.FindStale("bmo", now_ms_, 10), (std::vector<BugId>{{"bmo", "2"}}));
  EXPECT_EQ((*bugs_.BugsOf(Texts{"A"}))[0].state, state);
  EXPECT_EQ((*bugs_.BugsOf(Texts{"A"}))[1].state, BugState{});
  now_ms_ += 10;
  EXPECT_EQ(bugs_.FindStale("bmo", now_ms_, 10)->size(), 2U);
  ASSERT_TRUE(bugs_.NoteStates(Heard{{{"bmo", "1"}, std::nullopt}}));
  EXPECT_EQ((*bugs_.BugsOf(Texts{"A"}))[0].state, state);
  EXPECT_EQ(bugs_.FindStale("bmo", now_ms_, 10)->size(), 1U);
  // 499 bytes and a character of two: it goes whole.
  ASSERT_TRUE(bugs_.NoteStates(Heard{{{"bmo", "1"}, BugState{"", "", std::string(499, 'a') + "ü"}}}));
  EXPECT_EQ((*bugs_.BugsOf(Texts{"A"}))[0].state.summary, std::string(499, 'a'));
}

TEST_P(ServerStoreBugs, TextsThatWillNotDoAreRefused) {
  EXPECT_TRUE(bugs_.LinkBug(std::string(kMaxLinkedSignatureBytes, 's'), {"bmo", "1"}));
  for (const auto& [signature, id] : std::vector<std::pair<std::string, BugId>>{
           {"", {"bmo", "1"}},
           {"A", {"", "1"}},
           {"A", {"bmo", ""}},
           {std::string("a\0b", 3), {"bmo", "1"}},
           {"A", {"bmo", std::string(kMaxBugIdBytes + 1, '1')}},
           {std::string(kMaxLinkedSignatureBytes + 1, 's'), {"bmo", "1"}}}) {
    EXPECT_EQ(bugs_.LinkBug(signature, id).error().code, base::Code::kBadValue);
  }
}

TEST_P(ServerStoreBugs, ASignatureHasOnlySoManyBugs) {
  for (std::size_t i = 0; i < kMaxBugsOfSignature; ++i)
    ASSERT_TRUE(bugs_.LinkBug("A", {"bmo", std::to_string(i)}));
  EXPECT_EQ(bugs_.LinkBug("A", {"bmo", "one more"}).error().code, base::Code::kLimitExceeded);
  EXPECT_EQ(bugs_.BugsOf(Texts{"A"})->size(), kMaxBugsOfSignature);
}

INSTANTIATE_TEST_SUITE_P(All, ServerStoreBugs, EveryDirectory(),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::store
