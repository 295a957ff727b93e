// The contract of SymbolRecords. Every implementation is a line in the table at the end.
#include "server/store/symbol_records.h"

#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Directory>(const TemporaryFolder&)> open;
};

SymbolFileRecord File(const std::string& debug_file, const std::string& id, std::int64_t stored_ms) {
  SymbolFileRecord file;
  file.key = "v1/symbols/" + debug_file + "/" + id + "/f.sym";
  file.debug_file = debug_file;
  file.debug_id = id;
  file.symbol_file = "f.sym";
  file.is_symbol_text = true;
  file.size = 10;
  file.stored_bytes = 5;
  file.sha256 = "aa";
  file.stored_ms = stored_ms;
  return file;
}

class ServerStoreSymbolRecords : public ::testing::TestWithParam<Implementation> {
 protected:
  ServerStoreSymbolRecords() : directory_(GetParam().open(folder_)), records_(directory_->symbol_records()) {}

  std::string FoundBy(const std::string& file, const std::string& id, bool with_try) {
    const auto found = records_.FindSymbolText(file, id, with_try);
    return found && *found ? (*found)->key : "";
  }

  TemporaryFolder folder_;
  std::unique_ptr<Directory> directory_;
  SymbolRecords& records_;
};

TEST_P(ServerStoreSymbolRecords, AFileIsFoundAgainAsItWasPutAndOneKeyHasOneRecord) {
  SymbolFileRecord file = File("Xul.pdb", "AB1", 3);
  file.symbol_class = SymbolClass::kTry;
  file.code_file = "xul.dll";
  file.code_id = "62B0E4E0712F000";
  file.generator = "mozilla/dump_syms 2.3.4";
  file.build_id = "00ff";
  file.has_debug_info = true;
  file.md5 = "m";
  file.product = "Fox";
  file.upload_id = 9;
  ASSERT_TRUE(records_.PutSymbolFile(file));
  file.size = 11;
  ASSERT_TRUE(records_.PutSymbolFile(file));
  const auto found = records_.FindSymbolFile(file.key);
  ASSERT_TRUE(found && *found);
  const SymbolFileRecord& record = **found;
  EXPECT_EQ(record.debug_file, "Xul.pdb");
  EXPECT_EQ(record.symbol_class, SymbolClass::kTry);
  EXPECT_EQ(record.code_id, "62B0E4E0712F000");
  EXPECT_EQ(record.generator, "mozilla/dump_syms 2.3.4");
  EXPECT_EQ(record.build_id, "00ff");
  EXPECT_TRUE(record.has_debug_info && !record.has_code && record.is_symbol_text);
  EXPECT_EQ(record.size, 11U);
  EXPECT_EQ(record.product, "Fox");
  EXPECT_EQ(record.upload_id, 9);
  EXPECT_EQ(record.stored_ms, 3);
  EXPECT_EQ(*records_.CountSymbolFiles({.user = {}, .symbol_class = {}, .in_key = {}}), 1U);
  EXPECT_TRUE(*records_.FindSymbolFileById(record.id));
  ASSERT_TRUE(records_.RemoveSymbolFile(file.key));
  ASSERT_TRUE(records_.RemoveSymbolFile(file.key));
  EXPECT_FALSE(*records_.FindSymbolFile(file.key));
}

TEST_P(ServerStoreSymbolRecords, ATextIsFoundByDebugOrCodeNamesInAnyLetterCaseTheNewestFirst) {
  SymbolFileRecord old = File("xul.pdb", "AB1", 1);
  old.code_file = "xul.dll";
  old.code_id = "62b0";
  SymbolFileRecord newer = File("xul2.pdb", "AB2", 2);
  newer.code_file = "XUL.DLL";
  newer.code_id = "62B0";
  SymbolFileRecord of_try = File("xul3.pdb", "AB3", 3);
  of_try.symbol_class = SymbolClass::kTry;
  of_try.code_file = "xul.dll";
  of_try.code_id = "62B0";
  SymbolFileRecord only_try = File("only.pdb", "AB4", 3);
  only_try.symbol_class = SymbolClass::kTry;
  SymbolFileRecord raw = File("raw.pdb", "AB5", 3);
  raw.is_symbol_text = false;
  for (const auto& file : {newer, old, of_try, only_try, raw}) ASSERT_TRUE(records_.PutSymbolFile(file));
  EXPECT_EQ(FoundBy("Xul.dll", "62B0", false), newer.key);
  EXPECT_EQ(FoundBy("Xul.dll", "62b0", true), newer.key) << "regular ones go first";
  EXPECT_EQ(FoundBy("XUL.pdb", "ab1", false), old.key);
  EXPECT_EQ(FoundBy("only.pdb", "AB4", false), "");
  EXPECT_EQ(FoundBy("only.pdb", "AB4", true), only_try.key);
  EXPECT_EQ(FoundBy("raw.pdb", "AB5", true), "");
  EXPECT_EQ(FoundBy("", "", true), "") << "no code file is not a name";
}

TEST_P(ServerStoreSymbolRecords, AnElfFileIsFoundByWhatItHolds) {
  SymbolFileRecord code = File("app", "AB", 1);
  code.build_id = "0123";
  code.has_code = true;
  SymbolFileRecord debug = File("app.debug", "AB", 1);
  debug.build_id = "0123";
  debug.has_debug_info = true;
  for (const auto& file : {code, debug}) ASSERT_TRUE(records_.PutSymbolFile(file));
  EXPECT_EQ((**records_.FindElfFile("0123", true)).key, debug.key);
  EXPECT_EQ((**records_.FindElfFile("0123", false)).key, code.key);
  EXPECT_FALSE(*records_.FindElfFile("01", true));
  EXPECT_FALSE(*records_.FindElfFile("", true));
}

TEST_P(ServerStoreSymbolRecords, UploadsAreListedWithWhatBecameOfThem) {
  const auto first = records_.AddUpload({.user = "a",
                                         .protocol = "zip",
                                         .filename = "s.zip",
                                         .product = "Fox",
                                         .created_ms = 5,
                                         .completed_ms = {},
                                         .skipped_keys = {}});
  const auto second = records_.AddUpload({.user = "b",
                                          .protocol = "v2",
                                          .filename = {},
                                          .size = 70,
                                          .symbol_class = SymbolClass::kTry,
                                          .product = {},
                                          .created_ms = 6,
                                          .completed_ms = {},
                                          .skipped_keys = {}});
  ASSERT_TRUE(first && second);
  UploadRecord done{.id = *first,
                    .user = {},
                    .protocol = {},
                    .filename = {},
                    .size = 42,
                    .product = {},
                    .completed_ms = 8,
                    .skipped = 2,
                    .skipped_keys = {"a/B/c", "d/E/f"}};
  ASSERT_TRUE(records_.CompleteUpload(done));
  done.id = 999;
  EXPECT_EQ(records_.CompleteUpload(done).error().code, base::Code::kNotFound);
  const auto all = records_.ListUploads({.user = {}, .symbol_class = {}});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(0).id, *second);
  EXPECT_FALSE(all->at(0).completed_ms);
  EXPECT_EQ(all->at(1).completed_ms, 8);
  EXPECT_EQ(all->at(1).size, 42U);
  EXPECT_EQ(all->at(1).filename, "s.zip");
  EXPECT_EQ(all->at(1).skipped_keys, done.skipped_keys);
  EXPECT_EQ(records_.ListUploads({.user = "a", .symbol_class = {}})->size(), 1U);
  EXPECT_EQ(*records_.CountUploads({.user = {}, .symbol_class = SymbolClass::kTry}), 1U);
  EXPECT_EQ(records_.ListUploads({.user = {}, .symbol_class = {}, .by_size = true})->at(0).size, 70U);
  EXPECT_EQ(records_.ListUploads({.user = {}, .symbol_class = {}, .page = {1, 20}})->at(0).id, *first);
}

TEST_P(ServerStoreSymbolRecords, UploadsAreFoundByTheirFilesProductAndEnd) {
  UploadRecord upload{.user = "a",
                      .protocol = "zip",
                      .filename = {},
                      .product = "Fox",
                      .completed_ms = {},
                      .skipped_keys = {}};
  const auto whole = records_.AddUpload(upload);
  upload.id = *whole;
  upload.completed_ms = 8;
  upload.skipped = 3;
  ASSERT_TRUE(records_.CompleteUpload(upload));
  upload.product = "Owl";
  const auto broken = records_.AddUpload(upload);
  for (const auto& [name, of] : {std::pair("lib_x.so", *whole), {"lib_y.so", *whole}, {"owl", *broken}}) {
    SymbolFileRecord file = File(name, "AB1", 1);
    file.product = of == *whole ? "Fox" : "Owl";
    file.upload_id = of;
    ASSERT_TRUE(records_.PutSymbolFile(file));
  }
  const auto found = [this](const UploadFilter& filter) {
    std::vector<std::int64_t> ids;
    const auto uploads = records_.ListUploads(filter);
    for (const UploadRecord& one : *uploads) ids.push_back(one.id);
    EXPECT_EQ(ids.size(), *records_.CountUploads(filter));
    return ids;
  };
  using Ids = std::vector<std::int64_t>;
  EXPECT_EQ(found({.user = {}, .symbol_class = {}, .product = "Owl"}), Ids({*broken}));
  EXPECT_EQ(found({.user = {}, .symbol_class = {}, .is_complete = true}), Ids({*whole}));
  EXPECT_EQ(found({.user = {}, .symbol_class = {}, .is_complete = false}), Ids({*broken}));
  EXPECT_EQ(found({.user = {}, .symbol_class = {}, .in_key = {"ab1", "b_x"}}), Ids({*whole}));
  EXPECT_EQ(found({.user = {}, .symbol_class = {}, .in_key = {"b_x", "owl"}}), Ids()) << "no one file";
  EXPECT_EQ(found({.user = "a", .symbol_class = {}, .product = "Fox", .in_key = {"owl"}}), Ids());
  EXPECT_EQ(records_.FindUpload(*whole)->value().files, 2U);
  const auto sums = records_.SumSymbolFiles();
  ASSERT_EQ(sums->size(), 2U);
  EXPECT_EQ(sums->at(0).skipped, 3U);
  EXPECT_EQ(sums->at(1).skipped, 0U);
}

TEST_P(ServerStoreSymbolRecords, FilesAreListedByNameClassUploadAndUploader) {
  const auto upload = records_.AddUpload({.user = "a",
                                          .protocol = "zip",
                                          .filename = {},
                                          .product = {},
                                          .completed_ms = {},
                                          .skipped_keys = {}});
  SymbolFileRecord mine = File("lib_x.so", "AB1", 1);
  mine.upload_id = *upload;
  SymbolFileRecord other = File("libyx.so", "AB2", 2);
  other.symbol_class = SymbolClass::kTry;
  for (const auto& file : {mine, other}) ASSERT_TRUE(records_.PutSymbolFile(file));
  const auto count = [this](const SymbolFileFilter& filter) {
    const auto files = records_.ListSymbolFiles(filter);
    EXPECT_EQ(files->size(), *records_.CountSymbolFiles(filter));
    return files->size();
  };
  EXPECT_EQ(count({.user = {}, .symbol_class = {}, .in_key = {}}), 2U);
  EXPECT_EQ(count({.user = "a", .symbol_class = {}, .in_key = {}}), 1U);
  EXPECT_EQ(count({.user = {}, .symbol_class = SymbolClass::kTry, .in_key = {}}), 1U);
  EXPECT_EQ(count({.user = {}, .symbol_class = {}, .in_key = {"lib", "AB2/f"}}), 1U);
  EXPECT_EQ(count({.user = {}, .symbol_class = {}, .in_key = {"b_x"}}), 1U) << "_ is no pattern";
  EXPECT_EQ(count({.user = {}, .symbol_class = {}, .in_key = {"%"}}), 0U);
  EXPECT_EQ(count({.user = {}, .symbol_class = {}, .in_key = {}, .upload_id = *upload}), 1U);
}

TEST_P(ServerStoreSymbolRecords, OldFilesSumsAndDuplicatesAreTold) {
  SymbolFileRecord a = File("a", "AB1", 1);
  SymbolFileRecord b = File("b", "AB2", 20);
  SymbolFileRecord c = File("c", "AB3", 2);
  c.symbol_class = SymbolClass::kTry;
  c.product = "Fox";
  c.sha256 = "cc";
  for (const auto& file : {a, b, c}) ASSERT_TRUE(records_.PutSymbolFile(file));
  const auto old = records_.ListOldSymbolFiles(SymbolClass::kRegular, 20, 10);
  ASSERT_EQ(old->size(), 1U);
  EXPECT_EQ(old->at(0).key, a.key);
  const auto sums = records_.SumSymbolFiles();
  ASSERT_EQ(sums->size(), 2U);
  EXPECT_EQ(sums->at(0).product, "");
  EXPECT_EQ(sums->at(0).files, 2U);
  EXPECT_EQ(sums->at(0).bytes, 20U);
  EXPECT_EQ(sums->at(0).stored_bytes, 10U);
  EXPECT_EQ(sums->at(1).symbol_class, SymbolClass::kTry);
  const auto duplicates = records_.ListDuplicates(10);
  ASSERT_EQ(duplicates->size(), 1U);
  EXPECT_EQ(duplicates->at(0).sha256, "aa");
  EXPECT_EQ(duplicates->at(0).files, 2U);
}

TEST_P(ServerStoreSymbolRecords, TextsThatAreTooLongAreRefused) {
  SymbolFileRecord file = File("a", "AB", 1);
  file.generator = std::string(kMaxSymbolTextLength + 1, 'g');
  EXPECT_EQ(records_.PutSymbolFile(file).error().code, base::Code::kBadValue);
  file.generator = std::string("a\0b", 3);
  EXPECT_EQ(records_.PutSymbolFile(file).error().code, base::Code::kBadValue);
}

INSTANTIATE_TEST_SUITE_P(All, ServerStoreSymbolRecords,
                         ::testing::Values(Implementation{"Sqlite",
                                                          [](const TemporaryFolder& folder) {
                                                            return *SociDirectory::OpenSqlite(
                                                                folder.Path("directory"));
                                                          }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace cairn::store
