// The stacks of all threads of a dump in the index's row, with the real cairn-server and its worker.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "apps/running_server_for_test.h"
#include "os/clock.h"
#include "server/search/duckdb_connection.h"
#include "testing/sample_crash.h"
#include "testing/stack_builder.h"

namespace cairn::apps {
namespace {

constexpr std::uint64_t kOtherStack = 0x7ffe00000000;

// A thread that waits in libwork.so, called from crashy.
testing::ThreadSpec WaitingThread(std::uint32_t id) {
  const std::uint64_t bottom = kOtherStack + id * 0x1000;
  model::Registers registers = testing::SampleRegisters();
  registers.Set(model::kRip, testing::kSampleLibrary + 0x700);
  registers.Set(model::kRsp, bottom);
  registers.Set(model::kRbp, 0);
  testing::StackBuilder stack(bottom, std::endian::little);
  stack.Word(testing::kSampleMain + 0x1121);
  stack.Words(15, 0);
  return {.id = id, .context = testing::Amd64Context(registers, std::endian::little), .stack = stack.Build()};
}

using ServeThreadsTest = TestOfServer;

TEST_F(ServeThreadsTest, ARowHoldsTheStacksOfAllThreads) {
  const std::vector<std::byte> dump =
      testing::SampleCrash().Thread(WaitingThread(101)).Thread(WaitingThread(102)).Build();
  {
    RunningServer server(data_);
    ASSERT_NE(IdOf(server.Submit(Report(std::string(base::AsText(dump))))), "");
    std::string found;
    for (const std::int64_t end = os::MonotonicMillis() + kPatienceMs; os::MonotonicMillis() < end;) {
      found = server.Send("GET", "/api/SuperSearch/?product=Crashy", "", {}).body;
      if (found.find("\"total\":1") != std::string::npos) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ASSERT_NE(found.find("\"total\":1"), std::string::npos) << found;
    EXPECT_EQ(server.End(SIGTERM), 0);
  }
  const auto database = search::DuckDatabase::Open("", {}, {});
  auto index = database->Connect();
  for (const auto& entry : std::filesystem::directory_iterator(data_ + "/index/weeks"))
    ASSERT_TRUE(index->Execute("ATTACH '" + entry.path().string() + "' AS week (READ_ONLY)"));
  ASSERT_TRUE(index->Execute("ATTACH '" + data_ + "/index/dictionary.duckdb' AS dictionary (READ_ONLY)"));
  auto row = index->Query(
      "SELECT concat_ws(' ', len(thread_stack_numbers), len(list_distinct(thread_stack_numbers)), "
      "stack_number = thread_stack_numbers[1]) FROM week.crashes");
  ASSERT_TRUE(row && row->Next());
  EXPECT_EQ(row->Text(0), "2 1 false") << "both wait in one place, and not where the third crashed";
  auto frames = index->Query(
      "SELECT string_agg(a.module || '+' || a.module_offset, ' ' ORDER BY s.place) FROM (SELECT "
      "unnest(address_ids) AS id, generate_subscripts(address_ids, 1) AS place FROM dictionary.stacks WHERE "
      "number = "
      "(SELECT thread_stack_numbers[1] FROM week.crashes)) s JOIN dictionary.addresses a ON a.id = s.id");
  ASSERT_TRUE(frames && frames->Next());
  EXPECT_EQ(frames->Text(0), "libwork.so+1792 crashy+4384");
}

}  // namespace
}  // namespace cairn::apps
