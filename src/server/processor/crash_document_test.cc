#include "server/processor/crash_document.h"

#include <gtest/gtest.h>

namespace cairn::processor {
namespace {

constexpr std::string_view kRaw =
    R"({"ProductName":"Crashy","ver":"1.2","BuildID":"7","Comments":"planted-secret","Hang":"ui",
    "metadata":{"dump_checksums":{"upload_file_minidump":"ab"},"submitted_ms":1777629600000,"throttle_rule":"all",
    "throttle_weight":10.0},
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

search::CrashRow MakeRowOf(const Arrival& arrival, const worker::CrashOutcome& outcome) {
  const Record record = MakeRecordOf(arrival);
  return MakeRow(arrival, outcome, record, registry::Registry::BuiltIn(),
                 MakeInput(arrival, outcome, record));
}

TEST(CrashDocumentTest, TheRowHoldsTheStackWithItsInlines) {
  const search::CrashRow row = MakeRowOf(*ReadRawCrash(kRaw), MakeOutcome());
  EXPECT_EQ(row.kind, search::CrashKind::kReport);
  EXPECT_EQ(row.rule, "all");
  EXPECT_EQ(row.weight, 10);
  EXPECT_EQ(row.input->parts().platform, "Linux");
  EXPECT_EQ(row.input->parts().annotations.at("Hang"), "ui");
  const std::vector<search::StackFrame>& stack = row.input->parts().stack->frames();
  ASSERT_EQ(stack.size(), 2u);
  EXPECT_EQ(stack[0].module_offset, 16u);
  EXPECT_EQ(stack[0].names.at(1).function, "Outer");
}

TEST(CrashDocumentTest, TheInputHoldsAllThatSignaturesAreMadeFrom) {
  const Arrival arrival = *ReadRawCrash(kRaw);
  worker::CrashOutcome outcome = MakeOutcome();
  EXPECT_EQ(MakeRowOf(arrival, outcome).input->parts().annotations.at("ProductName"), arrival.product);
  EXPECT_TRUE(MakeRowOf(arrival, outcome).input->parts().more_stacks.empty());
  outcome.first_stack = {{"libc.so", "C", 32, {{"wait", "", 0}}}};
  const search::SharedInput input = MakeRowOf(arrival, outcome).input;
  ASSERT_EQ(input->parts().more_stacks.size(), 1u);
  EXPECT_EQ(input->parts().more_stacks[0]->frames()[0].names.at(0).function, "wait");
  EXPECT_FALSE(input->parts().annotations.contains("processing_failed"));
  const worker::CrashOutcome failed = EmptyOutcome("EMPTY: crash failed to process", "status");
  EXPECT_TRUE(MakeRowOf(arrival, failed).input->parts().annotations.contains("processing_failed"));
}

TEST(CrashDocumentTest, TheRowHoldsTheStacksOfTheOtherThreadsInTheirOrder) {
  worker::CrashOutcome outcome = MakeOutcome();
  outcome.other_frames = {{"libc.so", "C", 32, {{"wait", "", 0}}}, {"crashy", "ID", 48, {}}};
  outcome.other_threads = {{0, 1}, {}, {0, 1}, {1}};
  const std::vector<search::SharedStack> stacks = MakeRowOf(*ReadRawCrash(kRaw), outcome).other_threads;
  ASSERT_EQ(stacks.size(), 4u);
  ASSERT_EQ(stacks[0]->frames().size(), 2u);
  EXPECT_EQ(stacks[0]->frames()[0].names.at(0).function, "wait");
  EXPECT_EQ(stacks[0]->frames()[1].module_offset, 48u);
  EXPECT_TRUE(stacks[1]->frames().empty());
  EXPECT_EQ(stacks[2], stacks[0]) << "shared, because they are one";
  EXPECT_EQ(stacks[3]->frames().size(), 1u);
}

std::map<std::string, search::Value> SearchedOf(const search::CrashRow& row) {
  std::map<std::string, search::Value> values;
  for (const auto& [field, value] : row.annotations) values[search::FieldOf(field).name] = value;
  return values;
}

TEST(CrashDocumentTest, TheRowHoldsSearchableAnnotationsByTheirTypes) {
  Arrival arrival = *ReadRawCrash(kRaw);
  arrival.annotations = {{"MozCrashReason", "out of cheese"},  {"OOMAllocationSize", "no number"},
                         {"CrashTime", "1777629590"},          {"Comments", "planted-secret"},
                         {"Addons", "first:1.0,second%20one"}, {"RemoteType", "web=https://planted.example"},
                         {"StartupTime", "1777629500"},        {"Unheard", "of"},
                         {"UtilityActorsName", "audio,video"}};
  worker::CrashOutcome outcome = MakeOutcome();
  outcome.dump_annotations["MozCrashReason"] = "of the dump";
  outcome.dump_annotations["StartupCrash"] = "1";
  const search::CrashRow row = MakeRowOf(arrival, outcome);
  EXPECT_EQ(row.client_date_ms, 1'777'629'590'000);
  const std::map<std::string, search::Value> values = SearchedOf(row);
  EXPECT_EQ(values.at("crash_time"), search::Value(std::int64_t{1'777'629'590'000}));
  EXPECT_EQ(values.at("moz_crash_reason"), search::Value(std::string("out of cheese")));
  EXPECT_EQ(values.at("startup_crash"), search::Value(std::int64_t{1}));
  EXPECT_EQ(values.at("user_comments"), search::Value(std::string("planted-secret")));
  EXPECT_EQ(values.at("remote_type"), search::Value(std::string("web"))) << "as everybody may see it";
  EXPECT_EQ(values.at("remote_type_raw"), search::Value(std::string("web=https://planted.example")));
  EXPECT_TRUE(search::FindField("remote_type_raw")->is_protected);
  EXPECT_EQ(values.at("addons"), search::Value(std::string("\nfirst:1.0\nsecond one:NO_VERSION\n")));
  EXPECT_EQ(values.at("utility_actors_name"), search::Value(std::string("\naudio\nvideo\n")));
  EXPECT_EQ(values.at("uptime"), search::Value(std::int64_t{90}));
  EXPECT_EQ(values.at("report_type"), search::Value(std::string("crash")));
  EXPECT_FALSE(values.contains("oom_allocation_size"));
}

TEST(CrashDocumentTest, ARowKnowsTheReportThatAPingNames) {
  worker::PingFacts facts;
  facts.crash_id = "de1bb258-cbbf-4589-a673-34f800160919";
  const Arrival arrival = ArrivalOfPing("de1bb258-cbbf-4589-a673-34f800160918", 5, facts);
  EXPECT_EQ(MakeRowOf(arrival, MakeOutcome()).counterpart_id, facts.crash_id);
}

}  // namespace
}  // namespace cairn::processor
