// The real cairn-server and its real workers on a data folder of their own, over loopback.
#include "apps/serve_command.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "analysis/stats/error_aggregates.h"
#include "apps/running_server_for_test.h"
#include "net/http_client.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/intake/processed_crash.h"
#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "testing/gzip.h"
#include "testing/sample_crash.h"
#include "wire/annotation_registry.h"

namespace cairn::apps {
namespace {

using testing::Gzip;

class ServeTest : public TestOfServer {
 protected:
  // The processed document of a crash, with this text in it; empty if it does not come.
  std::string AwaitProcessed(const std::string& id, std::string_view text = "") const {
    for (const std::int64_t end = os::MonotonicMillis() + kPatienceMs; os::MonotonicMillis() < end;) {
      const auto blobs = store::FileBlobStore::OpenForReading(data_ + "/blobs");
      const auto document = blobs ? intake::GetProcessedCrash(*blobs, id) : blobs.error();
      if (document && document->find(text) != std::string::npos) return *document;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return "";
  }

  // The answer to a search once it finds one crash; empty if it never does.
  static std::string AwaitFound(const RunningServer& server, const std::string& path) {
    for (const std::int64_t end = os::MonotonicMillis() + kPatienceMs; os::MonotonicMillis() < end;) {
      std::string found = server.Send("GET", path, "", {}).body;
      if (found.find("\"total\":1") != std::string::npos) return found;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return "";
  }

  bool HasRawCrash(const std::string& id) const {
    return os::Inspect(data_ + "/blobs/v1/raw_crash/20" + id.substr(30) + "/" + id).has_value();
  }
};

TEST_F(ServeTest, AReportOfAnyKindIsKeptAndProcessed) {
  const RunningServer server(data_);
  const std::string no_dump = IdOf(server.Submit(Report("this is no dump", "planted-secret")));
  const std::string truncated =
      IdOf(server.Submit(Report(std::string("MDMP\x93\xa7\0\0\x05\0\0\0\x20\0\0\0", 16))));
  const std::string zipped = IdOf(server.Submit(Gzip(Report("")), true));
  const std::string without = IdOf(server.Submit(Text("ProductName", "Crashy") + "--b--\r\n"));
  for (const std::string& id : {no_dump, truncated, zipped, without}) {
    ASSERT_NE(id, "");
    const std::string document = AwaitProcessed(id);
    EXPECT_NE(document.find("\"signature\":\"EMPTY: "), std::string::npos) << document;
    EXPECT_NE(document.find("\"product\":\"Crashy\""), std::string::npos);
    EXPECT_EQ(server.Send("GET", "/api/ProcessedCrash/?crash_id=" + id, "", {}).body.find("planted-secret"),
              std::string::npos);
  }
  EXPECT_NE(AwaitProcessed(without).find("without a minidump"), std::string::npos);
}

TEST_F(ServeTest, RefusalsAreAntennasWords) {
  const RunningServer server(data_);
  EXPECT_EQ(server.Submit("--b--\r\n").body, "Discarded=malformed_no_annotations");
  EXPECT_EQ(server.Submit("").body, "Discarded=malformed_no_content_length");
  EXPECT_EQ(server.Submit("not gzip", true).body, "Discarded=malformed_bad_gzip");
  EXPECT_EQ(server.Submit(Text("A", "1")).body, "Discarded=malformed_invalid_payload_structure");
  EXPECT_EQ(server.Submit(Text("uuid", "de1bb258-cbbf-4589-a673-34f800160918") + "--b--\r\n").status, 401);
  EXPECT_EQ(server.Submit(Gzip(Report(std::string(60 << 20, '\0'))), true).status, 413);
  EXPECT_EQ(server.Submit(std::string((25 << 20) + 1, 'x')).status, 413);
  EXPECT_EQ(server.Send("GET", "/submit", "", {}).status, 405);
}

TEST_F(ServeTest, AcknowledgedCrashesOutliveAKill) {
  std::set<std::string> acknowledged;
  {
    RunningServer server(data_);
    std::mutex mutex;
    std::atomic<bool> stop = false;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        while (!stop) {
          const std::string id = IdOf(server.Submit(Report("this is no dump")));
          const std::lock_guard lock(mutex);
          if (!id.empty()) acknowledged.insert(id);
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    server.End(SIGKILL);
    stop = true;
    for (std::thread& client : clients) client.join();
  }
  ASSERT_FALSE(acknowledged.empty());
  RunningServer server(data_);
  for (const std::string& id : acknowledged) {
    EXPECT_TRUE(HasRawCrash(id));
    EXPECT_NE(AwaitProcessed(id), "") << id;
  }
  EXPECT_EQ(server.End(SIGTERM), 0);
}

TEST_F(ServeTest, AFullDiskIsAnErrorAndNothingIsAcknowledged) {
  // Room for the databases' first pages, none for the dump.
  const RunningServer server(data_, 4 << 20);
  EXPECT_EQ(server.Submit(Report(std::string(8 << 20, 'd'))).status, 500);
  EXPECT_FALSE(std::filesystem::exists(data_ + "/blobs/v1/raw_crash") &&
               !std::filesystem::is_empty(data_ + "/blobs/v1/raw_crash"));
  EXPECT_NE(IdOf(server.Submit(Report("small"))), "");
}

TEST_F(ServeTest, PingsAreTakenUnopenedAndHaveADocumentForWhomMaySeeThem) {
  const RunningServer server(data_, 0, "anonymous_permissions = [\"view_pings\"]\n");
  const std::string path =
      "/submit/telemetry/89ba9d98-b041-46f3-8b1a-36dfeb5e1b15/crash/Crashy/1.0/release/1";
  const std::string ping =
      R"({"type":"crash","id":"89ba9d98-b041-46f3-8b1a-36dfeb5e1b15","creationDate":"2026-05-01T10:00:00.000Z","version":4,
      "application":{"architecture":"x86-64","buildId":"1","channel":"release","name":"Crashy","platformVersion":"1.0",
      "vendor":"Cairn","version":"1.0","xpcomAbi":"x86_64-gcc3"},"payload":{"crashDate":"2026-05-01","metadata":{}}})";
  const net::HttpResponse taken =
      server.Send("POST", path + "?v=4", Gzip(ping), {{"Content-Encoding", "gzip"}});
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(taken.body, "");
  EXPECT_NE(AwaitFound(server, "/api/SuperSearch/?uuid=89ba9d98-b041-46f3-8b1a-36dfeb5e1b15"), "");
  const net::HttpResponse document =
      server.Send("GET", "/api/ProcessedCrash/?crash_id=89ba9d98-b041-46f3-8b1a-36dfeb5e1b15", "", {});
  EXPECT_EQ(document.status, 200);
  EXPECT_NE(document.body.find("\"kind\":\"ping\""), std::string::npos) << document.body;
  EXPECT_EQ(server.Send("PUT", path + "?v=4", "any bytes at all", {}).status, 200);
  EXPECT_EQ(server.Send("POST", path, ping, {}).status, 404);
  EXPECT_EQ(server.Send("POST", "/submit/telemetry/a/b?v=4", ping, {}).status, 404);
  EXPECT_EQ(server.Send("POST", path + "?v=4", std::string((1 << 20) + 1, 'x'), {}).status, 413);
}

net::HttpResponse SendUsage(const RunningServer& server, int number) {
  std::string digits = std::to_string(number);
  const std::string id = "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
  return server.Send("POST", "/submit/telemetry/" + id + "/main/Crashy/1.0/release/7?v=4",
                     R"({"version":4,"clientId":"client )" + std::to_string(number % 10) +
                         R"(","application":{},"payload":{"info":{"subsessionLength":60}}})",
                     {});
}

// What the index has counted; nobody else may have it open.
stats::Measures CountedIn(const std::string& data) {
  const auto index = search::DuckDbIndex::Open(data + "/index");
  EXPECT_TRUE(index);
  const std::int64_t now_ms = os::UnixMillis();
  const auto sums = (*index)->SumActivity({.window = {now_ms - 86'400'000, now_ms + 86'400'000},
                                           .filters = {{search::ActivityDimension::kProduct, "Crashy"}}});
  EXPECT_TRUE(sums);
  return sums->empty() ? stats::Measures() : sums->front().measures;
}

TEST_F(ServeTest, UsageIsCountedOnceWhateverIsKilledAndSentAgain) {
  std::atomic<int> sent = 0;
  {
    RunningServer server(data_);
    std::atomic<bool> stop = false;
    std::vector<std::thread> clients;
    for (int i = 0; i < 2; ++i) {
      clients.emplace_back([&] {
        while (!stop) {
          (void)SendUsage(server, sent++);
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(3500));
    server.End(SIGKILL);
    stop = true;
    for (std::thread& client : clients) client.join();
  }
  EXPECT_GT(CountedIn(data_).count, 0) << "nothing was counted while the server ran";
  {
    RunningServer server(data_);
    for (int number = 0; number < sent; ++number) EXPECT_EQ(SendUsage(server, number).status, 200);
    for (int waited_ms = 0; waited_ms < kPatienceMs && !std::filesystem::is_empty(data_ + "/pings");
         waited_ms += 20) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(server.End(SIGTERM), 0);
  }
  EXPECT_EQ(CountedIn(data_),
            (stats::Measures{.count = sent, .sessions = sent, .clients = 10, .usage_seconds = 60LL * sent}));
}

TEST_F(ServeTest, SymbolsGoUpWithATokenAndComeDown) {
  const RunningServer server(data_);
  std::string token;
  ASSERT_EQ(
      RunToEnd({Program("cairn-server"), "user", "token", "--data", data_, "--permissions", "upload_symbols"},
               &token),
      0);
  token.erase(token.find_last_not_of('\n') + 1);
  const std::string symbols =
      "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 crashy\nFUNC 10 10 0 Crash()\n";
  const std::string folder = data_ + "-symbols";
  const std::string member = "/crashy/0123456789ABCDEF0123456789ABCDEF0/crashy.sym";
  ASSERT_TRUE(os::MakeDirectories(folder + "/crashy/0123456789ABCDEF0123456789ABCDEF0"));
  ASSERT_TRUE(os::WriteFileDurably(folder + member, base::AsBytes(symbols)));
  std::string output;
  EXPECT_EQ(
      RunToEnd({Program("cairn"), "symbols", "upload", "--url", server.url(), "--token", "wrong", folder},
               &output),
      1);
  EXPECT_NE(output.find("403"), std::string::npos) << output;
  for (int i = 0; i < 2; ++i) {  // The second time it is there already.
    EXPECT_EQ(
        RunToEnd({Program("cairn"), "symbols", "upload", "--url", server.url(), "--token", token, folder},
                 &output),
        0)
        << output;
  }
  EXPECT_EQ(server.Send("GET", member, "", {}).body, symbols);
  EXPECT_EQ(server.Send("GET", "/crashy/0123456789abcdef0123456789abcdef0/crashy.sym", "", {}).body, symbols);
  EXPECT_EQ(server.Send("GET", "/crashy/0123456789ABCDEF0123456789ABCDEF1/crashy.sym", "", {}).status, 404);
  const net::HttpResponse bad = server.Send("POST", "/upload/", "no zip", {{"Auth-Token", token}});
  EXPECT_EQ(bad.status, 400);
  EXPECT_TRUE(bad.body.starts_with("{\"error\":")) << bad.body;
  // What the file says of itself counts, not where it lies.
  const std::string other = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 other\n";
  ASSERT_TRUE(os::WriteFileDurably(folder + member, base::AsBytes(other)));
  EXPECT_EQ(RunToEnd({Program("cairn"), "symbols", "upload", "--url", server.url(), "--token", token, folder},
                     &output),
            0)
      << output;
  EXPECT_EQ(server.Send("GET", member, "", {}).body, symbols);
  EXPECT_EQ(server.Send("GET", "/other/0123456789ABCDEF0123456789ABCDEF0/other.sym", "", {}).body, other);
  std::filesystem::remove_all(folder);
}

// A value with a mark that fits the type, for each annotation that is not wholly public.
std::string PlantedAnnotations() {
  std::string parts;
  for (const wire::AnnotationRow& row : wire::kAnnotations) {
    if (row.scope == wire::AnnotationScope::kClient) continue;
    const bool partly = row.public_form != wire::AnnotationPublicForm::kWhole;
    const bool is_protected = row.permission == wire::AnnotationPermission::kProtected;
    if (!is_protected && !partly && row.withhold.empty()) continue;
    std::string value = "planted-" + std::string(row.name);
    if (row.public_form == wire::AnnotationPublicForm::kBeforeEquals) value = "web=" + value;
    if (row.public_form == wire::AnnotationPublicForm::kJavaTrace)
      value = "a.B: " + value + "\n\tat a.B.c(B.java:1)";
    if (row.type == wire::AnnotationType::kObject)
      value = R"({"exception":{"values":[{"type":"T","value":")" + value + R"("}]}})";
    if (!row.withhold.empty()) value = std::string(row.withhold.substr(0, row.withhold.find('|'))) + value;
    parts += Text(std::string(row.name), value);
  }
  return parts;
}

TEST_F(ServeTest, WhatIsProtectedReachesNoAnonymousAnswerAndNoLog) {
  RunningServer server(data_);
  const std::string environment("HOME=/home/planted-home\0PATH=/planted-path\0", 42);
  const base::Bytes bytes = base::AsBytes(environment);
  const std::vector<std::byte> dump =
      testing::SampleCrash()
          .CrashpadAnnotation("unknown", "planted-in-dump")
          .CrashpadModuleAnnotation("Comments", "planted-in-module")
          .Module({.base = 0x500000000, .size = 0x1000, .name = "/home/planted-user/lib/libuser.so"})
          .Module({.base = 0x600000000, .size = 0x1000, .name = "C:\\Users\\planted-user\\user.dll"})
          .Stream(0x47670006, {bytes.begin(), bytes.end()})
          .Stream(0x47670007, {bytes.begin(), bytes.end()})
          .Build();
  const std::string id =
      IdOf(server.Submit(Text("Email", "planted-email") + Text("planted-name", "planted-unknown") +
                         PlantedAnnotations() + Report(std::string(base::AsText(dump)), "planted-comments")));
  ASSERT_NE(AwaitProcessed(id).find("Crashy"), std::string::npos);
  const auto stored = os::ReadFile(data_ + "/blobs/v1/dump/" + id, 1 << 20);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->size(), dump.size());
  EXPECT_EQ(stored->find("planted-home"), std::string::npos) << "the stored dump holds no environment";
  std::string all = "/api/SuperSearch/?uuid=" + id;
  for (const char* field :
       {"uuid", "kind", "date", "signature", "proto_signature", "product", "version", "release_channel",
        "build_id", "process_type", "platform", "cpu_arch", "reason", "address", "minidump_sha256_hash"}) {
    all += std::string("&_columns=") + field + "&_facets=" + field;
  }
  const std::string found = AwaitFound(server, all);
  EXPECT_NE(found, "");
  EXPECT_EQ(found.find("planted"), std::string::npos) << found;
  for (const std::string& path :
       {"/api/ProcessedCrash/?crash_id=" + id, "/api/ProcessedCrash?crash_id=bp-" + id, "/report/index/" + id,
        std::string("/api/DataDictionary/"), std::string("/api/SetAside/"), std::string("/__heartbeat__"),
        std::string("/__version__"), std::string("/api/SuperSearch/"), std::string("/metrics")}) {
    const std::string body = server.Send("GET", path, "", {}).body;
    EXPECT_EQ(body.find("planted"), std::string::npos) << path << ": " << body;
  }
  // Neither does what is sent stand in the log, wherever in the request it is.
  (void)server.Send("GET", "/planted-path", "",
                    {{"Auth-Token", "planted-token"}, {"X-Any", "planted-header"}});
  (void)server.Send("GET", "/api/SuperSearch/?planted=planted&signature=@(planted", "", {});
  (void)server.Send("GET", "/api/SuperSearch/?signature=@(planted", "", {});
  (void)server.Send("POST", "/upload/", "planted-body", {{"Auth-Token", "planted-token"}});
  (void)server.Send("POST", "/submit/telemetry/planted/crash/planted/1/planted/1?v=4", "planted-ping", {});
  const std::string metrics = server.Send("GET", "/metrics", "", {}).body;
  EXPECT_NE(metrics.find("cairn_http_requests_total"), std::string::npos);
  EXPECT_EQ(metrics.find("planted"), std::string::npos);
  // What is searched and protected is refused by name; of the rest the index holds nothing, read as bytes.
  std::vector<std::string> unsearched = {"planted-home", "planted-path",    "planted-user",   "planted-email",
                                         "planted-name", "planted-unknown", "planted-in-dump"};
  for (const wire::AnnotationRow& row : wire::kAnnotations) {
    const bool is_protected = row.permission == wire::AnnotationPermission::kProtected;
    if (is_protected && row.search == wire::AnnotationSearch::kNone)
      unsearched.push_back("planted-" + std::string(row.name) + "\"");
    if (!is_protected || row.search == wire::AnnotationSearch::kNone) continue;
    for (const char* const way : {"_columns=", "_facets=", "_sort="}) {
      EXPECT_EQ(server.Send("GET", "/api/SuperSearch/?" + (way + std::string(row.field)), "", {}).status, 403)
          << row.field;
    }
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_ + "/index")) {
    if (!entry.is_regular_file()) continue;
    const auto file = os::ReadFile(entry.path(), 1 << 28);
    ASSERT_TRUE(file) << entry.path();
    for (const std::string& text : unsearched)
      EXPECT_EQ(file->find(text), std::string::npos) << entry.path() << ": " << text;
  }
  EXPECT_EQ(server.End(SIGTERM), 0);  // The log is whole.
  const auto log = os::ReadFile(data_ + ".log", 1 << 20);
  ASSERT_TRUE(log);
  EXPECT_NE(log->find("method=GET route=/api/ProcessedCrash/ status=200"), std::string::npos) << *log;
  EXPECT_EQ(log->find("planted"), std::string::npos) << *log;
}

TEST_F(ServeTest, ProfilesAndOwnRowsChangeWhatIsShown) {
  const std::string own = data_ + ".yaml";
  ASSERT_TRUE(os::WriteFileDurably(
      own,
      base::AsBytes("annotations:\n"
                    "  - {name: AcmeTier, field: acme_tier, type: u32, scope: report, permission: public,\n"
                    "     source: application, description: What was paid for.}\n")));
  const RunningServer server(data_, 0, "profile = \"firefox\"\nannotations = \"" + own + "\"\n");
  const std::string id =
      IdOf(server.Submit(Text("AcmeTier", "3") + Text("Notes", "a remark") + Text("ReleaseChannel", "esr") +
                         Text("Version", "128.1") + Text("ProductName", "Firefox") + "--b--\r\n"));
  ASSERT_NE(AwaitProcessed(id), "");
  const std::string shown = server.Send("GET", "/api/ProcessedCrash/?crash_id=" + id, "", {}).body;
  for (const char* const part : {R"("acme_tier":3)", R"("app_notes":"a remark")", R"("version":"128.1esr")"})
    EXPECT_NE(shown.find(part), std::string::npos) << part << "\n" << shown;
  EXPECT_NE(server.Send("GET", "/api/DataDictionary/", "", {}).body.find("What was paid for."),
            std::string::npos);
  ASSERT_TRUE(os::WriteFileDurably(own, base::AsBytes("annotations:\n  - {name: Acme, type: u9}\n")));
  std::string output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "serve", "--config", data_ + ".toml", "--data", data_ + "-2",
                      "--listen", "127.0.0.1:0"},
                     &output),
            2);
  EXPECT_NE(output.find(own + ":2: `type: u9`"), std::string::npos) << output;
  std::filesystem::remove(own);
}

TEST_F(ServeTest, ACrashIsProcessedAgainWithAllItsDumpsAndKeepsItsHistory) {
  const RunningServer server(data_);
  const std::string dump(base::AsText(testing::SampleCrash().Build()));
  const auto more = [&](const std::string& name, const std::string& bytes) {
    return "--b\r\nContent-Disposition: form-data; name=\"upload_file_minidump_" + name +
           "\"; filename=\"d.dmp\"\r\nContent-Type: application/octet-stream\r\n\r\n" + bytes + "\r\n";
  };
  const std::string id =
      IdOf(server.Submit(more("browser", dump) + more("content", "no dump") + Report(dump)));
  const std::string first = AwaitProcessed(id);
  EXPECT_NE(first.find(R"("upload_file_minidump_browser":{"status":"OK")"), std::string::npos) << first;
  EXPECT_NE(first.find(R"("additional_minidumps":["upload_file_minidump_browser"])"), std::string::npos);
  EXPECT_NE(first.find("upload_file_minidump_content could not be walked"), std::string::npos);
  EXPECT_NE(first.find(R"("processor_history":[])"), std::string::npos);
  std::string token;
  std::string output;
  ASSERT_EQ(RunToEnd({Program("cairn-server"), "user", "token", "--data", data_, "--permissions",
                      "reprocess_crashes"},
                     &token),
            0);
  token.erase(token.find_last_not_of('\n') + 1);
  const auto reprocess = [&](const std::string& what) {
    return RunToEnd({Program("cairn"), "reprocess", "--url", server.url(), "--token", token, what}, &output);
  };
  EXPECT_EQ(reprocess("bp-" + id), 0) << output;
  EXPECT_EQ(output, "queued 1 crashes\n");
  EXPECT_NE(AwaitProcessed(id, R"("processor_history":["20)"), "");
  EXPECT_EQ(reprocess("89ba9d98-b041-46f3-8b1a-36dfeb5e1b15"), 1) << "unknown";
  EXPECT_NE(output.find("no such crash"), std::string::npos) << output;
  token = "wrong";
  EXPECT_EQ(reprocess(id), 1);
}

TEST_F(ServeTest, MeasuresOfTheMemoryReportAndNamesOfActorsAreSearched) {
  const RunningServer server(data_);
  const std::string dump(base::AsText(testing::SampleCrash().Build()));  // Of process 4711.
  const auto submit = [&](const std::string& account) {
    return IdOf(server.Submit(
        "--b\r\nContent-Disposition: form-data; name=\"memory_report\"; filename=\"m.json.gz\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n" +
        Gzip(account) + "\r\n" + Text("CrashEventID", std::to_string(account.size())) +
        Text("UtilityActorsName", "audio-decoder,js-oracle") + Report(dump)));
  };
  const std::string measured = submit(
      R"r({"reports":[{"process":"web (pid 4711)","path":"explicit/images/planted","kind":1,"units":0,)r"
      R"r("amount":7},{"process":"Main Process (pid 1)","path":"resident","amount":9}]})r");
  const std::string of_another = submit(R"r({"reports":[{"process":"Main Process (pid 1)"}]})r");
  const std::string found = AwaitFound(
      server,
      "/api/SuperSearch/?memory_images=%3E%3D7&memory_heap_unclassified=%3C0&utility_actors_name=js-oracle"
      "&_columns=uuid&_columns=memory_explicit&_columns=memory_heap_unclassified&_facets=utility_actors_"
      "name");
  EXPECT_NE(found.find("\"uuid\":\"" + measured + '"'), std::string::npos) << found;
  EXPECT_NE(found.find(R"("memory_explicit":0,"memory_heap_unclassified":-7)"), std::string::npos) << found;
  EXPECT_NE(found.find(R"({"term":"audio-decoder","count":1)"), std::string::npos) << found;
  const std::string shown = server.Send("GET", "/api/ProcessedCrash/?crash_id=" + measured, "", {}).body;
  EXPECT_NE(shown.find(R"("memory_measures":{"explicit":0,)"), std::string::npos) << shown;
  EXPECT_NE(shown.find(R"("memory_images":7)"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("planted"), std::string::npos) << "paths of the account are protected";
  const std::string other = AwaitProcessed(of_another);
  EXPECT_NE(other.find("\"memory_report_error\":\""), std::string::npos) << other;
  EXPECT_EQ(other.find("\"memory_measures\""), std::string::npos) << other;
}

TEST_F(ServeTest, WhatAKillLeftBetweenStoringAndQueueingIsFoundAtTheNextStart) {
  std::string id;
  {
    RunningServer server(data_);
    id = IdOf(server.Submit(Report("this is no dump")));
    ASSERT_NE(AwaitProcessed(id), "");
    server.End(SIGKILL);
  }
  // As if it had been killed right behind the raw crash.
  std::filesystem::remove(data_ + "/blobs/v1/processed_crash/" + id);
  for (const char* const suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(data_ + "/queue.sqlite" + suffix);
  const RunningServer server(data_);
  EXPECT_NE(AwaitProcessed(id), "");
}

TEST_F(ServeTest, ADamagedIndexIsNamedAndIsMadeAnewFromTheBlobs) {
  std::string id;
  {
    RunningServer server(data_);
    id = IdOf(server.Submit(Report("this is no dump")));
    ASSERT_NE(AwaitProcessed(id), "");
    EXPECT_EQ(server.End(SIGTERM), 0);
  }
  ASSERT_TRUE(
      os::WriteFileDurably(data_ + "/index/dictionary.duckdb", base::AsBytes(std::string(9000, 'x'))));
  std::string output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "serve", "--data", data_, "--listen", "127.0.0.1:0"}, &output),
            3);
  EXPECT_NE(output.find("dictionary.duckdb"), std::string::npos) << output;
  EXPECT_NE(output.find("cairn index rebuild --data " + data_), std::string::npos) << output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "index", "rebuild", "--data", data_}, &output), 0);
  EXPECT_NE(output.find("1 crash"), std::string::npos) << output;
  const RunningServer server(data_);
  EXPECT_NE(AwaitFound(server, "/api/SuperSearch/?uuid=" + id), "");
}

TEST_F(ServeTest, AnIndexFolderThatIsGoneIsFilledAtTheNextStart) {
  std::string id;
  {
    RunningServer server(data_);
    id = IdOf(server.Submit(Report("this is no dump")));
    ASSERT_NE(AwaitProcessed(id), "");
    EXPECT_EQ(server.End(SIGTERM), 0);
  }
  std::filesystem::remove_all(data_ + "/index");
  const RunningServer server(data_);
  EXPECT_NE(AwaitFound(server, "/api/SuperSearch/?uuid=" + id), "");
}

TEST_F(ServeTest, WrongStartsSayWhy) {
  RunningServer first(data_);
  std::string output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "index", "rebuild", "--data", data_}, &output), 3);
  EXPECT_NE(output.find("serves this folder already"), std::string::npos) << output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "serve", "--data", data_, "--listen", "127.0.0.1:0"}, &output),
            3);
  EXPECT_NE(output.find("serves this folder already"), std::string::npos) << output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "serve", "--data", data_, "--listen", "0.0.0.0:0"}, &output),
            2);
  EXPECT_NE(output.find("--insecure"), std::string::npos) << output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "serve", "--roles", "api"}, &output), 2);
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "dance"}, &output), 2);
  EXPECT_EQ(first.Send("GET", "/__heartbeat__", "", {}).body, "{\"errors\":[]}");
  EXPECT_EQ(first.End(SIGTERM), 0);
}

}  // namespace
}  // namespace cairn::apps
