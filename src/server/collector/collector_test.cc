// Submissions through the routes: bodies, statuses, and what is stored.
#include "server/collector/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <thread>

#include "os/file.h"
#include "server/intake/crash_id.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"
#include "testing/gzip.h"

namespace cairn::collector {
namespace {

using ::testing::ElementsAre;
using testing::Gzip;
using ::testing::HasSubstr;

// A store in which a report can fail to be published, as if the disk were full just then.
class FillingBlobs final : public store::BlobStore {
 public:
  explicit FillingBlobs(store::BlobStore& inner) : inner_(inner) {}

  base::Result<std::unique_ptr<store::StagedBlob>> Stage() override {
    if (full_at == "stage") return base::Error{base::Code::kIo, 28, "disk"};
    return inner_.Stage();
  }
  base::Status Publish(std::vector<store::NewObject> objects) override {
    if (full_at.empty()) return inner_.Publish(std::move(objects));
    // All that come before it are there.
    std::erase_if(objects, [this, past = false](const store::NewObject& object) mutable {
      return past = past || object.key.starts_with(full_at);
    });
    (void)inner_.Publish(std::move(objects));
    return base::Error{base::Code::kIo, 28, "disk"};
  }
  base::Status Put(std::string_view key, base::Bytes bytes) override { return inner_.Put(key, bytes); }
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

  std::string full_at;  // The beginning of the key that fails, or "stage".

 private:
  store::BlobStore& inner_;
};

std::string Text(const std::string& name, const std::string& value) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
std::string File(const std::string& name, const std::string& content) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name +
         "\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n";
}
std::string Report(const std::string& parts) { return parts + "--b--\r\n"; }

class CollectorTest : public ::testing::Test {
 protected:
  struct Sending {
    std::string body;
    std::string content_type = "multipart/form-data; boundary=b";
    std::string encoding = {};
    std::string query = {};
    std::vector<std::string> path = {"submit"};
    std::vector<std::string> permissions = {};
  };

  http::Response Send(const Sending& sending) {
    const http::Router router(
        MakeRoutes({.blobs = blobs_,
                    .queue = *queue_,
                    .rules = *rules_,
                    .arrived = [this] { ++arrived_; },
                    .draw = [this](std::string_view, std::string_view) { return drawn_; },
                    .metrics = &metrics_}),
        {.anonymous_permissions = sending.permissions});
    http::Request request;
    request.method = "POST";
    request.segments = sending.path;
    request.query = sending.query;
    if (!sending.content_type.empty()) request.headers.push_back({"content-type", sending.content_type});
    if (!sending.encoding.empty()) request.headers.push_back({"content-encoding", sending.encoding});
    request.headers.push_back({"user-agent", "Agent/1.0"});
    const http::Route* const route = router.Admit(request).route;
    const std::unique_ptr<http::BodySink> sink = route->open_sink(request);
    for (std::size_t i = 0; i < sending.body.size(); i += 50'000) {
      const auto piece = std::string_view(sending.body).substr(i, 50'000);
      if (std::optional<http::Response> early = sink->Take(base::AsBytes(piece))) return *std::move(early);
    }
    return sink->Finish();
  }

  // What is answered, in one line: "200 CrashID=bp-ID" with ID for an id.
  std::string Answer(const Sending& sending) {
    const http::Response response = Send(sending);
    std::string body = response.body;
    if (body.starts_with("CrashID=bp-") && body.size() == 48 && body.ends_with("\n")) body = "CrashID=bp-ID";
    return std::to_string(response.status) + " " + body;
  }
  // The id of a report that must be taken.
  std::string IdOf(const Sending& sending) {
    const http::Response response = Send(sending);
    EXPECT_EQ(response.status, 200) << response.body;
    return response.body.substr(std::min<std::size_t>(11, response.body.size()), 36);
  }
  void WriteRules(const std::string& toml) {
    ASSERT_TRUE(os::WriteFileDurably(folder_.Path("rules.toml"), base::AsBytes(toml)));
    rules_ = RuleSource::Open(folder_.Path("rules.toml"), files_, 0, [](const std::string&) {});
    ASSERT_NE(rules_, nullptr);
  }
  std::vector<std::string> ReportKeys() const {
    std::vector<std::string> keys = *files_.List("v1/", "", 100);
    std::erase_if(keys, [](const std::string& key) { return key.starts_with("v1/throttle_rules/"); });
    return keys;
  }
  std::string RawCrash(const std::string& id) const {
    return *files_.Get(store::RawCrashKey(*intake::DayOfCrashId(id), id), 1 << 20);
  }

  store::TemporaryFolder folder_;
  store::FileBlobStore files_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  FillingBlobs blobs_{files_};
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue.sqlite"));
  std::unique_ptr<RuleSource> rules_ = RuleSource::Open("general", files_, 0, [](const std::string&) {});
  CollectorMetrics metrics_;
  double drawn_ = 0.5;
  int arrived_ = 0;
};

const std::string kWhole = Report(Text("ProductName", "Crashy") + File("upload_file_minidump", "abc") +
                                  File("memory_report", "xyz"));

TEST_F(CollectorTest, EverythingIsStoredUnderItsKeyAndQueued) {
  const std::string id = IdOf({kWhole});
  EXPECT_EQ(*files_.Get(store::DumpKey(id), 100), "abc");
  EXPECT_EQ(*files_.Get(store::NamedDumpKey("memory_report", id), 100), "xyz");
  EXPECT_EQ(*files_.Get(store::NamedDumpKey("dump_names", id), 100),
            R"(["upload_file_minidump","memory_report"])");
  const std::string raw = RawCrash(id);
  // SHA-256 of "abc": FIPS 180-2, appendix B.1.
  EXPECT_THAT(raw, HasSubstr("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_THAT(raw, HasSubstr("\"payload_size\":" + std::to_string(kWhole.size())));
  EXPECT_THAT(raw, HasSubstr(R"("user_agent":"Agent/1.0")"));
  EXPECT_THAT(raw, HasSubstr(R"("throttle_rule":"accept_everything")"));
  EXPECT_EQ(*queue_->Find({"report", id}), store::QueueState::kWaiting);
  EXPECT_EQ(arrived_, 1);
}

TEST_F(CollectorTest, WhatCannotBeStoredWholeIsNotAcknowledgedAndLeavesNothing) {
  for (const char* full_at : {"stage", "v1/dump/", "v1/memory_report/", "v1/dump_names/", "v1/raw_crash/"}) {
    blobs_.full_at = full_at;
    EXPECT_EQ(Answer({kWhole}), "500 ") << full_at;
    EXPECT_TRUE(ReportKeys().empty()) << full_at;
  }
  EXPECT_EQ(arrived_, 0);
  EXPECT_EQ(queue_->Count("report")->ready, 0u);
}

TEST_F(CollectorTest, EachFaultHasItsAnswer) {
  const std::string text = Text("A", "1");
  EXPECT_EQ(Answer({"x", ""}), "400 Discarded=malformed_no_content_type");
  EXPECT_EQ(Answer({"x", "application/json"}), "400 Discarded=malformed_wrong_content_type");
  EXPECT_EQ(Answer({"x", "multipart/form-data"}), "400 Discarded=malformed_no_boundary");
  EXPECT_EQ(Answer({Report(text), "multipart/form-data; charset=utf-8; boundary=b"}),
            "400 Discarded=malformed_no_boundary");
  EXPECT_EQ(Answer({""}), "400 Discarded=malformed_no_content_length");
  EXPECT_EQ(Answer({"x"}), "400 Discarded=malformed_invalid_payload_structure");
  EXPECT_EQ(Answer({text}), "400 Discarded=malformed_invalid_payload_structure");
  EXPECT_EQ(Answer({Report(File("upload_file_minidump", "x"))}), "400 Discarded=malformed_no_annotations");
  EXPECT_EQ(Answer({Report(text + File("raw_crash", "x"))}), "400 Discarded=malformed_invalid_dump_name");
  EXPECT_EQ(Answer({.body = Report(text), .encoding = "gzip"}), "400 Discarded=malformed_bad_gzip");
  EXPECT_EQ(Answer({.body = Gzip(Report(text)) + "x", .encoding = "gzip"}),
            "400 Discarded=malformed_bad_gzip");
  EXPECT_EQ(Answer({.body = Gzip("no multipart").substr(0, 20), .encoding = "gzip"}),
            "400 Discarded=malformed_bad_gzip");
  EXPECT_TRUE(ReportKeys().empty());
}

TEST_F(CollectorTest, EveryAnswerIsCountedUnderItsReason) {
  std::uint64_t faults = 0;
  for (const Sending& sending :
       {Sending{kWhole, ""}, Sending{kWhole, "text/plain"}, Sending{kWhole, "multipart/form-data"},
        Sending{""}, Sending{.body = "no gzip", .encoding = "gzip"}, Sending{"nonsense"}, Sending{Report("")},
        Sending{Report(File("raw_crash", "x"))}}) {
    const std::string answer = Answer(sending);
    ASSERT_TRUE(answer.starts_with("400 Discarded=malformed_")) << answer;
    const std::string word = answer.substr(answer.find('_') + 1);
    const auto known = std::ranges::find(kMalformations, word);
    ASSERT_NE(known, kMalformations.end()) << word;
    EXPECT_EQ(metrics_.malformed[static_cast<std::size_t>(known - kMalformations.begin())].value(), 1U)
        << word;
    ++faults;
  }
  std::uint64_t counted = 0;
  for (const metrics::Counter& counter : metrics_.malformed) counted += counter.value();
  EXPECT_EQ(counted, faults);
  blobs_.full_at = "v1/raw_crash/";
  EXPECT_EQ(Answer({kWhole}), "500 ");
  EXPECT_EQ(metrics_.not_stored.value(), 1U);
  EXPECT_EQ(metrics_.accepted.value(), 0U);
}

TEST_F(CollectorTest, GzipAndMixedAreTaken) {
  EXPECT_EQ(Answer({.body = Gzip(kWhole), .encoding = "gzip"}), "200 CrashID=bp-ID");
  EXPECT_EQ(Answer({kWhole, "Multipart/Mixed; boundary=\"b\""}), "200 CrashID=bp-ID");
}

TEST_F(CollectorTest, BombsAreRefused) {
  const std::string bomb = Gzip(Report(Text("A", "1") + File("d", std::string(60 << 20, '\0'))));
  EXPECT_EQ(Send({.body = bomb, .encoding = "gzip"}).status, 413);
  EXPECT_TRUE(os::ListDirectory(folder_.Path("blobs/.incoming"))->empty());
}

TEST_F(CollectorTest, TheSameCrashIsStoredOnceAndHasOneId) {
  const auto report = [](const std::string& dump, const std::string& event, const std::string& comment) {
    std::string parts = Text("ProductName", "Crashy") + Text("Comment", comment);
    if (!event.empty()) parts += Text("CrashEventID", event);
    return Report(parts + File("upload_file_minidump", dump));
  };
  const std::string id = IdOf({report("abc", "event", "")});
  EXPECT_EQ(IdOf({report("abc", "event", "another comment")}), id);
  EXPECT_NE(IdOf({report("abc", "event 2", "")}), id);
  EXPECT_NE(IdOf({report("abcd", "event", "")}), id);
  const std::string without = IdOf({report("abc", "", "")});
  EXPECT_EQ(IdOf({.body = Gzip(report("abc", "", "")), .encoding = "gzip"}), without);
  EXPECT_NE(IdOf({report("abc", "", "another comment")}), without);
  EXPECT_NE(IdOf({report("", "", "")}), IdOf({report("", "", "")})) << "nothing says that these are one";
  EXPECT_EQ(IdOf({report("", "event", "")}), IdOf({report("", "event", "")}));
  EXPECT_EQ(queue_->Count("report")->ready, 8u);
}

TEST_F(CollectorTest, TheSameCrashFromManyThreadsIsStoredOnce) {
  std::vector<std::string> ids(8);
  std::vector<std::thread> threads;
  const auto keeper = MakeRoutes({.blobs = blobs_, .queue = *queue_, .rules = *rules_}).at(0).open_sink;
  for (std::string& id : ids) {
    threads.emplace_back([&id, &keeper] {
      http::Request request;
      request.headers.push_back({"content-type", "multipart/form-data; boundary=b"});
      const std::unique_ptr<http::BodySink> sink = keeper(request);
      (void)sink->Take(base::AsBytes(kWhole));
      id = sink->Finish().body;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& id : ids) EXPECT_EQ(id, ids[0]);
  EXPECT_EQ(ReportKeys().size(), 4u);
}

TEST_F(CollectorTest, WhatWasStoredAndNotQueuedIsQueuedWhenItComesAgain) {
  const std::string id = IdOf({kWhole});
  const auto claims = queue_->Claim("report", 1, 1000);
  ASSERT_TRUE(queue_->Ack(claims->at(0)));
  EXPECT_EQ(IdOf({kWhole}), id);
  EXPECT_TRUE(queue_->Find({"report", id})->has_value());
  ASSERT_TRUE(queue_->Ack(queue_->Claim("report", 1, 1000)->at(0)));
  ASSERT_TRUE(files_.Put(store::ProcessedCrashKey(id), base::AsBytes("{}")));
  EXPECT_EQ(IdOf({kWhole}), id);
  EXPECT_FALSE(queue_->Find({"report", id})->has_value()) << "it is processed";
}

TEST_F(CollectorTest, EachVerdictHasItsAnswer) {
  WriteRules(
      "[[rule]]\nname = \"no\"\nresult = \"reject\"\nwhen = [{ field = \"ProductName\", equals = \"Bad\" }]\n"
      "[[rule]]\nname = \"later\"\nresult = \"defer\"\nwhen = [{ field = \"ProductName\", equals = \"Later\" "
      "}]\n"
      "[[rule]]\nname = \"lie\"\nresult = \"fake-accept\"\nwhen = [{ field = \"ProductName\", equals = "
      "\"Lie\" }]\n"
      "[[rule]]\nname = \"some\"\nresult = \"accept\"\npercent = 25\nwhen = [{ field = \"ProductName\", "
      "equals = "
      "\"Some\" }]\n");
  const auto named = [](const std::string& product) { return Sending{Report(Text("ProductName", product))}; };
  EXPECT_EQ(Answer(named("Bad")), "200 Discarded=rule_no");
  EXPECT_EQ(Answer(named("Other")), "200 Discarded=rule_NO_MATCH");
  EXPECT_EQ(Answer(named("Some")), "200 Discarded=rule_some");
  EXPECT_EQ(IdOf(named("Lie"))[29], '3');
  EXPECT_TRUE(ReportKeys().empty());
  const std::string later = IdOf(named("Later"));
  EXPECT_EQ(later[29], '1');
  EXPECT_THAT(RawCrash(later), HasSubstr(R"("throttle_result":"defer")"));
  EXPECT_EQ(queue_->Count("report")->ready, 0u) << "it waits until somebody asks";
  drawn_ = 0.2;
  EXPECT_THAT(RawCrash(IdOf(named("Some"))), HasSubstr(R"("throttle_weight":4)"));
  EXPECT_EQ(metrics_.rejected.value(), 3U);
  EXPECT_EQ(metrics_.fake_accepted.value(), 1U);
  EXPECT_EQ(metrics_.deferred.value(), 1U);
  EXPECT_EQ(metrics_.accepted.value(), 1U);
}

TEST_F(CollectorTest, ADeferredCrashThatIsSentAgainOnPurposeIsProcessed) {
  WriteRules(
      "[[rule]]\nname = \"asked\"\nresult = \"accept\"\nwhen = [{ field = \"Throttleable\", equals = \"0\" "
      "}]\n"
      "[[rule]]\nname = \"later\"\nresult = \"defer\"\n");
  const std::string parts = Text("CrashEventID", "e") + File("upload_file_minidump", "abc");
  const std::string id = IdOf({Report(parts)});
  EXPECT_EQ(IdOf({Report(parts + Text("Throttleable", "0"))}), id);
  EXPECT_TRUE(queue_->Find({"report", id})->has_value());
}

TEST_F(CollectorTest, OnlyATrustedSubmitterMayBringAnId) {
  const std::string id = "de1bb258-cbbf-4589-a673-34f800160918";
  const auto with = [](const std::string& uuid, std::vector<std::string> permissions) {
    return Sending{.body = Report(Text("ProductName", "Crashy") + Text("uuid", uuid)),
                   .permissions = std::move(permissions)};
  };
  EXPECT_EQ(Answer(with(id, {})), "401 Discarded=unauthorized_uuid");
  EXPECT_EQ(Answer(with("nonsense", {})), "401 Discarded=unauthorized_uuid");
  for (const std::string bad : {"nonsense", "", "de1bb258-cbbf-4589-a673-34f803160918"}) {
    EXPECT_EQ(Answer(with(bad, {"assign_crash_ids"})), "400 Discarded=malformed_invalid_uuid") << bad;
  }
  rules_ = RuleSource::Open("firefox", files_, 0, [](const std::string&) {});
  EXPECT_EQ(IdOf(with(id, {"assign_crash_ids"})), id) << "it was judged where it came from";
  EXPECT_THAT(RawCrash(id), HasSubstr(R"("throttle_rule":"FROM_CRASHID")"));
}

TEST_F(CollectorTest, ProductAndVersionMayStandInTheQuery) {
  const Sending crashpad{.body = Report(Text("guid", "x")), .query = "product=Fox&version=1.2&guid=x"};
  EXPECT_THAT(RawCrash(IdOf(crashpad)), HasSubstr(R"("ProductName":"Fox")"));
  EXPECT_THAT(RawCrash(IdOf(crashpad)), HasSubstr(R"("Version":"1.2")"));
  const Sending both{.body = Report(Text("prod", "Fox")), .query = "product=Hound&id={ec80}&%zz"};
  EXPECT_THAT(RawCrash(IdOf(both)), ::testing::Not(HasSubstr("ProductName")));
}

TEST_F(CollectorTest, ClientsOfSentryNeedSendNothingButADump) {
  const std::string dump = Report(File("upload_file_minidump", "abc"));
  EXPECT_EQ(Answer({.body = dump, .path = {"minidump"}}), "200 CrashID=bp-ID");
  const std::string id = IdOf({.body = dump, .query = "sentry_key=k", .path = {"api", "7", "minidump", ""}});
  EXPECT_THAT(RawCrash(id), HasSubstr(R"("ProductName":"7")"));
  EXPECT_EQ(Answer({.body = Report(""), .path = {"minidump"}}), "400 Discarded=malformed_no_annotations");
}

TEST(DrawTest, TheSameReportMeetsTheSameFateAndChanceIsEven) {
  EXPECT_EQ(DrawFor("event", "rule"), DrawFor("event", "rule"));
  EXPECT_NE(DrawFor("event", "rule"), DrawFor("event", "rule 2"));
  EXPECT_NE(DrawFor("", "rule"), DrawFor("", "rule"));
  int below = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double drawn = DrawFor("event " + std::to_string(i), "rule");
    ASSERT_TRUE(drawn >= 0 && drawn < 1);
    below += drawn < 0.1 ? 1 : 0;
  }
  EXPECT_NEAR(below, 1000, 120) << "four standard deviations";
}

}  // namespace
}  // namespace cairn::collector
