#include "server/http/multipart.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

TEST(MultipartTest, ReadsTextAndFileParts) {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"prod\"\r\n\r\nCrashy\r\n"
      "--b\r\ncontent-disposition: form-data; name=upload_file_minidump; filename=\"a;b.dmp\"\r\n"
      "Content-Type: Application/Octet-Stream; x=y\r\n\r\nMDMP\r\n--\r\n--b"
      "--\r\n";
  const auto parts = ParseMultipart(body, "b");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].name, "prod");
  EXPECT_FALSE((*parts)[0].filename);
  EXPECT_EQ((*parts)[0].body, "Crashy");
  EXPECT_EQ((*parts)[1].name, "upload_file_minidump");
  EXPECT_EQ((*parts)[1].filename, "a;b.dmp");
  EXPECT_EQ((*parts)[1].content_type, "application/octet-stream");
}

TEST(MultipartTest, PartBodyMayHoldLineEndsAndDashes) {
  const auto parts =
      ParseMultipart("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--c\n\r\n--b--", "b");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->at(0).body, "x\r\n--c\n");
}

TEST(MultipartTest, EmptyPartBodyIsEmpty) {
  const auto parts =
      ParseMultipart("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--\r\n", "b");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->at(0).body, "");
}

TEST(MultipartTest, CrashpadEscapesInNamesAreUndone) {
  const auto parts = ParseMultipart(
      "--b\r\nContent-Disposition: form-data; name=\"quote%22k%0Aey%20\"\r\n\r\nv\r\n--b--\r\n", "b");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->at(0).name, "quote\"k\ney%20");
}

TEST(MultipartTest, BodyCutShortIsTruncated) {
  const std::string whole = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n--b--";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseMultipart(std::string_view(whole).substr(0, size), "b")) << size;
  }
  EXPECT_TRUE(ParseMultipart(whole, "b"));
}

TEST(MultipartTest, TooManyPartsAreRefused) {
  std::string body;
  for (std::size_t i = 0; i <= kMaxParts; ++i) body += "--b\r\n\r\n\r\n";
  const auto parts = ParseMultipart(body + "--b--", "b");
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code, base::Code::kLimitExceeded);
}

TEST(MultipartTest, EndlessPartHeaderIsRefused) {
  const auto parts = ParseMultipart("--b\r\n" + std::string(kMaxPartHeaderBytes + 1, 'h'), "b");
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code, base::Code::kLimitExceeded);
}

TEST(MultipartTest, ContentTypeTellsTheBoundary) {
  EXPECT_EQ(ParseContentType("Multipart/Form-Data; boundary=---ab").boundary, "---ab");
  EXPECT_EQ(ParseContentType("multipart/form-data; charset=x; boundary=\"a b\"").boundary, "a b");
  EXPECT_EQ(ParseContentType("multipart/form-data").boundary, "");
  EXPECT_EQ(ParseContentType("text/plain").media_type, "text/plain");
}

}  // namespace
}  // namespace cairn::http
