#include "server/http/server.h"

#include <gtest/gtest.h>

#include "server/http/server_for_test.h"

namespace cairn::http {
namespace {

TEST_F(ServerTest, OneConnectionTakesManyRequests) {
  Client client = Connect();
  client.Write(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\noneGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "one");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "site");
  client.Write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string response = client.ReadResponse();
  EXPECT_EQ(BodyOf(response), "site");
  EXPECT_NE(response.find("X-Content-Type-Options: nosniff"), std::string::npos);
  EXPECT_NE(response.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_NE(response.find("Cross-Origin-Opener-Policy: same-origin"), std::string::npos);
  EXPECT_EQ(response.find("Strict-Transport-Security"), std::string::npos) << "over plain HTTP";
}

TEST(HttpsServer, BrowsersAreToldToStayWithHttps) {
  const Router router({}, {.fallback = [](Request&) { return TextResponse(200, "site"); }});
  ServerOptions options;
  options.port = 0;
  options.spool_folder = ::testing::TempDir();
  options.is_https = true;
  auto server = Server::Create(std::move(options), router);
  ASSERT_TRUE(server);
  std::thread thread([&] { (*server)->Run(); });
  Client client((*server)->port());
  client.Write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.ReadResponse().find("Strict-Transport-Security: max-age=31536000\r\n"), std::string::npos);
  (*server)->Stop();
  thread.join();
}

TEST_F(ServerTest, ARefusalIsHeardWhileTheBodyIsStillComing) {
  Client client = Connect();
  client.Write("POST /secret HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" +
               std::string(500'000, 'x'));
  EXPECT_EQ(StatusOf(client.ReadAll()), "HTTP/1.1 403");
}

TEST_F(ServerTest, BrokenRequestsAreRefused) {
  EXPECT_EQ(
      StatusOf(Ask("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(kMaxHeaderBytes, 'h') + "\r\n\r\n")),
      "HTTP/1.1 431");
  EXPECT_EQ(StatusOf(Ask(
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n")),
            "HTTP/1.1 400");
  EXPECT_EQ(StatusOf(Ask("nonsense\r\n\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(StatusOf(Ask("GET /a b HTTP/1.1\r\n\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(StatusOf(Ask("GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(StatusOf(Ask("PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")), "HTTP/1.1 405");
  EXPECT_EQ(StatusOf(Ask("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")), "HTTP/1.1 404");
}

TEST_F(ServerTest, OtherTransferCodingsAreNoBodylessRequests) {
  for (const char* coding :
       {"xchunked", "gzip, chunked", "identity", "chunked\r\nTransfer-Encoding: chunked"}) {
    Client client(server_->port());
    client.Write("POST /echo HTTP/1.1\r\nTransfer-Encoding: " + std::string(coding) +
                 "\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    const std::string answer = client.ReadAll();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 501 ") || answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_EQ(answer.find("site"), std::string::npos) << coding << ": a second request was read";
  }
}

TEST_F(ServerTest, FilesAreSentAndHeadHasOnlyTheirSize) {
  EXPECT_EQ(BodyOf(Ask("GET /download HTTP/1.1\r\nHost: x\r\n\r\n")).size(), 200'000u);
  Client client = Connect();
  client.Write("HEAD /download HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string head = client.ReadAll();
  EXPECT_NE(head.find("Content-Length: 200000\r\n"), std::string::npos);
  EXPECT_EQ(BodyOf(head), "");
}

TEST_F(ServerTest, WhatHasNotChangedHasNoSizeAndTheConnectionGoesOn) {
  Client client = Connect();
  client.Write("GET /same HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string same = client.ReadResponse();
  EXPECT_TRUE(same.starts_with("HTTP/1.1 304 ")) << same;
  EXPECT_EQ(same.find("Content-Length"), std::string::npos) << same;
  EXPECT_EQ(same.find("Transfer-Encoding"), std::string::npos) << same;
  client.Write("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "127.0.0.1");
}

TEST_F(ServerTest, ABodyInPiecesIsOne) {
  const std::string pieces = std::string(1'000'000, 'a') + std::string(300, 'b');
  Client client = Connect();
  client.Write("GET /pieces?first HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "first " + pieces);
  client.Write("GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadResponse()), pieces);
  client.Write("HEAD /pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string head = client.ReadAll();
  EXPECT_NE(head.find("Content-Length: 1000300\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace cairn::http
