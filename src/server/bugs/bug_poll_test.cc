// The poll of bugs against trackers on loopback.
#include "server/bugs/bug_poll.h"

#include <gtest/gtest.h>

#include "net/one_answer_for_test.h"
#include "os/clock.h"
#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::bugs {
namespace {

std::string Answer(const std::string& head, const std::string& body) {
  return "HTTP/1.1 " + head + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

class BugPollTest : public ::testing::Test {
 protected:
  BugPollOptions Options(TrackerKind kind, const std::string& url, bool allows_loopback = true) const {
    std::vector<net::AddressRange> allowed;
    if (allows_loopback) allowed.push_back(*net::AddressRange::Parse("127.0.0.1"));
    return {.trackers = {{"t", kind, url}},
            .every_ms = 3'600'000,
            .pause_ms = 1,
            .guard = net::AddressGuard(std::move(allowed)),
            .spool_folder = folder_.Path("")};
  }
  store::BugState StateOf(const std::string& signature) const {
    const auto links = directory_->bugs().BugsOf(std::vector{signature});
    return links && links->size() == 1 ? links->front().state : store::BugState();
  }
  // Until the state is heard, for 5 s at most.
  store::BugState Await(const std::string& signature) const {
    for (const std::int64_t end = os::MonotonicMillis() + 5'000; os::MonotonicMillis() < end;) {
      if (const store::BugState state = StateOf(signature); state != store::BugState()) return state;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return {};
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory"));
};

TEST_F(BugPollTest, StatesAreHeardOfManyBugsAtOnce) {
  ASSERT_TRUE(directory_->bugs().LinkBug("A", {"t", "1"}));
  ASSERT_TRUE(directory_->bugs().LinkBug("B", {"t", "2"}));
  ASSERT_TRUE(directory_->bugs().LinkBug("C", {"another", "3"}));
  net::Answers tracker({Answer("200 OK", R"({"bugs":[{"id":2,"status":"NEW","resolution":"","summary":"b"},
                                                     {"id":1,"status":"RESOLVED","resolution":"FIXED","summary":"a"}]})")});
  const BugPoll poll(directory_->bugs(), Options(TrackerKind::kBugzilla, tracker.url()));
  EXPECT_EQ(Await("A"), (store::BugState{"RESOLVED", "FIXED", "a"}));
  EXPECT_EQ(Await("B"), (store::BugState{"NEW", "", "b"}));
  EXPECT_EQ(StateOf("C"), store::BugState());
  EXPECT_TRUE(tracker.Received(0).starts_with(
      "GET /path/rest/bug?include_fields=id,status,resolution,summary&id=1,2 HTTP/1.1"))
      << tracker.Received(0);
}

TEST_F(BugPollTest, OneThatIsHiddenHidesNoOthers) {
  ASSERT_TRUE(directory_->bugs().LinkBug("A", {"t", "1"}));
  ASSERT_TRUE(directory_->bugs().LinkBug("B", {"t", "2"}));
  net::Answers tracker({Answer("404 Not Found", "{}"), Answer("200 OK", R"({"state":"open","title":"b"})")});
  const BugPoll poll(directory_->bugs(), Options(TrackerKind::kGithub, tracker.url()));
  EXPECT_EQ(Await("B"), (store::BugState{"open", "", "b"}));
  EXPECT_EQ(StateOf("A"), store::BugState());
}

TEST_F(BugPollTest, ATrackerThatIsBusyIsLeftAlone) {
  ASSERT_TRUE(directory_->bugs().LinkBug("A", {"t", "1"}));
  ASSERT_TRUE(directory_->bugs().LinkBug("B", {"t", "2"}));
  net::Answers tracker({Answer("403 Forbidden", R"({"message":"rate limit"})")});
  {
    const BugPoll poll(directory_->bugs(), Options(TrackerKind::kGithub, tracker.url()));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  EXPECT_NE(tracker.Received(0), "");
  EXPECT_EQ(directory_->bugs().FindStale("t", os::UnixMillis() + 1, 9)->size(), 2U) << "to be asked again";
}

TEST_F(BugPollTest, AddressesThatAreNotPublicAreNotAsked) {
  ASSERT_TRUE(directory_->bugs().LinkBug("A", {"t", "1"}));
  net::Answers tracker({Answer("200 OK", R"({"state":"open","title":"a"})")});
  {
    const BugPoll poll(directory_->bugs(), Options(TrackerKind::kGithub, tracker.url(), false));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_EQ(StateOf("A"), store::BugState());
  // The tracker still waits for its one request.
  const BugPoll poll(directory_->bugs(), Options(TrackerKind::kGithub, tracker.url()));
  EXPECT_EQ(Await("A"), (store::BugState{"open", "", "a"}));
}

}  // namespace
}  // namespace cairn::bugs
