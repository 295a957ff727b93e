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
    UploadAs(name + "/" + id + "/" + name, path);
  }
  void UploadAs(const std::string& key, const std::string& path) {
    const os::FileDescriptor file = *os::OpenForReading(path);
    std::string why;
    const auto added =
        intake_.Add({.name = *ParseSymbolPath(key), .product = "Crashy", .announced = {}}, file.get(), why);
    ASSERT_TRUE(added) << why;
  }
  void WaitUntilDone() {
    const auto is_done = [&] {
      const auto counts = queue_->Count(kConvertKind);
      return counts->ready + counts->claimed + counts->delayed == 0;
    };
    for (int i = 0; i < 1000 && !is_done(); ++i) usleep(10'000);
    EXPECT_TRUE(is_done());
  }
  void RemoveAll() {
    const auto files = directory_->symbol_records().ListSymbolFiles(
        {.user = {}, .symbol_class = {}, .in_key = {}, .page = {}});
    for (const store::SymbolFileRecord& record : *files) ASSERT_TRUE(intake_.Remove(record));
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

  // A library of Windows and its PDB; false without the tools.
  bool MakeWindowsLibrary() {
    std::ofstream(folder_.Path("a.cc"))
        << "int Leaf(int);\nint Many(int a, int b) { return Leaf(a) * Leaf(b) + 1; }\n"
           "__attribute__((noinline)) int Leaf(int a) { return a * 3; }\n";
    const std::string script =
        "cd " + folder_.Path("") +
        " && clang-19 -target x86_64-pc-windows-msvc -O1 -g -gcodeview -c a.cc -o a.obj && lld-link-19 /dll "
        "/noentry /nodefaultlib /debug /pdbaltpath:app.pdb /timestamp:0x12345678 /out:app.dll a.obj "
        "2>/dev/null";
    return std::system(script.c_str()) == 0;
  }
  // The word behind this text in the symbol file that cairn-symgen makes of the library.
  std::string WordBehind(const std::string& start) {
    const std::string made = folder_.Path("app.made");
    EXPECT_EQ(std::system((kPrograms + "cairn-symgen -o " + made + " " + folder_.Path("app.dll")).c_str()),
              0);
    const std::string text = *os::ReadAll(os::OpenForReading(made)->get(), 1 << 20);
    const std::size_t begin = text.find(start) + start.size();
    return text.substr(begin, text.find(' ', begin) - begin);
  }
  std::string LibraryCodeId() { return WordBehind("INFO CODE_ID "); }
  std::string PdbId() { return WordBehind("MODULE windows x86_64 "); }

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
  WaitUntilDone();
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

// The image has the unwind tables, the PDB the functions: app.dll, app.pdb.
TEST_F(ConversionsTest, AnImageAndItsPdbAreReadTogetherWhicheverComesFirst) {
  if (!MakeWindowsLibrary()) GTEST_SKIP() << "no clang and lld that make programs for Windows";
  const std::string code_id = LibraryCodeId();
  for (const bool image_first : {true, false}) {
    // By the layout of symstore; the PDB's id does not matter there.
    const auto upload_image = [&] { Upload("app.dll", folder_.Path("app.dll"), code_id); };
    if (image_first) {
      upload_image();
      const std::string alone = TextOf("app");
      ASSERT_NE(alone.find("\nSTACK CFI INIT "), std::string::npos);
      ASSERT_EQ(alone.find("FUNC "), std::string::npos);
    }
    const std::string id = PdbId();
    Upload("app.pdb", folder_.Path("app.pdb"), id);
    if (!image_first) {
      ASSERT_EQ(TextOf("app", "\nFUNC ").find("STACK CFI INIT "), std::string::npos);
      upload_image();
    }
    const std::string text = TextOf("app", image_first ? "\nFUNC " : "\nSTACK CFI INIT ");
    EXPECT_NE(text.find(" Many(int, int)\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\nSTACK CFI INIT "), std::string::npos);
    EXPECT_NE(text.find("\nINFO CODE_ID " + code_id + " app.dll\n"), std::string::npos);
    WaitUntilDone();
    RemoveAll();
  }
}

TEST_F(ConversionsTest, AnImageThatLiesBesideItsPdbKeepsItsName) {
  if (!MakeWindowsLibrary()) GTEST_SKIP() << "no clang and lld that make programs for Windows";
  UploadAs("app.pdb/" + PdbId() + "/app.dll", folder_.Path("app.dll"));
  EXPECT_NE(TextOf("app").find("\nINFO CODE_ID " + LibraryCodeId() + " app.dll\n"), std::string::npos);
  Upload("app.pdb", folder_.Path("app.pdb"), PdbId());
  EXPECT_NE(TextOf("app", "\nFUNC ").find("\nSTACK CFI INIT "), std::string::npos);
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
  WaitUntilDone();
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
