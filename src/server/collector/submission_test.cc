#include "server/collector/submission.h"

#include <gtest/gtest.h>

namespace cairn::collector {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=b";

std::string Text(const std::string& name, const std::string& value) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
std::string File(const std::string& name, const std::string& type, const std::string& content) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name +
         "\"; filename=\"x\"\r\nContent-Type: " + type + "\r\n\r\n" + content + "\r\n";
}
std::string Json(const std::string& json) {
  return "--b\r\nContent-Disposition: form-data; name=\"extra\"; filename=\"extra.json\"\r\n"
         "Content-Type: application/json\r\n\r\n" +
         json + "\r\n";
}
const std::string kEnd = "--b--\r\n";

std::string ReasonOf(std::string_view type, const std::string& body) {
  const auto submission = ReadSubmission(type, body);
  const auto* malformed = std::get_if<Malformed>(&submission);
  return malformed == nullptr ? "" : std::string(malformed->reason);
}

TEST(SubmissionTest, TakesFormFieldsAndDumps) {
  const std::string body = Text("ProductName", "Crashy") +
                           File("upload_file_minidump", "application/octet-stream", "MDMP") +
                           Text("Note", "a \"b\"") + kEnd;
  const auto result = ReadSubmission(kType, body);
  const Submission& submission = std::get<Submission>(result);
  EXPECT_EQ(submission.annotations.at("ProductName"), "\"Crashy\"");
  EXPECT_EQ(submission.annotations.at("Note"), "\"a \\\"b\\\"\"");
  ASSERT_EQ(submission.dumps.size(), 1u);
  EXPECT_EQ(submission.dumps[0].name, "upload_file_minidump");
  EXPECT_EQ(submission.dumps[0].bytes, "MDMP");
  EXPECT_TRUE(submission.notes.empty());
}

TEST(SubmissionTest, JsonKeepsTypesAndReplacesEarlierFields) {
  const auto result = ReadSubmission(
      kType, Text("A", "1") + Json("{\"B\": 2, \"C\": {\"d\": [true]}}") + Text("E", "5") + kEnd);
  const Submission& submission = std::get<Submission>(result);
  const std::map<std::string, std::string> expected = {{"B", "2"}, {"C", "{\"d\":[true]}"}, {"E", "\"5\""}};
  EXPECT_EQ(submission.annotations, expected);
  EXPECT_TRUE(submission.has_json);
  EXPECT_EQ(submission.notes.size(), 1u);
}

TEST(SubmissionTest, EachFaultHasItsReason) {
  EXPECT_EQ(ReasonOf("", "x"), "no_content_type");
  EXPECT_EQ(ReasonOf("application/json", "x"), "wrong_content_type");
  EXPECT_EQ(ReasonOf("multipart/form-data", "x"), "no_boundary");
  EXPECT_EQ(ReasonOf(kType, ""), "no_content_length");
  EXPECT_EQ(ReasonOf(kType, "nothing like it"), "invalid_payload_structure");
  EXPECT_EQ(ReasonOf(kType, Text("A", "1")), "invalid_payload_structure");
  EXPECT_EQ(ReasonOf(kType, Json("{\"A\":") + kEnd), "invalid_json");
  EXPECT_EQ(ReasonOf(kType, Json("[1]") + kEnd), "invalid_json_value");
  EXPECT_EQ(ReasonOf(kType, Json("{}") + kEnd), "no_annotations");
  EXPECT_EQ(ReasonOf(kType, File("upload_file_minidump", "application/octet-stream", "x") + kEnd),
            "no_annotations");
  EXPECT_EQ(ReasonOf(kType, Text("A", "1") + File("raw_crash", "application/octet-stream", "x") + kEnd),
            "invalid_dump_name");
}

TEST(SubmissionTest, DumpNamesCannotBecomePaths) {
  const auto result = ReadSubmission(kType, Text("A", "1") + File("../../etc/passwd", "text/x", "x") + kEnd);
  const Submission& submission = std::get<Submission>(result);
  EXPECT_EQ(submission.dumps.at(0).name, "etcpasswd");
  EXPECT_EQ(submission.notes.size(), 1u);
}

TEST(SubmissionTest, PersonalAnnotationsAreRemovedOnArrival) {
  const auto result = ReadSubmission(kType, Text("A", "1") + Text("Email", "a@b.example") + kEnd);
  const Submission& submission = std::get<Submission>(result);
  EXPECT_FALSE(submission.annotations.contains("Email"));
  EXPECT_EQ(submission.notes.at(0), "Removed Email from raw crash.");
}

TEST(SubmissionTest, AnnotationsPastTheLimitAreDroppedAndSaidSo) {
  std::string json = "{\"a0\":0";
  for (std::size_t i = 1; i <= kMaxAnnotations; ++i) json += ",\"a" + std::to_string(i) + "\":0";
  const auto result = ReadSubmission(kType, Json(json + "}") + kEnd);
  const Submission& submission = std::get<Submission>(result);
  EXPECT_EQ(submission.annotations.size(), kMaxAnnotations);
  EXPECT_EQ(submission.notes.size(), 1u);
}

TEST(SubmissionTest, AnnotationsThatAreTooLargeAreDroppedAndSaidSo) {
  std::string body = Text("Huge", std::string(kMaxAnnotationBytes, 'x')) + Text("Small", "1");
  for (int i = 0; i < 20; ++i) body += Text("Large" + std::to_string(i), std::string(1'000'000, 'x'));
  const auto result = ReadSubmission(kType, body + kEnd);
  const Submission& submission = std::get<Submission>(result);
  EXPECT_FALSE(submission.annotations.contains("Huge"));
  EXPECT_TRUE(submission.annotations.contains("Small"));
  EXPECT_EQ(submission.annotations.size(), 1u + 16u);
  EXPECT_EQ(submission.notes.at(0), "5 annotations were too large and were dropped");
}

}  // namespace
}  // namespace cairn::collector
