#include "server/worker/protocol.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace cairn::worker {
namespace {

class ProtocolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> pair{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()), 0);
    left_.Reset(pair[0]);
    right_.Reset(pair[1]);
  }

  os::FileDescriptor left_;
  os::FileDescriptor right_;
};

TEST_F(ProtocolTest, NamesOfAModuleArriveWhole) {
  model::Module module;
  module.debug_file = "C:\\build\\xul.pdb";
  module.debug_id.text = "44E4EC8C2F41492B9369D6B9A059577C2";
  module.code_file = "xul.dll";
  module.code_id = "62B0E4E0712F000";
  const model::Module read = ReadModuleNames(WriteModuleNames(module));
  EXPECT_EQ(read.debug_file, module.debug_file);
  EXPECT_EQ(read.debug_id, module.debug_id);
  EXPECT_EQ(read.code_file, "xul.dll");
  EXPECT_EQ(read.code_id, "62B0E4E0712F000");
  EXPECT_EQ(ReadModuleNames("libc.so\nABC").debug_id.text, "ABC");
  EXPECT_EQ(ReadModuleNames("").debug_file, "");
}

TEST_F(ProtocolTest, FilesArriveAsCopies) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  const os::FileDescriptor read_end(pipe_ends[0]);
  os::FileDescriptor write_end(pipe_ends[1]);
  ASSERT_TRUE(Send(left_.get(), Verb::kNeedSymbols, "libc.so\nABC", {write_end.get()}));
  write_end.Reset();
  const auto message = Receive(right_.get(), 1000);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->verb, Verb::kNeedSymbols);
  EXPECT_EQ(message->text, "libc.so\nABC");
  ASSERT_EQ(message->files.size(), 1u);
  ASSERT_EQ(write(message->files[0].get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(read(read_end.get(), &byte, 1), 1);
}

TEST_F(ProtocolTest, FailuresKeepTheirReason) {
  ASSERT_TRUE(SendFailure(left_.get(), base::Code::kTruncated, 32, "thread list"));
  const auto message = Receive(right_.get(), 1000);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->verb, Verb::kFailed);
  EXPECT_EQ(message->code, base::Code::kTruncated);
  EXPECT_EQ(message->offset, 32u);
  EXPECT_EQ(message->text, "thread list");
}

TEST_F(ProtocolTest, SilenceIsATimeoutAndTheEndIsNotFound) {
  const auto silence = Receive(right_.get(), 1);
  ASSERT_FALSE(silence);
  EXPECT_EQ(silence.error().code, base::Code::kTimeout);
  left_.Reset();
  const auto end = Receive(right_.get(), 1000);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, base::Code::kNotFound);
}

TEST_F(ProtocolTest, NonsenseIsRefused) {
  for (const std::string& packet : {std::string("short"), std::string(16, '\xff'), std::string(16, '\0')}) {
    ASSERT_EQ(send(left_.get(), packet.data(), packet.size(), 0), static_cast<ssize_t>(packet.size()));
    EXPECT_FALSE(Receive(right_.get(), 1000));
  }
}

}  // namespace
}  // namespace cairn::worker
