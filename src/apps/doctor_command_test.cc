// The real `cairn doctor` on folders that the real server made.
#include "apps/doctor_command.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "apps/running_server_for_test.h"
#include "os/file.h"
#include "server/store/sqlite_queue.h"

namespace cairn::apps {
namespace {

class DoctorTest : public TestOfServer {
 protected:
  int Ask(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {Program("cairn"), "doctor", "--data", data_};
    words.insert(words.end(), more.begin(), more.end());
    return RunToEnd(words, &said_);
  }
  bool Said(const std::string& text) const { return said_.find(text) != std::string::npos; }
  std::string said_;
};

TEST_F(DoctorTest, AFolderThatIsNotThereIsSaidAndNotMade) {
  EXPECT_EQ(Ask(), 1);
  EXPECT_TRUE(Said("fail  folder: " + data_ + " is no folder: name it by --data")) << said_;
  EXPECT_TRUE(Said("ok    worker: ")) << said_;
  EXPECT_FALSE(os::Inspect(data_));
}

TEST_F(DoctorTest, AStoppedServersDataAreInOrder) {
  {
    EXPECT_EQ(RunningServer(data_).End(SIGTERM), 0);
  }
  EXPECT_EQ(Ask(), 0) << said_;
  for (const std::string line :
       {"ok    config: ", "ok    folder: ", "ok    disk: ", "ok    queue.sqlite: is whole",
        "ok    directory.sqlite: ", "ok    pings.sqlite: ", "ok    blobs: ",
        "ok    index: 1 files can be read", "ok    queue: 0 crashes", "ok    set_aside: none",
        "ok    spool: 0 bytes", "warn  symbols: there are none", "ok    worker: "})
    EXPECT_TRUE(Said(line)) << line << "\n" << said_;
  EXPECT_TRUE(Said("  sync: a small write is durable after ")) << said_;
  EXPECT_EQ(std::count(said_.begin(), said_.end(), '\n'), 17) << said_;
  EXPECT_EQ(Ask({"--json"}), 0);
  EXPECT_TRUE(said_.starts_with(R"({"checks":[{"check":"config","state":"ok","found":")")) << said_;
}

TEST_F(DoctorTest, ARunningServerIsAskedHowItIs) {
  RunningServer server(data_);
  EXPECT_EQ(Ask(), 0) << said_;
  EXPECT_TRUE(
      Said("ok    server: process " + std::to_string(server.pid()) + " at " + server.url() + " is well"))
      << said_;
  EXPECT_FALSE(Said("queue.sqlite")) << said_;
  // As if its disk were full.
  const rlimit full{0, RLIM_INFINITY};
  ASSERT_EQ(prlimit(server.pid(), RLIMIT_FSIZE, &full, nullptr), 0);
  sleep(4);  // As long as the heartbeat's last answer holds.
  EXPECT_EQ(Ask(), 1) << said_;
  EXPECT_TRUE(Said("is not well: {\"errors\":[{\"name\":\"blobs\"")) << said_;
}

TEST_F(DoctorTest, WhatCouldNotBeProcessedIsCountedByReason) {
  {
    EXPECT_EQ(RunningServer(data_).End(SIGTERM), 0);
  }
  {
    const std::unique_ptr<store::SqliteQueue> queue = *store::SqliteQueue::Open(data_ + "/queue.sqlite");
    for (const char* const id : {"a", "b", "c"}) ASSERT_TRUE(queue->Push({"report", id}));
    const auto claims = queue->Claim("report", 2, 60'000);
    ASSERT_TRUE(claims && claims->size() == 2);
    for (const store::ClaimedItem& claim : *claims) ASSERT_TRUE(queue->SetAside(claim, "the worker died"));
  }
  EXPECT_EQ(Ask(), 0) << said_;
  EXPECT_TRUE(
      Said("warn  set_aside: 2 could not be processed, for 1 reasons; 2 report: the worker died: "
           "`cairn reprocess --set-aside`"))
      << said_;
  EXPECT_TRUE(Said("ok    queue: 1 crashes are to be processed")) << said_;
}

TEST_F(DoctorTest, DamageAndOpenDoorsAreFound) {
  {
    EXPECT_EQ(RunningServer(data_).End(SIGTERM), 0);
  }
  ASSERT_EQ(chmod(data_.c_str(), 0755), 0);
  for (const char* const file : {"/directory.sqlite", "/index/dictionary.duckdb"}) {
    ASSERT_TRUE(os::WriteFileDurably(data_ + file, base::AsBytes(std::string(20'000, 'x'))));
  }
  EXPECT_EQ(Ask(), 1);
  EXPECT_TRUE(Said("warn  folder: " + data_ + " has mode 755")) << said_;
  EXPECT_TRUE(Said("fail  directory.sqlite: ")) << said_;
  EXPECT_TRUE(Said("fail  index: dictionary.duckdb: ")) << said_;
  EXPECT_TRUE(Said("`cairn index rebuild --data " + data_ + "`")) << said_;
}

TEST_F(DoctorTest, AWrongConfigurationIsAFinding) {
  const std::string config = data_ + ".toml";
  ASSERT_TRUE(os::WriteFileDurably(config, base::AsBytes("\nlisten = 5\n")));
  EXPECT_EQ(Ask({"--config", config}), 1);
  EXPECT_TRUE(Said("fail  config: " + config + ": line 2: listen: give a text")) << said_;
}

}  // namespace
}  // namespace cairn::apps
