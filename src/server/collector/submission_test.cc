#include "server/collector/submission.h"

#include <gtest/gtest.h>

#include <array>

#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::collector {
namespace {

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

// A whole body, read in pieces of `piece_bytes`.
class Reading {
 public:
  explicit Reading(const std::string& body, std::size_t piece_bytes = 1000) {
    for (std::size_t i = 0; i < body.size() && reader_.Feed(std::string_view(body).substr(i, piece_bytes));
         i += piece_bytes) {
    }
    refusal_ = reader_.Finish();
  }

  Submission& operator*() { return reader_.submission(); }
  Submission* operator->() { return &reader_.submission(); }
  std::string reason() const { return refusal_ ? std::string(refusal_->reason) : ""; }
  std::optional<Refusal> refusal() const { return refusal_; }
  std::size_t memory_bytes() const { return reader_.memory_bytes(); }

 private:
  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  SubmissionReader reader_{"b", [this] { return blobs_.Stage(); }};
  std::optional<Refusal> refusal_;
};

// SHA-256 of "abc": FIPS 180-2, appendix B.1.
constexpr char kHashOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(SubmissionTest, TakesFormFieldsAndDumpsInAnyOrder) {
  const std::string fields[] = {Text("ProductName", "Crashy"),
                                File("upload_file_minidump", "application/octet-stream", "abc"),
                                Text("Note", "a \"b\"")};
  for (const auto& order : {std::array{0, 1, 2}, std::array{1, 0, 2}, std::array{2, 0, 1}}) {
    Reading read(fields[order[0]] + fields[order[1]] + fields[order[2]] + kEnd);
    EXPECT_EQ(read.reason(), "");
    EXPECT_EQ(read->annotations.at("ProductName"), "\"Crashy\"");
    EXPECT_EQ(read->annotations.at("Note"), "\"a \\\"b\\\"\"");
    ASSERT_EQ(read->dumps.size(), 1u);
    EXPECT_EQ(read->dumps[0].name, "upload_file_minidump");
    EXPECT_EQ(read->dumps[0].bytes->Sha256Text(), kHashOfAbc);
    EXPECT_TRUE(read->notes.empty());
  }
}

TEST(SubmissionTest, JsonKeepsTypesAndReplacesEarlierFields) {
  Reading read(Text("A", "1") + Json("{\"B\": 2, \"C\": {\"d\": [true]}}") + Text("E", "5") + kEnd);
  const std::map<std::string, std::string> expected = {{"B", "2"}, {"C", "{\"d\":[true]}"}, {"E", "\"5\""}};
  EXPECT_EQ(read->annotations, expected);
  EXPECT_TRUE(read->has_json);
  EXPECT_EQ(read->notes,
            std::vector<std::string>{"includes annotations in both json-encoded extra and formdata parts"});
}

TEST(SubmissionTest, EachFaultHasItsReason) {
  const auto reason = [](const std::string& body) { return Reading(body).reason(); };
  EXPECT_EQ(reason("nothing like it"), "invalid_payload_structure");
  EXPECT_EQ(reason(Text("A", "1")), "invalid_payload_structure");
  EXPECT_EQ(reason(Json("{\"A\":") + kEnd), "invalid_json");
  EXPECT_EQ(reason(Json("") + kEnd), "invalid_json");
  EXPECT_EQ(reason(Json("[1]") + kEnd), "invalid_json_value");
  for (const char* name : {"raw_crash", "dump_names", "processed_crash", "../"}) {
    EXPECT_EQ(reason(Text("A", "1") + File(name, "application/octet-stream", "x") + kEnd),
              "invalid_dump_name");
  }
}

TEST(SubmissionTest, NoAnnotationsAreNoticed) {
  EXPECT_TRUE(Reading(Json("{}") + kEnd)->is_empty);
  EXPECT_TRUE(Reading(File("upload_file_minidump", "application/octet-stream", "x") + kEnd)->is_empty);
  EXPECT_FALSE(Reading(Text("A", "1") + kEnd)->is_empty);
}

TEST(SubmissionTest, WhatIsADumpIsSaidByFilenameAndType) {
  Reading read(
      Text("A", "1") + File("text", "text/plain", "x") +
      "--b\r\nContent-Disposition: form-data; name=\"pdf\"\r\n"
      "Content-Type: application/pdf\r\n\r\ny\r\n--b\r\nContent-Type: text/plain\r\n\r\nno name\r\n" +
      kEnd);
  EXPECT_EQ(read->annotations.size(), 1u);
  ASSERT_EQ(read->dumps.size(), 2u);
  EXPECT_EQ(read->dumps[0].name, "text");
  EXPECT_EQ(read->dumps[1].name, "pdf");
  const std::vector<std::string> notes = {"unknown content type: text text/plain",
                                          "unknown content type: pdf application/pdf"};
  EXPECT_EQ(read->notes, notes);
}

TEST(SubmissionTest, DumpNamesCannotBecomePathsNorHideTheStoresOwnKeys) {
  Reading read(Text("A", "1") + File("../../etc/passwd", "application/octet-stream", "x") +
               File("ping_pack", "application/octet-stream", "x") +
               File("a_name_of_more_than_thirty_letters", "application/octet-stream", "x") + kEnd);
  ASSERT_EQ(read->dumps.size(), 3u);
  EXPECT_EQ(read->dumps[0].name, "etcpasswd");
  EXPECT_EQ(read->dumps[1].name, "ping_pack_");
  EXPECT_EQ(read->dumps[2].name, "a_name_of_more_than_thirty_let");
}

TEST(SubmissionTest, OfDumpsOfOneNameTheLastIsKept) {
  Reading read(Text("A", "1") + File("d", "application/octet-stream", "old") +
               File("d", "application/octet-stream", "abc") + kEnd);
  ASSERT_EQ(read->dumps.size(), 1u);
  EXPECT_EQ(read->dumps[0].bytes->Sha256Text(), kHashOfAbc);
  EXPECT_EQ(read->notes.size(), 1u);
}

TEST(SubmissionTest, PersonalAnnotationsAreRemovedOnArrival) {
  Reading read(Text("A", "1") + Text("Email", "a@b.example") + Text("TelemetryClientId", "x") + kEnd);
  EXPECT_EQ(read->annotations.size(), 1u);
  const std::vector<std::string> notes = {"Removed Email from raw crash.",
                                          "Removed TelemetryClientId from raw crash."};
  EXPECT_EQ(read->notes, notes);
}

TEST(SubmissionTest, TheCollectorsOwnNamesAreNotTheClients) {
  Reading read(Text("version", "1.5") + Text("metadata", "{}") + kEnd);
  const std::map<std::string, std::string> expected = {{"Version", "\"1.5\""}};
  EXPECT_EQ(read->annotations, expected);
}

TEST(SubmissionTest, TextThatIsNoUtf8IsMendedAndSaidSo) {
  Reading read(Text("A", "\xff") + kEnd);
  EXPECT_EQ(read->annotations.at("A"), "\"\xef\xbf\xbd\"");
  ASSERT_EQ(read->notes.size(), 1u);
  EXPECT_TRUE(read->notes[0].starts_with("extract payload text part exception: "));
}

TEST(SubmissionTest, AnnotationsPastTheLimitAreDroppedAndSaidSo) {
  std::string json = "{\"a0\":0";
  std::string fields;
  for (std::size_t i = 1; i <= 100'000; ++i) json += ",\"a" + std::to_string(i) + "\":0";
  for (std::size_t i = 0; i < 10'000; ++i) fields += Text("f" + std::to_string(i), "0");
  for (const std::string& body : {Json(json + "}") + kEnd, fields + kEnd}) {
    Reading read(body, 60'000);
    EXPECT_EQ(read.reason(), "");
    EXPECT_EQ(read->annotations.size(), kMaxAnnotations);
    EXPECT_EQ(read->notes.size(), 1u);
    EXPECT_LT(read.memory_bytes(), 100'000u);
  }
}

TEST(SubmissionTest, AnnotationsThatAreTooLargeAreDroppedAndSaidSo) {
  std::string body = Text("Huge", std::string(kMaxAnnotationBytes + 1, 'x')) + Text("Small", "1");
  for (int i = 0; i < 20; ++i) body += Text("Large" + std::to_string(i), std::string(1'000'000, 'x'));
  Reading read(body + kEnd, 60'000);
  EXPECT_FALSE(read->annotations.contains("Huge"));
  EXPECT_TRUE(read->annotations.contains("Small"));
  EXPECT_EQ(read->annotations.size(), 1u + 8u);
  EXPECT_EQ(read->notes.at(0), "13 annotations were too large and were dropped");
}

TEST(SubmissionTest, JsonThatIsTooLargeToReadIsRefused) {
  const Reading read(Json("{\"a\":\"" + std::string(kMaxAllAnnotationBytes, 'x') + "\"}") + kEnd, 60'000);
  ASSERT_TRUE(read.refusal());
  EXPECT_EQ(read.refusal()->kind, Refusal::Kind::kTooLarge);
  EXPECT_LT(read.memory_bytes(), 100u);
}

TEST(SubmissionTest, LargeDumpsTakeNoMemory) {
  Reading read(Text("A", "1") + File("d", "application/octet-stream", std::string(5 << 20, 'x')) + kEnd,
               60'000);
  EXPECT_EQ(read->dumps.at(0).bytes->size(), 5u << 20);
  EXPECT_LT(read.memory_bytes(), 2 * kMaxDumpMemoryBytes);
}

TEST(SubmissionTest, ADiskThatIsFullIsNotTheClientsFault) {
  SubmissionReader reader("b", []() -> base::Result<std::unique_ptr<store::StagedBlob>> {
    return base::Error{base::Code::kIo, 28, "disk"};
  });
  EXPECT_FALSE(
      reader.Feed(Text("A", "1") + File("d", "application/octet-stream", std::string(1 << 20, 'x'))));
  EXPECT_EQ(reader.Finish()->kind, Refusal::Kind::kNotStored);
}

}  // namespace
}  // namespace cairn::collector
