#include "server/pings/pings.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "server/intake/stored_ping.h"

namespace cairn::pings {
namespace {

// Stores in memory, which can be told to fail.
class MemoryBlobs final : public store::BlobStore {
 public:
  base::Result<std::unique_ptr<store::StagedBlob>> Stage() override {
    return base::Error{base::Code::kUnsupported, 0, "blob"};
  }
  base::Status Publish(std::vector<store::NewObject>) override {
    return base::Error{base::Code::kUnsupported, 0, "blob"};
  }
  base::Status Put(std::string_view key, base::Bytes bytes) override {
    if (full) return base::Error{base::Code::kIo, 28, "disk"};
    blobs[std::string(key)] = std::string(base::AsText(bytes));
    return {};
  }
  base::Result<std::string> Get(std::string_view key, std::size_t) const override {
    const auto found = blobs.find(std::string(key));
    if (found == blobs.end()) return base::Error{base::Code::kNotFound, 0, "blob"};
    return found->second;
  }
  base::Result<os::FileDescriptor> Open(std::string_view) const override {
    return base::Error{base::Code::kUnsupported, 0, "blob"};
  }
  base::Result<bool> Exists(std::string_view key) const override { return blobs.contains(std::string(key)); }
  base::Status Remove(std::string_view key) override {
    blobs.erase(std::string(key));
    return {};
  }
  base::Result<std::vector<std::string>> List(std::string_view, std::string_view,
                                              std::size_t) const override {
    return std::vector<std::string>{};
  }

  std::map<std::string, std::string> blobs;
  bool full = false;
};

class MemoryQueue final : public store::Queue {
 public:
  base::Result<bool> Push(const store::QueueItem& item) override {
    if (broken) return base::Error{base::Code::kIo, 5, "queue"};
    return items.insert(item).second;
  }
  base::Result<std::vector<store::ClaimedItem>> Claim(std::string_view, std::size_t, std::int64_t) override {
    return std::vector<store::ClaimedItem>{};
  }
  base::Status Ack(const store::ClaimedItem&) override { return {}; }
  base::Status Nack(const store::ClaimedItem&, std::string_view) override { return {}; }
  base::Status Postpone(const store::ClaimedItem&, std::string_view) override { return {}; }
  base::Status SetAside(const store::ClaimedItem&, std::string_view) override { return {}; }
  base::Status Extend(const store::ClaimedItem&, std::int64_t) override { return {}; }
  base::Status Retry(const store::QueueItem&) override { return {}; }
  base::Result<store::QueueCounts> Count(std::string_view) const override { return store::QueueCounts{}; }
  base::Result<std::vector<store::SetAsideItem>> ListSetAside(std::string_view, std::size_t) const override {
    return std::vector<store::SetAsideItem>{};
  }
  base::Result<std::optional<store::QueueState>> Find(const store::QueueItem&) const override {
    return std::optional<store::QueueState>();
  }

  std::set<store::QueueItem> items;
  bool broken = false;
};

constexpr std::string_view kPath =
    "/submit/telemetry/89BA9D98-b041-46f3-8b1a-36dfeb5e1b15/crash/Crashy/1.0/release/1";

class EdgeTest : public ::testing::Test {
 protected:
  int Post(std::string_view path, std::string body, std::string query = "v=4", bool with_length = true) {
    http::Request request;
    request.method = "POST";
    request.segments = http::SplitPath(path).value();
    request.query = std::move(query);
    if (with_length) request.headers.push_back({"content-length", std::to_string(body.size())});
    request.body = std::move(body);
    return router_.Handle(router_.Admit(request).route, request).status;
  }

  MemoryBlobs blobs_;
  MemoryQueue queue_;
  int arrived_ = 0;
  http::Router router_{MakeRoutes({blobs_, queue_, [this] { ++arrived_; }}), {}};
};

TEST_F(EdgeTest, AnyBytesAreKeptAndQueued) {
  EXPECT_EQ(Post(kPath, "\x1f\x8bnot a ping"), 200);
  ASSERT_EQ(queue_.items.size(), 1u);
  const auto id = intake::ParsePingId(queue_.items.begin()->id);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->document_id, "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15");
  const auto ping = intake::ReadStoredPing(blobs_.blobs.begin()->second);
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->body, "\x1f\x8bnot a ping");
  EXPECT_EQ(ping->doc_type, "crash");
  EXPECT_FALSE(ping->id_is_made_up);
  EXPECT_EQ(arrived_, 1);
}

TEST_F(EdgeTest, TheFirstOfTwoCounts) {
  EXPECT_EQ(Post(kPath, "first"), 200);
  EXPECT_EQ(Post(kPath, "second"), 200);
  EXPECT_EQ(intake::ReadStoredPing(blobs_.blobs.begin()->second)->body, "first");
}

TEST_F(EdgeTest, ABadDocumentIdIsKeptUnderAnother) {
  EXPECT_EQ(Post("/submit/telemetry/..%2f..%2fetc/crash/Crashy/1.0/release/1", "x"), 200);
  const auto ping = intake::ReadStoredPing(blobs_.blobs.begin()->second);
  ASSERT_TRUE(ping);
  EXPECT_TRUE(ping->id_is_made_up);
}

TEST_F(EdgeTest, WrongPathsAndSizesHaveTheirCodes) {
  EXPECT_EQ(Post(kPath, "x", ""), 404);
  EXPECT_EQ(Post("/submit/telemetry/a/b/c", "x"), 404);
  EXPECT_EQ(Post(std::string(kPath) + "/more", "x"), 404);
  EXPECT_EQ(Post(std::string(kPath) + "/", "x"), 200);
  EXPECT_EQ(Post(kPath, "", "v=4", false), 411);
  EXPECT_EQ(Post(std::string(kPath) + std::string(kMaxUriBytes, 'b'), "x"), 414);
}

TEST_F(EdgeTest, OwnTroubleIs500) {
  blobs_.full = true;
  EXPECT_EQ(Post(kPath, "x"), 500);
  blobs_.full = false;
  queue_.broken = true;
  EXPECT_EQ(Post(kPath, "x"), 500);
  queue_.broken = false;
  EXPECT_EQ(Post(kPath, "x"), 200);  // The client tries again, and nothing is lost.
  EXPECT_EQ(queue_.items.size(), 1u);
}

}  // namespace
}  // namespace cairn::pings
