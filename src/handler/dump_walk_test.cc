#include "handler/dump_walk.h"

#include <gtest/gtest.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "handler/crashed_process.h"
#include "handler/minidump_writer.h"
#include "handler/snapshot_taker.h"
#include "model/frame.h"

namespace cairn::handler {
namespace {

// A dump of this very thread, as it stands in this function.
[[gnu::noinline]] std::vector<std::byte> DumpHere() {
  SnapshotInput input;
  ucontext_t context{};
  getcontext(&context);
  std::memcpy(input.request.registers.data(), context.uc_mcontext.gregs, sizeof(context.uc_mcontext.gregs));
  input.request.process_id = getpid();
  input.request.thread_id = gettid();
  input.request.signal_number = 6;
  return WriteMinidump(TakeSnapshot(LocalProcess(getpid()), std::move(input)));
}

TEST(DumpWalkTest, WalksByTheModulesOwnTablesFromHereToMain) {
  const auto report = WalkDump(DumpHere());
  ASSERT_TRUE(report.has_value());
  ASSERT_TRUE(report->crash.thread.has_value());
  const model::Thread& thread = report->threads[*report->crash.thread];
  ASSERT_GT(thread.frames.size(), 10U);  // GoogleTest alone has as many.
  EXPECT_EQ(thread.frames[0].trust, model::Trust::kContext);
  for (std::size_t i = 1; i < thread.frames.size(); ++i)
    EXPECT_EQ(thread.frames[i].trust, model::Trust::kCfi) << i;
}

TEST(DumpWalkTest, WhatIsNoDumpIsAnError) { EXPECT_FALSE(WalkDump(base::AsBytes("no dump")).has_value()); }

}  // namespace
}  // namespace cairn::handler
