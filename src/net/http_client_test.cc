#include "net/http_client.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "net/one_answer_for_test.h"

namespace cairn::net {
namespace {

TEST(HttpClientTest, PostsABodyAndGivesTheAnswer) {
  OneAnswer server("the body", "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
  const auto response = SendHttp({.method = "POST",
                                  .url = server.url(),
                                  .headers = {{"X-Mark", "1"}},
                                  .body = base::AsBytes("the body")});
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "ok");
  EXPECT_TRUE(server.Received().starts_with("POST /path HTTP/1.1\r\n"));
  EXPECT_NE(server.Received().find("X-Mark: 1\r\n"), std::string::npos);
  EXPECT_EQ(server.Received().find("Expect"), std::string::npos);
}

TEST(HttpClientTest, HeadersOfTheAnswerAreTold) {
  OneAnswer server("\r\n\r\n", "HTTP/1.1 308 Resume\r\nRANGE:  bytes=0-9 \r\nContent-Length: 0\r\n\r\n");
  const auto response = SendHttp({.method = "PUT", .url = server.url()});
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 308);
  EXPECT_EQ(response->FindHeader("range"), "bytes=0-9");
  EXPECT_EQ(response->FindHeader("location"), "");
}

TEST(HttpClientTest, ABodyOfNothingIsPostedToo) {
  OneAnswer server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(SendHttp({.method = "POST", .url = server.url()}).has_value());
  EXPECT_NE(server.Received().find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(HttpClientTest, AServerThatNeverAnswersCostsTheDeadline) {
  OneAnswer server("\r\n\r\n", "");
  const auto response = SendHttp({.url = server.url(), .total_timeout_ms = 200});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, base::Code::kTimeout);
}

TEST(HttpClientTest, AnAnswerThatIsTooLongIsCutOff) {
  OneAnswer server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901");
  const auto response = SendHttp({.url = server.url(), .max_answer_bytes = 10});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, base::Code::kLimitExceeded);
}

TEST(HttpClientTest, ABodyGoesWhereItIsTaken) {
  std::string taken;
  const auto take = [&taken](std::string_view bytes) {
    taken += bytes;
    return true;
  };
  OneAnswer good("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901");
  const auto whole = SendHttp({.url = good.url(), .max_answer_bytes = 10, .take_body = take});
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->body, "");
  EXPECT_EQ(taken, "12345678901");
  OneAnswer refusal("\r\n\r\n", "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno");
  const auto refused = SendHttp({.url = refusal.url(), .take_body = take});
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->body, "no");
  EXPECT_EQ(taken.size(), 11u);
  OneAnswer full("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
  const auto not_taken = SendHttp({.url = full.url(), .take_body = [](std::string_view) { return false; }});
  ASSERT_FALSE(not_taken.has_value());
  EXPECT_EQ(not_taken.error().code, base::Code::kIo);
}

TEST(HttpClientTest, AnAddressIsAskedAboutBeforeItIsConnectedTo) {
  std::string asked;
  const auto response = SendHttp({.url = "http://localhost:1/", .may_connect = [&](std::string_view address) {
                                    asked = address;
                                    return false;
                                  }});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error(),
            (base::Error{base::Code::kRefused, 0, "an address that may not be connected to"}));
  EXPECT_TRUE(asked == "127.0.0.1" || asked == "::1") << asked;
  OneAnswer server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(SendHttp({.url = server.url(), .may_connect = [](std::string_view) { return true; }})->body,
            "ok");
}

TEST(HttpClientTest, RedirectsAreAnswers) {
  OneAnswer server("\r\n\r\n",
                   "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  const auto response = SendHttp({.url = server.url()});
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 307);
}

// What answers is the proxy; without it nothing does.
TEST(HttpClientTest, LoopbackAndHostsOfTheEnvironmentAreNeverAskedThroughAProxy) {
  OneAnswer proxy("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("no_proxy", "192.0.2.1", 1);
  EXPECT_FALSE(SendHttp({.url = "http://127.1.2.3:1/"}).has_value());
  EXPECT_FALSE(SendHttp({.url = "http://192.0.2.1:1/", .connect_timeout_ms = 50}).has_value());
  EXPECT_TRUE(SendHttp({.url = "http://192.0.2.2/"}).has_value());
  unsetenv("http_proxy");
  unsetenv("no_proxy");
}

TEST(HttpClientTest, OtherSchemesAndDeadPortsAreErrors) {
  EXPECT_EQ(SendHttp({.url = "file:///etc/passwd"}).error().code, base::Code::kUnsupported);
  EXPECT_EQ(SendHttp({.url = "http://127.0.0.1:1/"}).error().code, base::Code::kRefused);
}

TEST(EscapeUrlPartTest, LeavesOnlyWhatIsPlain) {
  EXPECT_EQ(EscapeUrlPart("aZ0-._~/ %\xc3"), "aZ0-._~%2F%20%25%C3");
}

}  // namespace
}  // namespace cairn::net
