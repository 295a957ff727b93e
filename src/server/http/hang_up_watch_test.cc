#include "server/http/hang_up_watch.h"

#include "server/http/server_for_test.h"

namespace cairn::http {
namespace {

constexpr std::string_view kSearch = "GET /search HTTP/1.1\r\nHost: a\r\n\r\n";

class ServerHttpHangUpWatch : public ServerTest {};

TEST_F(ServerHttpHangUpWatch, AHandlerHearsThatItsClientIsGone) {
  Client client = Connect();
  client.Write(kSearch);
  EXPECT_TRUE(Await([&] { return searches_ == 1; }));
  EXPECT_EQ(gone_, 0);
  client.HangUp();
  EXPECT_TRUE(Await([&] { return gone_ == 1; }));
}

TEST_F(ServerHttpHangUpWatch, AClientThatSendsItsNextRequestIsThere) {
  Client client = Connect();
  client.Write(std::string(kSearch) + "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(Await([&] { return searches_ == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(gone_, 0);
}

TEST_F(ServerHttpHangUpWatch, WhatWaitsForAThreadIsNotBegunForNobody) {
  constexpr int kThreads = 8;
  searches_wait_ = true;
  std::vector<Client> clients;
  for (int i = 0; i < kThreads + 5; ++i) {
    clients.push_back(Connect());
    clients.back().Write(kSearch);
  }
  EXPECT_TRUE(Await([&] { return searches_ == kThreads; }));
  clients.clear();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  searches_wait_ = false;
  EXPECT_TRUE(Await([&] { return server_->open_connections() == 0; }));
  EXPECT_EQ(searches_, kThreads);
  EXPECT_EQ(gone_, kThreads);
}

}  // namespace
}  // namespace cairn::http
