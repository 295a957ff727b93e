#include "server/processor/crash_document.h"

#include <gtest/gtest.h>

namespace cairn::processor {
namespace {

constexpr std::string_view kRaw =
    R"({"ProductName":"Crashy","ver":"1.2","BuildID":"7","Comments":"planted-secret","Hang":"ui",
    "metadata":{"dump_checksums":{"upload_file_minidump":"ab"},"submitted_ms":1777629600000,"throttle_rule":"all"},
    "submitted_timestamp":"2026-05-01T10:00:00.000Z","uuid":"de1bb258-cbbf-4589-a673-34f800160918","version":2})";

worker::CrashOutcome MakeOutcome() {
  worker::CrashOutcome outcome;
  outcome.signature = "Crash";
  outcome.os_name = "Linux";
  outcome.json_dump = "{\"status\":\"OK\"}";
  outcome.dump_annotations = {{"Version", "from the dump"}, {"Unknown", "planted-secret"}};
  outcome.stack = {{"crashy", "ID", 16, {{"Inner", "a.h", 1}, {"Outer", "a.cc", 2}}}, {}};
  return outcome;
}

Record MakeRecordOf(const Arrival& arrival) {
  return MakeRecord(arrival, MakeOutcome(), registry::Registry::BuiltIn());
}

TEST(CrashDocumentTest, ADocumentHoldsFieldsNotesAnnotationsAndTheDumps) {
  const Arrival arrival = *ReadRawCrash(kRaw);
  Record record = MakeRecordOf(arrival);
  record.notes = {"a note"};
  const worker::CrashOutcome outcome = MakeOutcome();
  const std::string document = WriteDocument(
      {arrival, outcome, record, {{"upload_file_minidump_browser", R"({"status":"OK"})"}}, {"before"}});
  for (
      const char* const part :
      {R"("kind":"report")", R"("product":"Crashy")", R"("user_comments":"planted-secret")",
       R"("annotations":{"BuildID":"7","Comments":"planted-secret")", R"("Version":"from the dump")",
       R"("processor_notes":["a note"],"processor_history":["before"])", R"("json_dump":{"status":"OK"})",
       R"("upload_file_minidump_browser":{"status":"OK"},"additional_minidumps":["upload_file_minidump_browser"])"}) {
    EXPECT_NE(document.find(part), std::string::npos) << part << "\n" << document;
  }
}

TEST(CrashDocumentTest, TheHistoryGrowsFromProcessingToProcessing) {
  const std::string first =
      R"({"completed_datetime":"T1","processor_notes":["a","b"],"processor_history":["T0"]})";
  EXPECT_EQ(HistoryOf(first), (std::vector<std::string>{"T1\na\nb", "T0"}));
  EXPECT_TRUE(HistoryOf("no document").empty());
  std::string long_history = R"({"completed_datetime":"T","processor_history":["x")";
  for (int i = 0; i < 100; ++i) long_history += R"(,"x")";
  EXPECT_EQ(HistoryOf(long_history + "]}").size(), kMaxHistoryEntries);
}

TEST(CrashDocumentTest, TheRowHoldsTheStackWithItsInlines) {
  const Arrival arrival = *ReadRawCrash(kRaw);
  const search::CrashRow row = MakeRow(arrival, MakeOutcome(), MakeRecordOf(arrival));
  EXPECT_EQ(row.kind, search::CrashKind::kReport);
  EXPECT_EQ(row.platform, "Linux");
  EXPECT_EQ(row.signature_annotations.at("Hang"), "ui");
  ASSERT_EQ(row.stack.size(), 2u);
  EXPECT_EQ(row.stack[0].module_offset, 16u);
  EXPECT_EQ(row.stack[0].names.at(1).function, "Outer");
}

}  // namespace
}  // namespace cairn::processor
