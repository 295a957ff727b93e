#include "server/http/server.h"

#include <gtest/gtest.h>

#include "server/http/server_for_test.h"

namespace cairn::http {
namespace {

TEST_F(ServerTest, ManyClientsAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      Client client = Connect();
      const std::string body = "body " + std::to_string(i);
      for (int k = 0; k < 50; ++k) {
        client.Write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
                     "\r\n\r\n" + body);
        if (BodyOf(client.ReadResponse()) == body) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 16 * 50);
}

TEST_F(ServerTest, ARequestKnowsWhoIsConnected) {
  EXPECT_EQ(BodyOf(Ask("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n")), "127.0.0.1");
}

TEST_F(ServerTest, StoppingLetsBegunRequestsEnd) {
  Client idle = Connect();
  idle.Write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(BodyOf(idle.ReadResponse()), "site");
  Client busy = Connect();
  busy.Write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server_->Stop();
  EXPECT_EQ(BodyOf(busy.ReadResponse()), "slow");
  EXPECT_EQ(idle.ReadAll(), "");
}

TEST_F(ServerTest, WhatIsAnsweredLaterHoldsNoThread) {
  const std::int64_t asked_ms = os::MonotonicMillis();
  std::vector<Client> clients;
  for (int i = 0; i < 100; ++i) {  // There are 32 threads for handlers: these would take two seconds.
    clients.push_back(Connect());
    clients.back().Write("POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n" +
                         std::to_string(100 + i));
  }
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(BodyOf(clients[static_cast<std::size_t>(i)].ReadResponse()), std::to_string(100 + i));
  EXPECT_LT(os::MonotonicMillis() - asked_ms, 1500);
}

TEST_F(ServerTest, StoppingWaitsForWhatIsAnsweredLater) {
  Client client = Connect();
  client.Write("POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nyes");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server_->Stop();
  EXPECT_EQ(BodyOf(client.ReadResponse()), "yes");
}

TEST_F(ServerTest, SearchesDoNotHoldUpWhatIsQuick) {
  std::vector<Client> searches;
  for (int i = 0; i < 16;
       ++i) {  // The last ones take a second: there are eight threads, for half a second each.
    searches.push_back(Connect());
    searches.back().Write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::int64_t asked_ms = os::MonotonicMillis();
  EXPECT_EQ(BodyOf(Ask("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")), "quick");
  EXPECT_LT(os::MonotonicMillis() - asked_ms, 300);
  EXPECT_GE(server_->open_connections(), 16U);
  EXPECT_EQ(BodyOf(searches.back().ReadResponse()), "slow");
}

TEST(LoopbackTest, OnlyThisMachineIsLoopback) {
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    EXPECT_TRUE(IsLoopback(address)) << address;
  for (const char* address : {"0.0.0.0", "::", "192.168.1.1", "example.org", ""}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

}  // namespace
}  // namespace cairn::http
