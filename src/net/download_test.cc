#include "net/download.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <memory>

#include "net/one_answer_for_test.h"

namespace cairn::net {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct Got {
  DownloadAnswer answer;
  std::string body;
};

Got Get(DownloadRequest request) {
  const std::unique_ptr<std::FILE, FileCloser> file(std::tmpfile());
  Downloader downloader;
  Got got{.answer = downloader.Get(request, fileno(file.get())), .body = {}};
  std::rewind(file.get());
  char buffer[4096];
  got.body.append(buffer, std::fread(buffer, 1, sizeof(buffer), file.get()));
  return got;
}

std::string Answer(const std::string& head, const std::string& body) {
  return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(DownloadTest, BodyGoesToTheFile) {
  OneAnswer server("\r\n\r\n", Answer("200 OK", "the body"));
  const Got got = Get({.url = server.url()});
  EXPECT_EQ(got.answer.outcome, DownloadOutcome::kDone);
  EXPECT_EQ(got.answer.bytes, 8u);
  EXPECT_EQ(got.body, "the body");
  EXPECT_NE(server.Received().find("Accept-Encoding: gzip, deflate\r\n"), std::string::npos);
}

TEST(DownloadTest, OtherStatusesWriteNothing) {
  OneAnswer server("\r\n\r\n", Answer("404 Not Found", "a page"));
  const Got got = Get({.url = server.url()});
  EXPECT_EQ(got.answer.outcome, DownloadOutcome::kStatus);
  EXPECT_EQ(got.answer.status, 404);
  EXPECT_EQ(got.body, "");
}

TEST(DownloadTest, EveryHopIsAskedFor) {
  OneAnswer server("\r\n\r\n", Answer("302 Found\r\nLocation: http://localhost:1/inside", ""));
  std::vector<std::string> hops;
  const Got got = Get({.url = server.url(), .may_visit = [&hops](std::string_view url) {
                         hops.emplace_back(url);
                         return url.find("inside") == std::string_view::npos;
                       }});
  EXPECT_EQ(got.answer.outcome, DownloadOutcome::kBlocked);
  EXPECT_EQ(hops, (std::vector<std::string>{server.url(), "http://localhost:1/inside"}));
}

TEST(DownloadTest, BusyServerSaysWhenToComeBack) {
  OneAnswer server("\r\n\r\n", Answer("429 Too Many\r\nRetry-After: 17", ""));
  const Got got = Get({.url = server.url()});
  EXPECT_EQ(got.answer.status, 429);
  EXPECT_EQ(got.answer.retry_after_s, 17);
}

TEST(DownloadTest, RedirectsAreFollowedOnlyWhereTheyMay) {
  OneAnswer end("\r\n\r\n", Answer("200 OK", "there"));
  OneAnswer start("\r\n\r\n", Answer("302 Found\r\nLocation: " + end.url(), ""));
  const Got got = Get({.url = start.url()});
  EXPECT_EQ(got.body, "there");
  EXPECT_EQ(got.answer.url, end.url());

  OneAnswer to_file("\r\n\r\n", Answer("302 Found\r\nLocation: file:///etc/passwd", ""));
  EXPECT_EQ(Get({.url = to_file.url()}).answer.outcome, DownloadOutcome::kBlocked);
  OneAnswer too_far("\r\n\r\n", Answer("302 Found\r\nLocation: /again", ""));
  EXPECT_EQ(Get({.url = too_far.url(), .max_redirects = 0}).answer.outcome, DownloadOutcome::kBlocked);
}

TEST(DownloadTest, AddressIsCheckedBeforeItIsConnectedTo) {
  std::string asked;
  const Got got = Get({.url = "http://localhost:1/", .may_connect = [&](std::string_view address) {
                         asked = address;
                         return false;
                       }});
  EXPECT_EQ(got.answer.outcome, DownloadOutcome::kBlocked);
  EXPECT_TRUE(asked == "127.0.0.1" || asked == "::1") << asked;
}

TEST(DownloadTest, SilenceCostsTheDeadlineAndADeadPortNothing) {
  OneAnswer server("\r\n\r\n", "");
  EXPECT_EQ(Get({.url = server.url(), .total_timeout_ms = 200}).answer.outcome, DownloadOutcome::kTimeout);
  EXPECT_EQ(Get({.url = "http://127.0.0.1:1/"}).answer.outcome, DownloadOutcome::kNetwork);
}

TEST(DownloadTest, BodyThatEndsEarlyIsATroubleOfTheNetwork) {
  OneAnswer server("\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_EQ(Get({.url = server.url()}).answer.outcome, DownloadOutcome::kNetwork);
  OneAnswer half_gzip("\r\n\r\n", Answer("200 OK\r\nContent-Encoding: gzip", "\x1f\x8b\x08"));
  EXPECT_EQ(Get({.url = half_gzip.url()}).answer.outcome, DownloadOutcome::kNetwork);
}

// A body of 8 bytes of which the first answer has three.
constexpr const char* kBrokenOff = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nETag: \"one\"\r\n\r\nthe";

TEST(DownloadTest, BodyThatBreaksOffIsGoneOnWith) {
  Answers server(
      {kBrokenOff,
       "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nContent-Range: bytes 3-7/8\r\n\r\n bo",
       "HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nContent-Range: bytes 6-7/8\r\n\r\ndy"});
  const Got got = Get({.url = server.url()});
  EXPECT_EQ(got.answer.outcome, DownloadOutcome::kDone);
  EXPECT_EQ(got.body, "the body");
  EXPECT_EQ(got.answer.bytes, 8u);
  EXPECT_EQ(got.answer.resumes, 2);
  EXPECT_EQ(server.Received(0).find("Range:"), std::string::npos);
  EXPECT_NE(server.Received(1).find("Range: bytes=3-\r\nIf-Range: \"one\"\r\n"), std::string::npos);
  EXPECT_NE(server.Received(2).find("Range: bytes=6-\r\n"), std::string::npos);
}

TEST(DownloadTest, FileThatChangedMeanwhileComesFromItsStart) {
  Answers server({kBrokenOff, Answer("200 OK", "other")});
  const Got got = Get({.url = server.url()});
  EXPECT_EQ(got.answer.outcome, DownloadOutcome::kDone);
  EXPECT_EQ(got.body, "other");
}

TEST(DownloadTest, BodyIsNotGoneOnWithWhereNobodyKnowsWhetherItIsTheSame) {
  for (const char* tag : {"", "ETag: W/\"weak\"\r\n"}) {
    Answers server({"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n" + std::string(tag) + "\r\nthe"});
    const Got got = Get({.url = server.url()});
    EXPECT_EQ(got.answer.outcome, DownloadOutcome::kNetwork);
    EXPECT_EQ(got.answer.resumes, 0);
  }
  // Another part than the one that was asked for, no answer to it, and one without a byte.
  for (const char* second :
       {"HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nContent-Range: bytes 2-3/8\r\n\r\nxx",
        "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nContent-Range: bytes 3-7/8\r\n\r\n"}) {
    Answers server({kBrokenOff, second});
    const Got got = Get({.url = server.url()});
    EXPECT_NE(got.answer.outcome, DownloadOutcome::kDone) << second;
    EXPECT_NE(got.answer.outcome, DownloadOutcome::kStatus) << "it says nothing of the file";
  }
}

TEST(DownloadTest, SizeAndEncodingAreChecked) {
  OneAnswer announced("\r\n\r\n", Answer("200 OK", "12345"));
  EXPECT_EQ(Get({.url = announced.url(), .max_bytes = 4}).answer.outcome, DownloadOutcome::kTooLarge);
  OneAnswer unannounced("\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n12345");
  EXPECT_EQ(Get({.url = unannounced.url(), .max_bytes = 4}).answer.outcome, DownloadOutcome::kTooLarge);
  OneAnswer not_gzip("\r\n\r\n", Answer("200 OK\r\nContent-Encoding: gzip", "plain text"));
  EXPECT_EQ(Get({.url = not_gzip.url()}).answer.outcome, DownloadOutcome::kBadBody);
}

TEST(DownloadTest, CanBeCancelled) {
  OneAnswer server("\r\n\r\n", "");
  std::atomic<bool> cancelled = false;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancelled = true;
  });
  EXPECT_EQ(Get({.url = server.url(), .cancelled = &cancelled}).answer.outcome, DownloadOutcome::kCancelled);
  canceller.join();
}

TEST(WithoutCredentialsTest, HidesNameAndPassword) {
  EXPECT_EQ(WithoutCredentials("https://me:secret@host/a@b"), "https://host/a@b");
  EXPECT_EQ(WithoutCredentials("http://host:80/x"), "http://host:80/x");
}

}  // namespace
}  // namespace cairn::net
