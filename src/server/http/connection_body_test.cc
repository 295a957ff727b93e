// Bodies: into memory, into a file, into a sink.
#include "server/http/server.h"

#include <gtest/gtest.h>

#include "server/http/server_for_test.h"

namespace cairn::http {
namespace {

TEST_F(ServerTest, ChunkedInHttp10WithoutHostIsTaken) {
  // As Crashpad's socket transport sends.
  const std::string response =
      Ask("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(StatusOf(response), "HTTP/1.0 200");
  EXPECT_EQ(BodyOf(response), "abcde");
}

TEST_F(ServerTest, ContinueComesBeforeTheBody) {
  Client client = Connect();
  client.Write("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReadResponse(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Write("ok");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "ok");
}

TEST_F(ServerTest, TooLargeIs413ByLengthAndByChunks) {
  EXPECT_EQ(StatusOf(Ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")), "HTTP/1.1 413");
  EXPECT_EQ(StatusOf(Ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                         std::string(1001, 'x') + "\r\n0\r\n\r\n")),
            "HTTP/1.1 413");
  EXPECT_EQ(StatusOf(Ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" +
                         std::string(1000, 'x'))),
            "HTTP/1.1 200");
}

TEST_F(ServerTest, ClientsThatLeaveInTheMiddleTakeNoRoomWithThem) {
  for (int i = 0; i < 20; ++i) {
    Client client(server_->port());
    client.Write("POST /echo HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + std::string(900, 'x'));
  }
  std::string answer;
  for (int i = 0; i < 50 && !answer.starts_with("HTTP/1.1 200"); ++i) {
    Client client(server_->port());
    client.Write("POST /echo HTTP/1.1\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" +
                 std::string(1000, 'x'));
    answer = client.ReadAll();
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
}

TEST_F(ServerTest, TooMuchInMemoryIs503AndPasses) {
  for (int i = 0; i < 3; ++i) {
    Client large(server_->port());
    large.Write("POST /large HTTP/1.1\r\nContent-Length: 6000\r\n\r\n" + std::string(6000, 'x'));
    EXPECT_TRUE(large.ReadResponse().starts_with("HTTP/1.1 503"));
    Client small(server_->port());
    small.Write("POST /large HTTP/1.1\r\nContent-Length: 4000\r\n\r\n" + std::string(4000, 'x'));
    EXPECT_TRUE(small.ReadResponse().starts_with("HTTP/1.1 200"));
  }
}

TEST_F(ServerTest, SlowClientsAreCutOff) {
  Client header = Connect();
  Client body = Connect();
  Client drip = Connect();
  const std::int64_t start = os::MonotonicMillis();
  header.Write("GET / HT");
  body.Write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx");
  drip.Write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n");
  std::thread dripping([&drip] {
    for (int i = 0; i < 20; ++i) {
      drip.Write("x");  // Never stalls for long, and would take minutes.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  header.ReadAll();
  body.ReadAll();
  EXPECT_LT(os::MonotonicMillis() - start, 1500);
  drip.ReadAll();
  EXPECT_LT(os::MonotonicMillis() - start, 3500);
  dripping.join();
}

TEST_F(ServerTest, LargeBodiesGoToAFile) {
  const std::string large(3 << 20, 'f');
  EXPECT_EQ(BodyOf(Ask("POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(large.size()) +
                       "\r\n\r\n" + large)),
            std::to_string(large.size()));
}

TEST_F(ServerTest, ASinkIsGivenAllThatComes) {
  for (const std::size_t size : {0, 1, 65'536, 65'537, 1 << 20}) {
    const std::string body(size, 'x');
    EXPECT_EQ(BodyOf(Ask("POST /stream/100 HTTP/1.1\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                         body)),
              std::to_string(size));
  }
  EXPECT_EQ(StatusOf(Ask("POST /stream/100 HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n")), "HTTP/1.1 413");
}

TEST_F(ServerTest, WhatASinkRefusesIsNotReadToTheEnd) {
  Client client = Connect();
  client.Write("POST /stream/100 HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n!" + std::string(200'000, 'x'));
  const std::string answer = client.ReadAll();
  EXPECT_EQ(StatusOf(answer), "HTTP/1.1 400");
  EXPECT_EQ(BodyOf(answer), "enough");
  EXPECT_EQ(BodyOf(Ask("POST /stream/100 HTTP/1.1\r\nContent-Length: 1\r\n\r\n!")), "enough");
}

TEST_F(ServerTest, WhatASinkHoldsCounts) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(StatusOf(Ask("POST /stream/6000 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")), "HTTP/1.1 503");
    EXPECT_EQ(BodyOf(Ask("POST /stream/100 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")), "1");
  }
}

TEST_F(ServerTest, ABodyThatTricklesTooLongIsToldSo) {
  Client client = Connect();
  client.Write("POST /echo HTTP/1.1\r\nContent-Length: 900\r\n\r\n");
  std::thread trickle([&client] {
    for (int i = 0; i < 12; ++i) {
      client.Write("x");
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  EXPECT_EQ(StatusOf(client.ReadAll()), "HTTP/1.1 408");
  trickle.join();
}

}  // namespace
}  // namespace cairn::http
