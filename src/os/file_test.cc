#include "os/file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

#include "os/clock.h"
#include "os/random.h"

namespace cairn::os {
namespace {

class FileTest : public ::testing::Test {
 protected:
  FileTest() : folder_(::testing::TempDir() + "cairn-os-" + RandomUuid()) {
    EXPECT_TRUE(MakeDirectories(folder_).has_value());
  }
  ~FileTest() override {
    const auto names = ListDirectory(folder_);
    if (names) {
      for (const std::string& name : *names) EXPECT_TRUE(RemoveFile(folder_ + "/" + name).has_value());
    }
    rmdir(folder_.c_str());
  }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
};

TEST_F(FileTest, DurableWriteReplacesTheWholeFileAndIsPrivate) {
  ASSERT_TRUE(WriteFileDurably(Path("a"), base::AsBytes("first, longer")).has_value());
  ASSERT_TRUE(WriteFileDurably(Path("a"), base::AsBytes("second")).has_value());
  EXPECT_EQ(*ReadFile(Path("a"), 100), "second");
  EXPECT_EQ(ListDirectory(folder_)->size(), 1u) << "no temporary file is left";
  struct stat info{};
  ASSERT_EQ(stat(Path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(FileTest, OutputIntoAPipeLeavesThePipe) {
  const std::string path = folder_ + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const FileDescriptor reader(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  ASSERT_TRUE(reader.valid());
  ASSERT_TRUE(WriteOutput(path, base::AsBytes("text")));
  struct stat info{};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_TRUE(S_ISFIFO(info.st_mode)) << "a file took its place";
  char buffer[8];
  EXPECT_EQ(read(reader.get(), buffer, sizeof(buffer)), 4);
}

TEST_F(FileTest, OutputIntoAFileReplacesIt) {
  const std::string path = folder_ + "/file";
  ASSERT_TRUE(WriteOutput(path, base::AsBytes("old")));
  ASSERT_TRUE(WriteOutput(path, base::AsBytes("new")));
  EXPECT_EQ(*ReadFile(path, 10), "new");
}

TEST_F(FileTest, UnfinishedFilesAreStagedElsewhere) {
  ASSERT_TRUE(MakeDirectories(Path("staging")).has_value());
  ASSERT_TRUE(WriteFileDurablyVia(Path("staging"), Path("a"), base::AsBytes("text")).has_value());
  EXPECT_EQ(*ReadFile(Path("a"), 100), "text");
  EXPECT_TRUE(ListDirectory(Path("staging"))->empty());
  EXPECT_FALSE(WriteFileDurablyVia(Path("nowhere"), Path("b"), base::AsBytes("text")).has_value());
  rmdir(Path("staging").c_str());
}

TEST_F(FileTest, AFileIsMadeOnce) {
  EXPECT_TRUE(*CreateIfAbsent(Path("a")));
  ASSERT_TRUE(WriteFileDurably(Path("a"), base::AsBytes("text")).has_value());
  EXPECT_FALSE(*CreateIfAbsent(Path("a")));
  EXPECT_EQ(*ReadFile(Path("a"), 100), "text");
  EXPECT_FALSE(CreateIfAbsent(Path("no/such/folder")).has_value());
}

TEST_F(FileTest, FullDiskKeepsTheOldFileAndLeavesNothingBehind) {
  ASSERT_TRUE(WriteFileDurably(Path("a"), base::AsBytes("old")).has_value());
  const pid_t child = fork();
  if (child == 0) {
    // A file size limit stands for the full disk: the write fails halfway.
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 10, .rlim_max = 10};
    setrlimit(RLIMIT_FSIZE, &limit);
    const base::Status status = WriteFileDurably(Path("a"), base::AsBytes("new text that does not fit"));
    _exit(!status && status.error().code == base::Code::kIo && status.error().offset == EFBIG ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(*ReadFile(Path("a"), 100), "old");
  EXPECT_EQ(ListDirectory(folder_)->size(), 1u);
}

TEST_F(FileTest, MissingFileIsNotFoundAndALargeOneIsRefused) {
  EXPECT_EQ(ReadFile(Path("none"), 10).error().code, base::Code::kNotFound);
  EXPECT_EQ(MappedFile::Open(Path("none")).error().code, base::Code::kNotFound);
  ASSERT_TRUE(WriteFileDurably(Path("big"), base::AsBytes("12345")).has_value());
  EXPECT_EQ(ReadFile(Path("big"), 4).error().code, base::Code::kLimitExceeded);
}

TEST_F(FileTest, ReadsAtAnOffset) {
  ASSERT_TRUE(WriteFileDurably(Path("a"), base::AsBytes("0123456789")).has_value());
  const auto file = OpenForReading(Path("a"));
  ASSERT_TRUE(file.has_value());
  std::array<std::byte, 4> bytes{};
  ASSERT_TRUE(ReadAt(file->get(), 6, bytes).has_value());
  EXPECT_EQ(base::AsText(bytes), "6789");
  ASSERT_TRUE(ReadAt(file->get(), 1, bytes).has_value());
  EXPECT_EQ(base::AsText(bytes), "1234");
  EXPECT_EQ(ReadAt(file->get(), 7, bytes).error().code, base::Code::kTruncated);
  EXPECT_TRUE(InspectOpen(file->get())->is_regular);
  EXPECT_EQ(InspectOpen(file->get())->size, 10u);
  EXPECT_FALSE(Inspect(folder_)->is_regular);
  EXPECT_FALSE(InspectOpen(-1).has_value());
}

TEST_F(FileTest, MapsAFileAndAnEmptyOne) {
  ASSERT_TRUE(WriteFileDurably(Path("a"), base::AsBytes("mapped")).has_value());
  EXPECT_EQ(base::AsText(MappedFile::Open(Path("a"))->bytes()), "mapped");
  ASSERT_TRUE(WriteFileDurably(Path("empty"), {}).has_value());
  EXPECT_TRUE(MappedFile::Open(Path("empty"))->bytes().empty());
  EXPECT_EQ(MappedFile::Open(folder_).error().code, base::Code::kUnsupported) << "a folder";
}

TEST_F(FileTest, MakeDirectoriesRefusesAFileInTheWay) {
  ASSERT_TRUE(WriteFileDurably(Path("file"), {}).has_value());
  EXPECT_FALSE(MakeDirectories(Path("file")).has_value());
  EXPECT_FALSE(MakeDirectories(Path("file/below")).has_value());
}

TEST(Clock, FormatsUtcWithThreeDigits) {
  EXPECT_EQ(FormatIso(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatIso(1'777'629'600'007), "2026-05-01T10:00:00.007Z");
  EXPECT_EQ(FormatIso(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Random, UuidsAreVersionFourAndDiffer) {
  const std::string uuid = RandomUuid();
  ASSERT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
  EXPECT_NE(uuid, RandomUuid());
}

TEST_F(FileTest, AFileInMemoryIsWrittenAndRead) {
  const auto file = CreateInMemory();
  ASSERT_TRUE(file);
  EXPECT_TRUE(WriteAll(file->get(), base::AsBytes("small")));
  EXPECT_TRUE(Rewind(file->get()));
  EXPECT_EQ(*ReadAll(file->get(), 10), "small");
}

TEST_F(FileTest, NamelessFileIsInNoFolder) {
  const std::string folder = ::testing::TempDir() + "nameless_" + std::to_string(getpid());
  ASSERT_TRUE(MakeDirectories(folder));
  const auto file = CreateNameless(folder);
  ASSERT_TRUE(file);
  ASSERT_TRUE(WriteAll(file->get(), base::AsBytes("text")));
  ASSERT_TRUE(Rewind(file->get()));
  const auto text = ReadAll(file->get(), 100);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "text");
  EXPECT_TRUE(ListDirectory(folder)->empty());
}

}  // namespace
}  // namespace cairn::os
