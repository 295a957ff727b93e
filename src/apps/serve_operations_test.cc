// What the operator sees of the real cairn-server, and how it stops.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "apps/running_server_for_test.h"
#include "net/http_client.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/random.h"

namespace cairn::apps {
namespace {

constexpr const char* kPingPath = "/submit/telemetry/ID/crash/Crashy/1.0/release/1?v=4";

constexpr const char* kSeesPings = "anonymous_permissions = [\"view_pings\"]\n";

std::string PingPathOf(const std::string& id) { return std::string(kPingPath).replace(18, 2, id); }

std::string PingOf(const std::string& id) {
  return R"({"type":"crash","id":")" + id +
         R"(","creationDate":"2026-05-01T10:00:00.000Z","version":4,
      "application":{"architecture":"x86-64","buildId":"1","channel":"release","name":"Crashy","platformVersion":"1.0",
      "vendor":"Cairn","version":"1.0","xpcomAbi":"x86_64-gcc3"},"payload":{"crashDate":"2026-05-01","metadata":{}}})";
}

// A connection that sends what it is told, when it is told.
class SlowClient {
 public:
  explicit SlowClient(const std::string& url) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  bool connected() const { return connected_; }
  void Write(std::string_view text) {
    EXPECT_EQ(send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  std::string ReadAll() {
    const auto text = os::ReadAll(fd_.get(), 1 << 20);
    return text ? *text : "";
  }

 private:
  os::FileDescriptor fd_;
  bool connected_ = false;
};

class ServeOperationsTest : public TestOfServer {
 protected:
  template <typename Condition>
  static bool Await(const Condition& condition) {
    for (const std::int64_t end = os::MonotonicMillis() + kPatienceMs; os::MonotonicMillis() < end;) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  static net::HttpResponse Get(const RunningServer& server, const std::string& path,
                               const std::string& token = "") {
    std::vector<std::pair<std::string, std::string>> headers;
    if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
    return server.Send("GET", path, "", std::move(headers));
  }
  // Whether a line of /metrics is there.
  static bool Shows(const RunningServer& server, const std::string& line) {
    return Get(server, "/metrics").body.find("\n" + line + "\n") != std::string::npos;
  }
  // Whether a search finds the crash. Of pings only for whom may see them: see kSeesPings.
  static bool IsFound(const RunningServer& server, const std::string& id) {
    return Get(server, "/api/SuperSearch/?uuid=" + id).body.find("\"total\":1") != std::string::npos;
  }
  std::string Log() const {
    const auto text = os::ReadFile(data_ + ".log", 1 << 24);
    return text ? *text : "";
  }
};

TEST_F(ServeOperationsTest, TheHeartbeatNamesStoresThatCannotWriteAndRecovers) {
  const RunningServer server(data_);
  EXPECT_EQ(Get(server, "/__heartbeat__").status, 200);
  // As if the disk were full: no file may grow.
  const rlimit full{0, RLIM_INFINITY};
  ASSERT_EQ(prlimit(server.pid(), RLIMIT_FSIZE, &full, nullptr), 0);
  net::HttpResponse sick;
  ASSERT_TRUE(Await([&] {
    sick = Get(server, "/__heartbeat__");
    return sick.status == 503;
  }));
  for (const char* const store : {R"("name":"blobs")", R"("name":"queue")", R"("name":"spool")"})
    EXPECT_NE(sick.body.find(store), std::string::npos) << sick.body;
  EXPECT_EQ(sick.body.find(data_), std::string::npos) << "paths are not for everybody";
  EXPECT_EQ(Get(server, "/__lbheartbeat__").status, 200);
  const rlimit free{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(prlimit(server.pid(), RLIMIT_FSIZE, &free, nullptr), 0);
  EXPECT_TRUE(Await([&] { return Get(server, "/__heartbeat__").status == 200; }));
}

TEST_F(ServeOperationsTest, TooLittleRoomIsTrouble) {
  const RunningServer server(data_, 0, "disk_free_min_mib = 1000000000\n");
  const net::HttpResponse sick = Get(server, "/__heartbeat__");
  EXPECT_EQ(sick.status, 503);
  EXPECT_NE(sick.body.find(R"({"errors":[{"name":"disk","msg":")"), std::string::npos) << sick.body;
  EXPECT_NE(sick.body.find("MiB are free, and 1000000000 should be"), std::string::npos) << sick.body;
}

TEST_F(ServeOperationsTest, TheVersionHasDockerflowsKeys) {
  const RunningServer server(data_);
  const std::string version = Get(server, "/__version__").body;
  for (const char* const key : {R"("source":")", R"("version":"0.1.0")", R"("commit":")", R"("build":")"})
    EXPECT_NE(version.find(key), std::string::npos) << version;
}

TEST_F(ServeOperationsTest, MetricsTellWhatBecameOfEachSubmissionAndPing) {
  const RunningServer server(data_);
  const std::string id = IdOf(server.Submit(Report("this is no dump")));
  ASSERT_NE(id, "");
  EXPECT_EQ(server.Submit("--b--\r\n").status, 400);
  EXPECT_EQ(server.Submit("not gzip", true).status, 400);
  EXPECT_EQ(server.Submit(Text("uuid", "de1bb258-cbbf-4589-a673-34f800160918") + "--b--\r\n").status, 401);
  const std::string ping = os::RandomUuid();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(server.Send("POST", PingPathOf(ping), PingOf(ping), {}).status, 200);
  EXPECT_EQ(server.Send("PUT", PingPathOf(os::RandomUuid()), "no JSON", {}).status, 200);
  EXPECT_TRUE(Await([&] { return Shows(server, R"(cairn_searchable_after_seconds_count{kind="ping"} 1)"); }));
  EXPECT_TRUE(
      Await([&] { return Shows(server, R"(cairn_searchable_after_seconds_count{kind="report"} 1)"); }));
  EXPECT_TRUE(Await([&] { return Shows(server, "cairn_spool_bytes 0"); }));
  for (const std::string line :
       {R"(cairn_submissions_total{outcome="accepted"} 1)",
        R"(cairn_submissions_total{outcome="unauthorized"} 1)",
        R"(cairn_malformed_submissions_total{reason="no_annotations"} 1)",
        R"(cairn_malformed_submissions_total{reason="bad_gzip"} 1)",
        R"(cairn_pings_total{outcome="crash"} 1)", R"(cairn_pings_total{outcome="duplicate"} 1)",
        R"(cairn_pings_total{outcome="json_parse"} 1)",
        R"(cairn_http_requests_total{route="/submit",status="2xx"} 1)",
        R"(cairn_http_requests_total{route="/submit",status="4xx"} 3)",
        R"(cairn_http_requests_total{route="/submit/{namespace}/{*rest}",status="2xx"} 3)",
        R"(cairn_queue_items{lane="report",state="ready"} 0)",
        R"(cairn_queue_items{lane="ping",state="set_aside"} 0)",
        R"(cairn_processing_seconds_count{kind="report"} 1)",
        R"(cairn_processing_seconds_count{kind="ping_pack"} 1)", "cairn_index_rows_total 2",
        "cairn_spool_oldest_seconds 0", "cairn_worker_deaths_total 0", "cairn_fold_in_failing 0",
        R"(cairn_named_stacks_total{result="miss"} 1)"}) {
    EXPECT_TRUE(Await([&] { return Shows(server, line); })) << line;
  }
  const net::HttpResponse all = Get(server, "/metrics");
  for (const char* const name : {"process_resident_memory_bytes ", "process_open_fds ",
                                 "cairn_disk_free_bytes ", "cairn_http_connections "})
    EXPECT_NE(all.body.find("\n" + std::string(name)), std::string::npos) << name;
  EXPECT_EQ(all.body.find(id), std::string::npos);
  EXPECT_EQ(all.body.find("Crashy"), std::string::npos);
}

TEST_F(ServeOperationsTest, MetricsAreForWhoMayViewThem) {
  const RunningServer server(data_, 0, "metrics_public = false\n");
  EXPECT_EQ(Get(server, "/metrics").status, 403);
  std::string token;
  ASSERT_EQ(
      RunToEnd({Program("cairn-server"), "user", "token", "--data", data_, "--permissions", "view_metrics"},
               &token),
      0);
  token.erase(token.find_last_not_of('\n') + 1);
  EXPECT_EQ(Get(server, "/metrics", token).status, 200);
  EXPECT_NE(Get(server, "/metrics", token).body.find("# TYPE cairn_submissions_total counter\n"),
            std::string::npos);
}

TEST_F(ServeOperationsTest, TheLogIsJsonWhereThatIsWanted) {
  RunningServer server(data_, 0, "log_format = \"json\"\n");
  (void)Get(server, "/__lbheartbeat__");
  EXPECT_EQ(server.End(SIGTERM), 0);
  const std::string log = Log();
  EXPECT_NE(
      log.find(R"("event":"request","method":"GET","route":"/__lbheartbeat__","status":200,"in_bytes":0)"),
      std::string::npos)
      << log;
  EXPECT_NE(log.find(R"("level":"info","event":"stopping"})"), std::string::npos) << log;
  EXPECT_NE(log.find(R"("level":"info","event":"stopped"})"), std::string::npos) << log;
}

TEST_F(ServeOperationsTest, RequestsNeedNotBeLogged) {
  RunningServer server(data_, 0, "access_log = false\n");
  (void)Get(server, "/__lbheartbeat__");
  EXPECT_TRUE(Await([&] {  // A request is counted when its answer was sent.
    return Shows(server, R"(cairn_http_requests_total{route="/__lbheartbeat__",status="2xx"} 1)");
  }));
  EXPECT_EQ(server.End(SIGTERM), 0);
  EXPECT_EQ(Log().find("request"), std::string::npos) << Log();
  EXPECT_NE(Log().find("info listening url=http://127.0.0.1:"), std::string::npos) << Log();
}

TEST_F(ServeOperationsTest, TheConfigurationIsCheckedWithoutTouchingData) {
  const std::string config = data_ + ".toml";
  const std::vector<std::string> check = {
      Program("cairn-server"), "serve", "--check-config", "--config", config, "--data", data_};
  ASSERT_TRUE(os::WriteFileDurably(config, base::AsBytes("\nrules = \"firefox\"\nprofile = \"firefox\"\n")));
  setenv("CAIRN_SCRUB_DUMPS", "false", 1);
  setenv("CAIRN_PORT", "tcp://10.0.0.1:80", 1);
  std::string output;
  EXPECT_EQ(RunToEnd(check, &output), 0);
  EXPECT_NE(output.find("rules = \"firefox\"  # " + config + ": line 2\n"), std::string::npos) << output;
  EXPECT_NE(output.find("data = \"" + data_ + "\"  # --data\n"), std::string::npos) << output;
  EXPECT_NE(output.find("scrub_dumps = false  # CAIRN_SCRUB_DUMPS\n"), std::string::npos) << output;
  EXPECT_NE(output.find("listen = \"127.0.0.1:8000\"  # default\n"), std::string::npos) << output;
  EXPECT_NE(output.find("CAIRN_PORT is in the environment"), std::string::npos) << output;
  EXPECT_NE(output.find("# rules: firefox: "), std::string::npos) << output;
  EXPECT_FALSE(os::Inspect(data_)) << "no data were touched";

  setenv("CAIRN_SCRUB_DUMPS", "perhaps", 1);
  EXPECT_EQ(RunToEnd(check, &output), 2);
  EXPECT_NE(output.find("CAIRN_SCRUB_DUMPS: give true or false, not `perhaps`"), std::string::npos) << output;
  unsetenv("CAIRN_SCRUB_DUMPS");
  unsetenv("CAIRN_PORT");

  const std::string rules = data_ + ".rules";
  const std::string wrong = "log_format = \"xml\"\nannotations = \"/nowhere.yaml\"\nrules = \"" + rules +
                            "\"\nweb = \"/nowhere\"\nanonymous_permissions = [\"fly\"]\n";
  ASSERT_TRUE(os::WriteFileDurably(config, base::AsBytes(wrong)));
  ASSERT_TRUE(os::WriteFileDurably(rules, base::AsBytes("\n[[rule]]\nnmae = \"x\"\n")));
  EXPECT_EQ(RunToEnd(check, &output), 2);
  for (const std::string& mistake :
       {config + ": line 1: log_format: xml: give text or json", std::string("/nowhere.yaml"),
        rules + ": line ", config + ": line 4: web: /nowhere",
        config + ": line 5: anonymous_permissions: there is no permission or role fly"})
    EXPECT_NE(output.find(mistake), std::string::npos) << mistake << "\n" << output;
  EXPECT_FALSE(os::Inspect(data_));
  std::filesystem::remove(rules);
}

TEST_F(ServeOperationsTest, ARequestUnderWayIsAnsweredAfterTheStopBegan) {
  RunningServer server(data_);
  const std::string body = Report("this is no dump");
  SlowClient client(server.url());
  ASSERT_TRUE(client.connected());
  client.Write(
      "POST /submit HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; "
      "boundary=b\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body.substr(0, 20));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  kill(server.pid(), SIGTERM);
  ASSERT_TRUE(Await([&] { return !SlowClient(server.url()).connected(); })) << "it still takes connections";
  client.Write(body.substr(20));
  const std::string answer = client.ReadAll();
  ASSERT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  const std::string id = answer.substr(answer.find("CrashID=bp-") + 11, 36);
  EXPECT_EQ(server.End(0), 0);
  RunningServer next(data_);
  EXPECT_TRUE(Await([&] { return IsFound(next, id); }));
}

TEST_F(ServeOperationsTest, NothingAcknowledgedIsLostInAStopUnderLoad) {
  std::set<std::string> acknowledged;
  std::atomic<int> refused = 0;
  {
    RunningServer server(data_);
    std::mutex mutex;
    std::atomic<bool> stop = false;
    std::vector<std::thread> clients;
    for (int i = 0; i < 6; ++i) {
      clients.emplace_back([&, sends_pings = i % 2 == 0] {
        while (!stop) {
          std::string id = os::RandomUuid();
          if (sends_pings) {
            if (server.Send("POST", PingPathOf(id), PingOf(id), {}).status != 200) id.clear();
          } else {
            id = IdOf(server.Submit(Text("CrashEventID", id) + Report("this is no dump")));
          }
          if (id.empty()) ++refused;
          const std::lock_guard lock(mutex);
          if (!id.empty()) acknowledged.insert(id);
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(800));
    const std::int64_t asked_ms = os::MonotonicMillis();
    kill(server.pid(), SIGTERM);
    EXPECT_EQ(server.End(0), 0);
    EXPECT_LT(os::MonotonicMillis() - asked_ms, 15'000);
    stop = true;
    for (std::thread& client : clients) client.join();
  }
  EXPECT_GT(acknowledged.size(), 20U);
  EXPECT_GT(refused, 0) << "the load outlived the server";
  EXPECT_NE(Log().find(" stopped"), std::string::npos);
  const RunningServer server(data_, 0, kSeesPings);
  for (const std::string& id : acknowledged) {
    EXPECT_TRUE(Await([&] { return IsFound(server, id); })) << id;
  }
  EXPECT_EQ(Log().find("recovered"), std::string::npos) << "a clean stop leaves nothing to look for";
}

TEST_F(ServeOperationsTest, ARequestThatNeverEndsDoesNotHoldUpTheStop) {
  RunningServer server(data_);
  SlowClient client(server.url());
  client.Write(
      "POST /submit HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
      "Content-Length: 1000\r\n\r\n--b");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const std::int64_t asked_ms = os::MonotonicMillis();
  EXPECT_EQ(server.End(SIGTERM), 0);
  EXPECT_LT(os::MonotonicMillis() - asked_ms, 13'000);
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(ServeOperationsTest, ASecondSignalEndsItAtOnce) {
  RunningServer server(data_);
  SlowClient client(server.url());
  client.Write(
      "POST /submit HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
      "Content-Length: 1000\r\n\r\n--b");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const std::int64_t asked_ms = os::MonotonicMillis();
  kill(server.pid(), SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(server.End(SIGTERM), 0);
  EXPECT_LT(os::MonotonicMillis() - asked_ms, 5'000);
  EXPECT_NE(Log().find("the next start does what is left"), std::string::npos);
}

}  // namespace
}  // namespace cairn::apps
