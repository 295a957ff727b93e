#include "server/http/multipart_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::http {
namespace {

// Writes down what it is told: "name:bytes|".
class Recorder final : public PartTaker {
 public:
  base::Status BeginPart(PartHead head) override {
    text += head.name + ":";
    return refuse == head.name && !refuse.empty() ? base::Error{base::Code::kRefused, 0, "part"}
                                                  : base::Status();
  }
  base::Status TakePartBytes(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  base::Status EndPart() override {
    text += "|";
    return {};
  }

  std::string text;
  std::string refuse;
};

std::string Part(const std::string& name, const std::string& body) {
  return "--bnd\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + body + "\r\n";
}

// What comes of `body` in pieces of `size` bytes; empty if it is refused.
std::string Read(const std::string& body, std::size_t size) {
  Recorder recorder;
  MultipartReader reader("bnd", recorder);
  for (std::size_t i = 0; i < body.size(); i += size) {
    if (!reader.Feed(std::string_view(body).substr(i, size))) return "";
  }
  return reader.Finish() ? recorder.text : "";
}

TEST(MultipartReaderTest, PiecesOfAnySizeGiveTheSameParts) {
  const std::string body =
      "preamble\r\n" + Part("a", "1\r\n--bn\r\n--b") + Part("b", "") + Part("c", "\r\n") +
      "--bnd\r\nContent-Disposition: form-data; name=\"d\"\r\n\r\n--bnd\r\n\r\nx\r\n--bnd--\r\n"
      "epilogue\r\n--bnd\r\n";
  const std::string expected = "a:1\r\n--bn\r\n--b|b:|c:\r\n|d:|:x|";
  for (std::size_t size = 1; size <= body.size(); ++size) EXPECT_EQ(Read(body, size), expected) << size;
}

TEST(MultipartReaderTest, WhatIsBrokenIsBrokenInPiecesToo) {
  const std::string faults[] = {
      "",
      "nothing like it",
      Part("a", "1"),
      "--bnd\r\nno end of a header",
      "--bndx\r\n\r\nx\r\n--bnd--",
      "--bnd\r\nX: " + std::string(kMaxPartHeaderBytes, 'x') + "\r\n\r\n\r\n--bnd--",
      "--bnd" + std::string(2 * kMaxPartHeaderBytes, ' ')};
  for (const std::string& body : faults) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, body.size() + 1}) {
      EXPECT_EQ(Read(body, size), "") << body.substr(0, 40);
    }
  }
}

TEST(MultipartReaderTest, TheTakerCanEndIt) {
  Recorder recorder;
  recorder.refuse = "b";
  MultipartReader reader("bnd", recorder);
  const base::Status fed = reader.Feed(Part("a", "1") + Part("b", "2") + Part("c", "3"));
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, base::Code::kRefused);
  EXPECT_EQ(recorder.text, "a:1|b:");
}

TEST(MultipartReaderTest, BoundariesHaveALength) {
  Recorder recorder;
  EXPECT_FALSE(MultipartReader("", recorder).Feed("--"));
  EXPECT_FALSE(MultipartReader(std::string(kMaxBoundaryBytes + 1, 'b'), recorder).Feed("--"));
}

TEST(ContentTypeTest, SaysWhetherTheBoundaryComesFirst) {
  EXPECT_TRUE(ParseContentType("multipart/form-data; boundary=x; charset=utf-8").boundary_is_first);
  const ContentType second = ParseContentType("multipart/form-data; charset=utf-8; boundary=x");
  EXPECT_EQ(second.boundary, "x");
  EXPECT_FALSE(second.boundary_is_first);
}

}  // namespace
}  // namespace cairn::http
