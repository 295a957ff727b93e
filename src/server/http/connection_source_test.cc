// Bodies that are made while they are sent.
#include "server/http/server_for_test.h"

namespace cairn::http {
namespace {

constexpr std::string_view kGet = "GET /source HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

// The body in chunks, joined, and what follows on the last one; nothing if the last is missing.
std::optional<std::pair<std::string, std::string>> Joined(std::string_view chunks) {
  std::string body;
  for (;;) {
    const std::size_t line = chunks.find("\r\n");
    if (line == std::string_view::npos) return std::nullopt;
    const std::size_t size = std::stoul(std::string(chunks.substr(0, line)), nullptr, 16);
    chunks.remove_prefix(line + 2);
    if (size == 0) return std::pair(body, std::string(chunks));
    if (chunks.size() < size + 2) return std::nullopt;
    body += chunks.substr(0, size);
    chunks.remove_prefix(size + 2);
  }
}

class ServerHttpConnectionSource : public ServerTest {};

TEST_F(ServerHttpConnectionSource, ABodyIsSentInChunksWithItsTrailers) {
  Client client = Connect();
  client.Write(kGet);
  const std::string answer = client.ReadAll();
  EXPECT_EQ(StatusOf(answer), "HTTP/1.1 200");
  EXPECT_NE(answer.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
  const auto body = Joined(BodyOf(answer));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->first, "first " + std::string(200'000, 's') + " last");
  EXPECT_EQ(body->second, "Cairn-Pieces: 3\r\n\r\n");
  EXPECT_TRUE(Await([&] { return sources_ == 0; }));
}

TEST_F(ServerHttpConnectionSource, TheConnectionGoesOnBehindIt) {
  Client client = Connect();
  client.Write("HEAD /source HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = client.ReadResponse();
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_EQ(BodyOf(head), "");
  client.Write(
      "GET /source HTTP/1.1\r\nHost: a\r\n\r\nGET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string answers = client.ReadAll();
  EXPECT_NE(answers.find("Cairn-Pieces: 3\r\n\r\nHTTP/1.1 200"), std::string::npos);
  EXPECT_TRUE(answers.ends_with("quick"));
}

TEST_F(ServerHttpConnectionSource, WhatBreaksOffDoesNotLookWhole) {
  Client client = Connect();
  client.Write("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = client.ReadAll();
  EXPECT_NE(answer.find(" last"), std::string::npos) << "what there was is sent";
  EXPECT_FALSE(Joined(BodyOf(answer)));
  Client old = Connect();
  old.Write("GET /source HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(old.ReadAll().ends_with(" last"));
  EXPECT_FALSE(old.WasReset());
  Client broken = Connect();
  broken.Write("GET /broken HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(broken.WasReset());
}

TEST_F(ServerHttpConnectionSource, AClientThatLeavesOrStopsReadingEndsIt) {
  Client leaves = Connect();
  leaves.Write("GET /source?much HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_GE(leaves.Read(3 << 20), std::size_t{3 << 20});
  EXPECT_EQ(sources_, 1);
  leaves.HangUp();
  EXPECT_TRUE(Await([&] { return sources_ == 0; }));
  Client stalls = Connect();
  stalls.Write("GET /source?much HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(Await([&] { return sources_begun_ == 2; }));
  EXPECT_TRUE(Await([&] { return sources_ == 0; })) << "it was given up after the stall";
}

TEST_F(ServerHttpConnectionSource, SlowClientsHoldNoThread) {
  std::vector<Client> slow;
  for (int i = 0; i < 10; ++i) {
    slow.push_back(Connect());
    slow.back().Write("GET /source?much HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_TRUE(Await([&] { return sources_begun_ == 10; }));
  Client client = Connect();
  client.Write(kGet);
  EXPECT_TRUE(Joined(BodyOf(client.ReadAll())));
}

}  // namespace
}  // namespace cairn::http
