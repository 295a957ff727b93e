// People at the real cairn-server: signing in, bugs, and how often they may ask, over loopback.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "apps/running_server_for_test.h"
#include "base/json_view.h"
#include "os/clock.h"

namespace cairn::apps {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

class ServeAccountsTest : public TestOfServer {
 protected:
  // As people type it, the password on standard input.
  void User(const std::string& words) const {
    std::string output;
    const std::string line =
        "echo 'a long password' | " + Program("cairn-server") + " user " + words + " --data '" + data_ + "'";
    EXPECT_EQ(RunToEnd({"/bin/sh", "-c", line}, &output), 0) << output;
  }

  // The cookie of a sign-in by a page of the server.
  static std::string SignIn(const RunningServer& server, const std::string& name) {
    const net::HttpResponse answer =
        server.Send("POST", "/api/SignIn/", R"({"name":")" + name + R"(","password":"a long password"})",
                    {{"Origin", server.url()}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    const std::string cookie(answer.FindHeader("set-cookie"));
    return cookie.substr(0, cookie.find(';'));
  }

  static int StatusOf(const RunningServer& server, const std::string& method, const std::string& path,
                      const std::string& cookie, const std::string& body = "", bool own_page = true) {
    Headers headers = {{"Cookie", cookie}};
    if (own_page) headers.emplace_back("Origin", server.url());
    return server.Send(method, path, body, headers).status;
  }
};

TEST_F(ServeAccountsTest, APersonSignsInDoesThingsAndIsDisabled) {
  User("add ann --password --permissions administer,edit_bugs,view_pings");
  const RunningServer server(data_, 0, "[[bugs.tracker]]\nurl = \"https://bugs.example.org\"\n");
  const std::string cookie = SignIn(server, "ann");
  ASSERT_TRUE(cookie.starts_with("cairn_session=")) << cookie;
  const std::string me = server.Send("GET", "/api/Me/", "", {{"Cookie", cookie}}).body;
  EXPECT_NE(me.find(R"("name":"ann","permissions":["view_pings","administer","edit_bugs","view_closed_products"])"), std::string::npos) << me;
  const std::string link = R"({"signature":"A","bug":12})";
  EXPECT_EQ(StatusOf(server, "POST", "/api/BugLinks/", cookie, link, false), 403) << "from another page";
  EXPECT_EQ(StatusOf(server, "POST", "/api/BugLinks/", cookie, link), 200);
  const std::string bugs = server.Send("GET", "/api/Bugs/?signatures=A", "", {{"Cookie", cookie}}).body;
  EXPECT_NE(bugs.find(R"({"id":12,"signature":"A")"), std::string::npos) << bugs;
  EXPECT_EQ(StatusOf(server, "POST", "/api/Users/", cookie, R"({"name":"bob","password":"a long password"})"),
            200);
  const std::string bobs = SignIn(server, "bob");
  EXPECT_EQ(StatusOf(server, "GET", "/api/Tokens/", bobs), 200);
  EXPECT_EQ(StatusOf(server, "GET", "/api/Users/", bobs), 403);
  User("disable bob");
  EXPECT_EQ(StatusOf(server, "GET", "/api/Tokens/", bobs), 403);
  EXPECT_EQ(server.Send("POST", "/api/SignIn/", R"({"name":"ann","password":"a wrong password"})", {}).status,
            401);
  EXPECT_EQ(StatusOf(server, "POST", "/api/SignOut/", cookie), 200);
  EXPECT_EQ(StatusOf(server, "GET", "/api/Users/", cookie), 403);
  std::string audit;
  RunToEnd({Program("cairn-server"), "user", "audit", "--data", data_}, &audit);
  for (const char* const line : {"ann\tsign in\tann", "ann\tlink bug bugzilla 12\tA", "ann\tadd user\tbob",
                                 "anonymous\tsign in failed\tann", "ann\tsign out\tann"})
    EXPECT_NE(audit.find(line), std::string::npos) << line << "\n" << audit;
}

TEST_F(ServeAccountsTest, SessionsOutliveARestart) {
  User("add ann --password");
  std::string cookie;
  {
    RunningServer server(data_);
    cookie = SignIn(server, "ann");
    EXPECT_EQ(server.End(SIGTERM), 0);
  }
  const RunningServer server(data_);
  EXPECT_EQ(StatusOf(server, "GET", "/api/Tokens/", cookie), 200);
}

TEST_F(ServeAccountsTest, TheFormOfANewBugHoldsNothingThatIsProtected) {
  const RunningServer server(data_, 0, "[[bugs.tracker]]\nurl = \"https://bugs.example.org\"\n");
  const std::string id =
      IdOf(server.Submit(Text("MozCrashReason", "byte index 3 of `planted`") +
                         Text("Email", "planted@example.org") + Report("no dump", "planted")));
  ASSERT_NE(id, "");
  net::HttpResponse answer;
  for (const std::int64_t end = os::MonotonicMillis() + kPatienceMs;
       answer.status != 200 && os::MonotonicMillis() < end;) {
    answer = server.Send("GET", "/api/NewBug/?crash_id=" + id, "", {});
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_NE(answer.body.find("https://bugs.example.org/enter_bug.cgi?"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("Crash%20in%20%5B%40%20EMPTY"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("planted"), std::string::npos) << answer.body;
  EXPECT_EQ(server.Send("GET", "/api/NewBug/?signature=none", "", {}).status, 404);
}

TEST_F(ServeAccountsTest, CallersOfTheApiAreLimitedAndReportsAreNot) {
  const RunningServer server(data_, 0,
                             "trusted_proxies = [\"127.0.0.1\"]\n[rate_limits]\nanonymous_per_minute = 5\n");
  const auto ask = [&](const std::string& from) {
    return server.Send("GET", "/api/SuperSearch/", "", {{"X-Forwarded-For", from}});
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("192.0.2.1").status, 200) << i;
  const net::HttpResponse refused = ask("192.0.2.1");
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.FindHeader("retry-after"), "");
  EXPECT_EQ(ask("192.0.2.2").status, 200);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(server.Send("GET", "/__lbheartbeat__", "", {}).status, 200);
    EXPECT_EQ(server.Submit(Report("no dump")).status, 200);
  }
}

}  // namespace
}  // namespace cairn::apps
