// Made-up crashes of which many signatures have several stacks, for tests of signing.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/signing/signing.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::signing {

// An address always has the same names: where symbols come late, signatures of before are not what is tested.
// Frames that the lists of tests speak of, that Cairn's own lists speak of, and that none does.
inline search::StackFrame RandomFrame(std::mt19937& random) {
  const std::uint64_t number = random() % 40;
  search::StackFrame frame{.module = "lib" + std::to_string(number % 5) + ".so",
                           .debug_id = "AB" + std::to_string(number % 5),
                           .module_offset = 16 * number,
                           .names = {}};
  const std::array<std::string, 6> known = {"raise", "abort", "malloc", "memcpy", "std::terminate", "free"};
  switch (random() % 10) {
    case 0: frame.module_offset += 0x10000; return frame;    // No symbols.
    case 1: return {.module_offset = 0x7fff'0000 + number};  // No module.
    case 2:
      frame.module_offset += 0x20000;
      frame.names = {{known[number % known.size()], "", 0}};
      return frame;
    case 3:
      frame.names = {{"inlined_" + std::to_string(number), "a.h", 7}};
      frame.debug_id += "1";
      [[fallthrough]];
    default:
      frame.names.push_back(
          {"Space" + std::to_string(number % 3) + "::function_" + std::to_string(number) + "(int)",
           "src/file" + std::to_string(number % 4) + ".cc", static_cast<std::uint32_t>(number)});
      return frame;
  }
}

// `count` crashes of some `count` / 3 inputs; their signatures are nobody's. The same for the same seed.
inline std::vector<search::CrashRow> RandomCrashes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<search::SharedInput> inputs;
  for (std::size_t i = 0; i < count / 3 + 1; ++i) {
    std::vector<search::StackFrame> frames(random() % 8);
    for (search::StackFrame& frame : frames) frame = RandomFrame(random);
    search::SignatureInput::Parts parts{
        .stack = search::MakeStack(std::move(frames)),
        .more_stacks = {},
        .platform = random() % 3 == 0 ? "Windows NT" : "Linux",
        .reason = random() % 9 == 0 ? "EXCEPTION_STACK_OVERFLOW" : "SIGSEGV",
        .annotations = {{"ProductName", random() % 2 == 0 ? "Crashy" : "Editor"}},
        .signature = {"of nobody", "", ""}};
    if (random() % 6 == 0) parts.annotations["AbortMessage"] = "out of cheese";
    inputs.push_back(search::MakeInput(std::move(parts)));
  }
  std::vector<search::CrashRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    search::CrashRow row = search::TestRow(seed * 1'000'000ULL + i);
    row.date_ms -= static_cast<std::int64_t>(random() % 20) * search::kTestDayMs;
    row.input = inputs[random() % inputs.size()];
    rows.push_back(std::move(row));
  }
  return rows;
}

// The stores of a server, and a Signing that can be closed and opened again.
class SigningTest : public ::testing::Test {
 protected:
  SigningTest()
      : index_(*search::DuckDbIndex::Open(folder_.Path("index"))),
        blobs_(*store::FileBlobStore::Open(folder_.Path("blobs"))) {
    Open();
  }

  void Open() {
    signing_.reset();
    auto opened = Signing::Open({*index_, blobs_, [this] { return ++now_ms_; }});
    ASSERT_TRUE(opened) << base::Describe(opened.error());
    signing_ = *std::move(opened);
  }

  // What each input is called; with how many crashes.
  struct Called {
    search::Signature signature;
    std::uint64_t crashes = 0;
    std::string example;
    friend bool operator==(const Called&, const Called&) = default;
  };
  std::map<std::int64_t, Called> ReadAll() const {
    std::map<std::int64_t, Called> all;
    const auto reader = index_->ReadInputs({.after = {}, .with_crashes = true});
    EXPECT_TRUE(reader);
    for (;;) {
      const auto page = (*reader)->Next(1000);
      EXPECT_TRUE(page);
      if (!page || page->empty()) return all;
      for (const search::StoredInput& input : *page)
        all[input.id] = {input.signature, input.crashes, input.example};
    }
  }

  // Signs all again by `text`, and waits.
  RevisionHead Save(const SettingsText& text) { return Take(signing_->Save(text, {"ann", "because"})); }
  RevisionHead Take(base::Result<Change> change) {
    EXPECT_TRUE(change) << (change ? "" : base::Describe(change.error()));
    if (!change) return {};
    const auto* const mistakes = std::get_if<Mistakes>(&*change);
    EXPECT_EQ(mistakes, nullptr) << (mistakes != nullptr ? mistakes->front() : "");
    signing_->WaitUntilSigned();
    return mistakes == nullptr ? std::get<RevisionHead>(*change) : RevisionHead{};
  }
  static Mistakes Refused(const base::Result<Change>& change) {
    EXPECT_TRUE(change && std::holds_alternative<Mistakes>(*change));
    return change && std::holds_alternative<Mistakes>(*change) ? std::get<Mistakes>(*change) : Mistakes{};
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<search::DuckDbIndex> index_;
  store::FileBlobStore blobs_;
  std::int64_t now_ms_ = search::kTestNowMs;
  std::unique_ptr<Signing> signing_;
};

inline SettingsText ListsForTest() {
  return {.lists = ListTexts{.sentinels = "std::terminate\n",
                             .irrelevant = "# noise\nraise\nabort\nSpace1::\n@0x\n",
                             .prefix = "malloc\nSpace2::function_.[13579]\n",
                             .line_numbers = ""},
          .rules = ""};
}

}  // namespace cairn::signing
