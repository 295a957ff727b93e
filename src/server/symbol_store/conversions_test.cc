#include "server/symbol_store/conversions.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::symbol_store {
namespace {

using store::SymbolClass;

const std::string kPrograms = std::string(CAIRN_BINARY_DIR) + "/bin/";

class ConversionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the sandbox's limits";
#endif
    for (const char* const program : {"cairn-worker", "cairn-symgen"}) {
      if (access((kPrograms + program).c_str(), X_OK) != 0) GTEST_SKIP() << program << " is not built";
    }
    conversions_ = std::make_unique<Conversions>(
        ConversionParts{.queue = *queue_, .intake = intake_, .program = kPrograms + "cairn-symgen"});
  }

  // As a client sends it: "<name>/<id>/<name>".
  void Upload(const std::string& name, const std::string& path, const std::string& id = "AB12") {
    const os::FileDescriptor file = *os::OpenForReading(path);
    std::string why;
    const auto added = intake_.Add(
        {.name = *MakeSymbolName(name, id, name), .product = "Crashy", .announced = {}}, file.get(), why);
    ASSERT_TRUE(added) << why;
  }
  // The symbol text of that name, when it comes.
  std::string TextOf(const std::string& file, const std::string& holds = "MODULE ") {
    for (int i = 0; i < 3000; ++i) {
      const auto files = directory_->symbol_records().ListSymbolFiles(
          {.user = {}, .symbol_class = {}, .in_key = {file + ".sym"}, .page = {}});
      for (const store::SymbolFileRecord& record : *files) {
        const auto name = MakeSymbolName(record.debug_file, record.debug_id, record.symbol_file);
        const auto text = store_.OpenText(SymbolClass::kRegular, *name);
        if (!text) continue;
        EXPECT_EQ(record.product, "Crashy");
        std::string read = *os::ReadAll(text->get(), 100 << 20);
        if (read.find(holds) != std::string::npos) return read;
      }
      usleep(10'000);
    }
    return "";
  }

  // A small program with debug information, its code alone and its debug information alone.
  void MakeProgram() {
    const std::string folder = folder_.Path("");
    std::ofstream(folder + "/a.cc")
        << "int Twice(int x) { return x * 2; }\nint main(int count, char**) { return Twice(count); }\n";
    const std::string script =
        "cd " + folder +
        " && g++ -g -O0 -Wl,--build-id a.cc -o small && objcopy --only-keep-debug small "
        "small.debug && strip -o stripped small";
    ASSERT_EQ(std::system(script.c_str()), 0);
  }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue"));
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory.sqlite"));
  SymbolStore store_{blobs_, {.program = kPrograms + "cairn-worker", .spool_folder = folder_.Path("")}};
  SymbolIntake intake_{store_, directory_->symbol_records(), [this](const Arrival& raw) {
                         return conversions_->Order(raw.symbol_class, raw.name);
                       }};
  std::unique_ptr<Conversions> conversions_;
};

TEST_F(ConversionsTest, SymbolsAreMadeOfAProgramThatWasUploaded) {
  MakeProgram();
  Upload("small", folder_.Path("small"));
  const std::string text = TextOf("small");
  EXPECT_TRUE(text.starts_with("MODULE Linux ")) << text.substr(0, 100);
  EXPECT_NE(text.find("\nINFO GENERATOR cairn-symgen --convert\n"), std::string::npos);
  EXPECT_NE(text.find(" Twice(int)\n"), std::string::npos);
  EXPECT_NE(text.find("\nSTACK CFI INIT "), std::string::npos);
  EXPECT_EQ(conversions_->metrics().converted.value(), 1u);
}

TEST_F(ConversionsTest, AStrippedProgramAndItsDebugFileAreReadTogetherWhicheverComesFirst) {
  MakeProgram();
  for (const bool code_first : {true, false}) {
    const std::string name = code_first ? "first" : "second";
    const auto upload_code = [&] { Upload(name, folder_.Path("stripped"), "AB12"); };
    const auto upload_debug = [&] { Upload(name + ".debug", folder_.Path("small.debug"), "AB12"); };
    code_first ? upload_code() : upload_debug();
    ASSERT_NE(TextOf(name), "");
    code_first ? upload_debug() : upload_code();
    const std::string needed = code_first ? " Twice(int)\n" : "\nSTACK CFI INIT ";
    const std::string text = TextOf(name, needed);
    EXPECT_NE(text.find(" Twice(int)\n"), std::string::npos);
    EXPECT_NE(text.find("\nSTACK CFI INIT "), std::string::npos);
    for (const char* const ending : {"", ".debug"})
      ASSERT_TRUE(directory_->symbol_records().RemoveSymbolFile(
          SymbolKey(SymbolClass::kRegular, *MakeSymbolName(name + ending, "AB12", name + ending))));
  }
}

TEST_F(ConversionsTest, ASymbolFileThatSomebodyUploadedStays) {
  MakeProgram();
  Upload("small", folder_.Path("small"));
  const std::string made = TextOf("small");
  const std::string head = made.substr(0, made.find('\n'));
  const std::string own = head + "\nFUNC 10 10 0 Own()\n";
  const auto id = head.substr(head.find(' ', 15) + 1, 33);
  std::ofstream(folder_.Path("own.sym")) << own;
  const os::FileDescriptor file = *os::OpenForReading(folder_.Path("own.sym"));
  std::string why;
  ASSERT_TRUE(
      intake_.Add({.name = *MakeSymbolName("small", id, "small.sym"), .product = "Crashy", .announced = {}},
                  file.get(), why))
      << why << id;
  Upload("small", folder_.Path("small"), "AB13");
  const auto is_done = [&] {
    const auto counts = queue_->Count(kConvertKind);
    return counts->ready + counts->claimed + counts->delayed == 0;
  };
  for (int i = 0; i < 1000 && !is_done(); ++i) usleep(10'000);
  EXPECT_TRUE(is_done());
  EXPECT_EQ(TextOf("small"), own);
}

TEST_F(ConversionsTest, WhatCannotBeReadIsSetAsideWithItsReasonAndOtherFilesArePassedOver) {
  MakeProgram();
  ASSERT_EQ(truncate(folder_.Path("small").c_str(), 3000), 0);
  Upload("small", folder_.Path("small"));
  Upload("notes.txt", folder_.Path("a.cc"));
  for (int i = 0; i < 1000 && conversions_->metrics().refused.value() == 0; ++i) usleep(10'000);
  const auto aside = queue_->ListSetAside(kConvertKind, 10);
  ASSERT_EQ(aside->size(), 1u);
  EXPECT_EQ(aside->at(0).item.id, "regular/small/AB12/small");
  EXPECT_NE(aside->at(0).reason.find("functions, public symbols and unwind tables"), std::string::npos)
      << aside->at(0).reason;
  std::ofstream(folder_.Path("odd.dll")) << "MZ and nothing else";
  Upload("odd.dll", folder_.Path("odd.dll"));
  for (int i = 0; i < 1000 && conversions_->metrics().refused.value() == 1; ++i) usleep(10'000);
  EXPECT_EQ(queue_->ListSetAside(kConvertKind, 10)->size(), 2u);
}

}  // namespace
}  // namespace cairn::symbol_store
