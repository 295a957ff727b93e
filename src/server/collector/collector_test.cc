#include "server/collector/collector.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "server/intake/crash_id.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"

namespace cairn::collector {
namespace {

// A store that refuses one key's beginning, as if the disk were full just then.
class FillingBlobs final : public store::BlobStore {
 public:
  explicit FillingBlobs(store::BlobStore& inner) : inner_(inner) {}

  base::Status Put(std::string_view key, base::Bytes bytes) override {
    if (!refused.empty() && key.starts_with(refused)) return base::Error{base::Code::kIo, 28, "disk"};
    return inner_.Put(key, bytes);
  }
  base::Result<std::string> Get(std::string_view key, std::size_t size) const override {
    return inner_.Get(key, size);
  }
  base::Result<os::FileDescriptor> Open(std::string_view key) const override { return inner_.Open(key); }
  base::Result<bool> Exists(std::string_view key) const override { return inner_.Exists(key); }
  base::Status Remove(std::string_view key) override { return inner_.Remove(key); }
  base::Result<std::vector<std::string>> List(std::string_view prefix, std::string_view after,
                                              std::size_t max) const override {
    return inner_.List(prefix, after, max);
  }

  std::string refused;

 private:
  store::BlobStore& inner_;
};

class CollectorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "collector_" + std::to_string(getpid());
    auto files = store::FileBlobStore::Open(folder_ + "/blobs");
    ASSERT_TRUE(files);
    files_.emplace(*std::move(files));
    blobs_.emplace(*files_);
    auto queue = store::SqliteQueue::Open(folder_ + "/queue.sqlite");
    ASSERT_TRUE(queue);
    queue_ = *std::move(queue);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  http::Response Submit() {
    const http::Router router(MakeRoutes({*blobs_, *queue_, [this] { ++arrived_; }}), {});
    http::Request request;
    request.method = "POST";
    request.segments = {"submit"};
    request.headers = {{"content-type", "multipart/form-data; boundary=b"}};
    request.body =
        "--b\r\nContent-Disposition: form-data; name=\"ProductName\"\r\n\r\nCrashy\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"upload_file_minidump\"; filename=\"d\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\nabc\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"memory_report\"; "
        "filename=\"m\"\r\n\r\nxyz\r\n--b--\r\n";
    return router.Handle(router.Admit(request).route, request);
  }

  std::vector<std::string> AllKeys() const { return *files_->List("v1/", "", 100); }

  std::string folder_;
  std::optional<store::FileBlobStore> files_;
  std::optional<FillingBlobs> blobs_;
  std::unique_ptr<store::SqliteQueue> queue_;
  int arrived_ = 0;
};

TEST_F(CollectorTest, EverythingIsStoredUnderItsKeyAndQueued) {
  const http::Response response = Submit();
  ASSERT_EQ(response.status, 200);
  const std::string id = response.body.substr(11, 36);
  EXPECT_EQ(response.body, "CrashID=bp-" + id + "\n");
  EXPECT_EQ(*files_->Get(store::DumpKey(id), 100), "abc");
  EXPECT_EQ(*files_->Get(store::NamedDumpKey("memory_report", id), 100), "xyz");
  EXPECT_EQ(*files_->Get(store::NamedDumpKey("dump_names", id), 100),
            R"(["upload_file_minidump","memory_report"])");
  const std::string raw = *files_->Get(store::RawCrashKey(*intake::DayOfCrashId(id), id), 10'000);
  // SHA-256 of "abc": FIPS 180-2, appendix B.1.
  EXPECT_NE(raw.find("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), std::string::npos);
  EXPECT_EQ(*queue_->Find({"report", id}), store::QueueState::kWaiting);
  EXPECT_EQ(arrived_, 1);
}

TEST_F(CollectorTest, WhatCannotBeStoredWholeIsNotAcknowledgedAndLeavesNothing) {
  for (const char* refused : {"v1/dump/", "v1/memory_report/", "v1/dump_names/", "v1/raw_crash/"}) {
    blobs_->refused = refused;
    const http::Response response = Submit();
    EXPECT_EQ(response.status, 500) << refused;
    EXPECT_EQ(response.body, "");
    EXPECT_TRUE(AllKeys().empty()) << refused;
  }
  EXPECT_EQ(arrived_, 0);
  EXPECT_EQ(queue_->Count("report")->ready, 0u);
}

}  // namespace
}  // namespace cairn::collector
