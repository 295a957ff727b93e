#include "server/symbol_store/symbol_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"
#include "server/symbol_store/gzip_file.h"
#include "server/symbol_store/symbol_intake.h"

namespace cairn::symbol_store {
namespace {

using store::SymbolClass;

constexpr std::string_view kId = "0123456789ABCDEF0123456789ABCDEF0";

std::string Symbols(const std::string& function) {
  return "MODULE Linux x86_64 " + std::string(kId) + " crashy\nINFO CODE_ID AB12 crashy.bin\nFUNC 10 10 0 " +
         function + "\n";
}

std::string Gzip(std::string_view text) {
  std::string packed;
  EXPECT_TRUE(Compress(base::AsBytes(text), [&packed](base::Bytes bytes) {
    packed += base::AsText(bytes);
    return base::Status();
  }));
  return packed;
}

class SymbolStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the worker's limits";
#endif
    if (access(program_.c_str(), X_OK) != 0) GTEST_SKIP() << "cairn-worker is not built";
  }

  base::Result<Added> Add(Arrival arrival, std::string_view content, std::string* why = nullptr) {
    const os::FileDescriptor file = *os::CreateNameless(folder_.Path(""));
    EXPECT_TRUE(os::WriteAll(file.get(), base::AsBytes(content)));
    std::string reason;
    return intake_.Add(arrival, file.get(), why == nullptr ? reason : *why);
  }
  base::Result<Added> Add(const std::string& text, std::string* why = nullptr) {
    return Add({.name = *name_, .product = {}, .announced = {}}, text, why);
  }
  std::string Stored(SymbolClass symbol_class = SymbolClass::kRegular) {
    const auto file = store_.OpenText(symbol_class, *name_);
    const auto text = file ? os::ReadAll(file->get(), 1 << 20) : base::Result<std::string>(file.error());
    return text ? *text : "";
  }
  store::SymbolFileRecord Record() {
    const auto record = directory_->symbol_records().FindSymbolFile(SymbolKey(SymbolClass::kRegular, *name_));
    return record && *record ? **record : store::SymbolFileRecord();
  }

  std::string program_ = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-worker";
  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory.sqlite"));
  SymbolStore store_{blobs_, {.program = program_, .spool_folder = folder_.Path("")}};
  std::vector<std::string> raw_files_;
  SymbolIntake intake_{store_, directory_->symbol_records(), [this](const Arrival& arrival) {
                         raw_files_.push_back(arrival.name.Path());
                         return base::Status();
                       }};
  std::optional<SymbolName> name_ = MakeSymbolName("crashy", kId, "crashy.sym");
};

TEST_F(SymbolStoreTest, TheSameFileTwiceIsStoredOnce) {
  EXPECT_EQ(*Add(Symbols("A()")), Added::kNew);
  EXPECT_EQ(*Add(Symbols("A()")), Added::kSame);
  EXPECT_EQ(*Add(Gzip(Symbols("A()"))), Added::kSame);
  EXPECT_EQ(*Add(Symbols("B()")), Added::kNew);
  EXPECT_EQ(Stored(), Symbols("B()"));
}

TEST_F(SymbolStoreTest, WhatIsNoSymbolFileOrAnothersIsRefusedAndLeavesWhatWasThere) {
  std::string why;
  EXPECT_EQ(Add("not symbols", &why).error().code, base::Code::kBadValue);
  EXPECT_NE(why.find("crashy.sym"), std::string::npos) << why;
  EXPECT_EQ(Add("MODULE Linux x86_64 " + std::string(kId) + " other\n", &why).error().code,
            base::Code::kBadValue);
  EXPECT_NE(why.find("MODULE line"), std::string::npos) << why;
  EXPECT_TRUE(blobs_.List("v1/", "", 10)->empty());
  ASSERT_TRUE(Add(Symbols("A()")));
  EXPECT_FALSE(Add("not symbols", &why));
  EXPECT_FALSE(Add(Gzip(Symbols("B()")).substr(0, 60), &why));
  EXPECT_NE(why.find("gzip"), std::string::npos) << why;
  EXPECT_EQ(Stored(), Symbols("A()"));
  EXPECT_EQ(*Add(Symbols("A()")), Added::kSame) << "its record is there still";
}

TEST_F(SymbolStoreTest, ATextIsKeptPackedAndItsRecordSaysWhatItIs) {
  ASSERT_TRUE(Add({.name = *name_, .product = "Crashy", .upload_id = 7, .announced = {}}, Symbols("A()")));
  const auto stored = store_.OpenFile(SymbolClass::kRegular, *name_);
  ASSERT_TRUE(stored);
  EXPECT_TRUE(stored->is_gzip);
  const store::SymbolFileRecord record = Record();
  EXPECT_EQ(record.size, Symbols("A()").size());
  EXPECT_EQ(record.stored_bytes, os::InspectOpen(stored->file.get())->size);
  EXPECT_EQ(record.code_file, "crashy.bin");
  EXPECT_EQ(record.code_id, "AB12");
  EXPECT_EQ(record.product, "Crashy");
  EXPECT_EQ(record.upload_id, 7);
  EXPECT_EQ(record.md5.size(), 32U);
}

TEST_F(SymbolStoreTest, AFileThatIsNotWhatWasAnnouncedIsRefused) {
  Arrival arrival{
      .name = *name_, .product = {}, .announced = Announced{3, "900150983cd24fb0d6963f7d28e17f72"}};
  std::string why;
  EXPECT_EQ(Add(arrival, Symbols("A()"), &why).error().code, base::Code::kBadValue);
  EXPECT_NE(why.find("announced were 3 bytes"), std::string::npos) << why;
  EXPECT_FALSE(*intake_.Has(arrival));
  ASSERT_TRUE(Add(Symbols("A()")));
  EXPECT_FALSE(*intake_.Has(arrival));
  arrival.announced = Announced{Record().size, Record().md5};
  EXPECT_TRUE(*intake_.Has(arrival));
}

TEST_F(SymbolStoreTest, AFileWithoutARecordIsCompletedByTheNextUpload) {
  ASSERT_TRUE(Add(Symbols("A()")));
  ASSERT_TRUE(directory_->symbol_records().RemoveSymbolFile(Record().key));  // As after a kill.
  EXPECT_EQ(*Add(Symbols("A()")), Added::kNew);
  EXPECT_EQ(Record().code_id, "AB12");
  ASSERT_TRUE(directory_->symbol_records().RemoveSymbolFile(Record().key));
  EXPECT_EQ(*intake_.RecordUnknownFiles(), 1U);
  EXPECT_EQ(*intake_.RecordUnknownFiles(), 0U);
  EXPECT_EQ(Record().debug_file, "crashy");
}

TEST_F(SymbolStoreTest, TheCacheIsFoundByWhatADumpSays) {
  ASSERT_TRUE(Add(Symbols("A()")));
  EXPECT_TRUE(store_.FindCache("crashy", std::string(kId)));
  EXPECT_TRUE(store_.FindCache("/usr/bin/crashy", std::string(kId)));
  EXPECT_FALSE(store_.FindCache("crashy", "00"));
  EXPECT_FALSE(store_.FindCache("../../etc/passwd", "AB"));
  const std::string cache_key = CacheKey(SymbolClass::kRegular, *name_);
  ASSERT_TRUE(blobs_.Remove(cache_key));  // As after an update that reads caches of another form.
  EXPECT_TRUE(store_.FindCache("crashy", std::string(kId)));
  EXPECT_TRUE(*blobs_.Exists(cache_key));
  EXPECT_EQ(store_.metrics().found.value(), 2U);
  EXPECT_EQ(store_.metrics().compiled.value(), 1U);
  EXPECT_EQ(store_.metrics().missing.value(), 2U);
}

TEST_F(SymbolStoreTest, TextsOfAnEarlierVersionAreReadAsTheyAre) {
  const auto windows = MakeSymbolName("Crashy.pdb", kId, "Crashy.sym");
  const std::string text = "MODULE windows x86_64 " + std::string(kId) + " Crashy.pdb\n";
  ASSERT_TRUE(blobs_.Put(FormerSymbolKey(*windows), base::AsBytes(text)));
  const auto file = store_.OpenFile(SymbolClass::kRegular, *windows);
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->is_gzip);
  EXPECT_TRUE(store_.FindCache("Crashy.pdb", std::string(kId)));
}

TEST_F(SymbolStoreTest, WindowsNamesAreFoundInAnyLetterCase) {
  const auto windows = MakeSymbolName("Crashy.pdb", kId, "Crashy.sym");
  ASSERT_TRUE(Add({.name = *windows, .product = {}, .announced = {}},
                  "MODULE windows x86_64 " + std::string(kId) + " CRASHY.PDB\n"));
  EXPECT_TRUE(store_.FindCache("crashy.PDB", std::string(kId)));
  EXPECT_TRUE(store_.OpenFile(SymbolClass::kRegular, *MakeSymbolName("cRASHY.pdb", kId, "crashy.SYM")));
}

TEST_F(SymbolStoreTest, TrySymbolsLieApartAndComeLast) {
  ASSERT_TRUE(Add({.name = *name_, .symbol_class = SymbolClass::kTry, .product = {}, .announced = {}},
                  Symbols("Try()")));
  EXPECT_EQ(Stored(), "");
  EXPECT_EQ(Stored(SymbolClass::kTry), Symbols("Try()"));
  EXPECT_TRUE(store_.FindCache("crashy", std::string(kId)));
  ASSERT_TRUE(Add(Symbols("Regular()")));
  EXPECT_EQ(Stored(), Symbols("Regular()"));
  ASSERT_TRUE(intake_.Remove(Record()));
  EXPECT_EQ(Stored(), "");
  EXPECT_EQ(Stored(SymbolClass::kTry), Symbols("Try()"));
  EXPECT_TRUE(blobs_.List("v1/symbol_cache/", "", 10)->empty());
}

TEST_F(SymbolStoreTest, RawFilesAreKeptAsTheyCameAndElfFilesAreFoundByTheirBuildId) {
  const auto program = os::ReadFile("/proc/self/exe", 1 << 30);
  ASSERT_TRUE(program);
  const auto name = MakeSymbolName("crashy", "AB", "crashy.debug");
  ASSERT_TRUE(Add({.name = *name, .product = {}, .announced = {}}, *program));
  const auto file = store_.OpenFile(SymbolClass::kRegular, *name);
  ASSERT_TRUE(file);
  EXPECT_EQ(os::InspectOpen(file->file.get())->size, program->size());
  const auto record = directory_->symbol_records().FindSymbolFile(SymbolKey(SymbolClass::kRegular, *name));
  ASSERT_TRUE(record && *record);
  EXPECT_TRUE((*record)->has_code);
  ASSERT_FALSE((*record)->build_id.empty()) << "the linker writes one";
  EXPECT_EQ(raw_files_, std::vector<std::string>{"crashy/AB/crashy.debug"});
  const auto found = directory_->symbol_records().FindElfFile((*record)->build_id, false);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->symbol_file, "crashy.debug");
}

TEST_F(SymbolStoreTest, UploadsAtOnceLeaveAFileWithItsOwnCacheAndRecord) {
  std::vector<std::thread> threads;
  for (const char* const function : {"A()", "B()", "C()", "D()"}) {
    threads.emplace_back([this, function] { EXPECT_TRUE(Add(Symbols(function))); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto cache_file = os::MappedFile::FromDescriptor(store_.FindCache("crashy", std::string(kId))->get());
  ASSERT_TRUE(cache_file);
  const auto cache_text = base::AsText(cache_file->bytes());
  for (const char* const function : {"A()", "B()", "C()", "D()"}) {
    const bool in_file = Stored().find(function) != std::string::npos;
    EXPECT_EQ(cache_text.find(function) != std::string::npos, in_file) << function;
  }
  EXPECT_EQ(*Add(Stored()), Added::kSame) << "the record is of another file";
}

}  // namespace
}  // namespace cairn::symbol_store
