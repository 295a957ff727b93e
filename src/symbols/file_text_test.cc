#include "symbols/file_text.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "os/temporary_file.h"

namespace cairn::symbols {
namespace {

class FileTextTest : public testing::Test {
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

}  // namespace
}  // namespace cairn::symbols
