#include "symbols/file_text.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "os/temporary_file.h"
#include "testing/packed_files.h"

namespace cairn::symbols {
namespace {

class FileTextTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = os::TemporaryFile::Create("/tmp", "file-text");
    ASSERT_TRUE(file.has_value());
    file_.emplace(*std::move(file));
    Write("0123456789");
    auto opened = os::OpenForReading(file_->path());
    ASSERT_TRUE(opened.has_value());
    auto text = FileText::Open(*std::move(opened));
    ASSERT_TRUE(text.has_value());
    text_ = *std::move(text);
  }

  void Write(std::string_view text) { std::ofstream(file_->path(), std::ios::binary) << text; }

  std::optional<os::TemporaryFile> file_;
  std::unique_ptr<FileText> text_;
  std::array<char, 4> bytes_{};
};

TEST_F(FileTextTest, ReadsAnyPlace) {
  EXPECT_EQ(text_->size(), 10u);
  ASSERT_TRUE(text_->Read(6, bytes_));
  EXPECT_EQ(std::string_view(bytes_.data(), bytes_.size()), "6789");
  EXPECT_FALSE(text_->Read(7, bytes_));
}

TEST_F(FileTextTest, OutlivesItsName) {
  std::filesystem::remove(file_->path());
  EXPECT_TRUE(text_->Read(0, bytes_));
}

TEST_F(FileTextTest, ReadsNothingOfAFileThatWasChanged) {
  Write("0123");
  EXPECT_FALSE(text_->Read(0, bytes_)) << "it is shorter";
  Write("0123456789");
  std::filesystem::last_write_time(file_->path(), std::filesystem::file_time_type{});
  EXPECT_FALSE(text_->Read(0, bytes_)) << "it was written since";
}

TEST_F(FileTextTest, IsAFile) {
  auto device = os::OpenForReading("/dev/null");
  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(FileText::Open(*std::move(device)).error().code, base::Code::kUnsupported);
}

TEST(OpenSymbolText, PlainAndPackedFiles) {
  constexpr std::string_view kPlain = "MODULE a b 0123456789ABCDEF0123456789ABCDEF0 c\n";
  const auto read = [](std::string_view bytes) {
    auto file = os::CreateNameless("/tmp");
    EXPECT_TRUE(file.has_value() && os::WriteAll(file->get(), base::AsBytes(bytes)).has_value());
    EXPECT_TRUE(os::Rewind(file->get()).has_value());
    const auto text = OpenSymbolText(*std::move(file));
    EXPECT_TRUE(text.has_value());
    std::string whole((*text)->size(), ' ');
    EXPECT_TRUE((*text)->Read(0, whole));
    return whole;
  };
  EXPECT_EQ(read(kPlain), kPlain);
  EXPECT_EQ(read("short"), "short");
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read(testing::GzipOf(kPlain)), kPlain);
  auto device = os::OpenForReading("/dev/zero");
  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(OpenSymbolText(*std::move(device)).error().code, base::Code::kUnsupported);
}

TEST(OpenSymbolText, PipesAreReadOnce) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  ASSERT_TRUE(os::WriteAll(ends[1], base::AsBytes("through a pipe, and longer than a mark")).has_value());
  close(ends[1]);
  const auto text = OpenSymbolText(os::FileDescriptor(ends[0]));
  ASSERT_TRUE(text.has_value());
  std::array<char, 4> bytes{};
  ASSERT_TRUE((*text)->Read(10, bytes));
  EXPECT_EQ(std::string_view(bytes.data(), bytes.size()), "pipe");
}

}  // namespace
}  // namespace cairn::symbols
