// Since when signatures are known, by the crashes that are still there.
//
// Of a file that did not change from one question to the next it is remembered when each of its inputs was
// first seen: files of weeks that are over are read once, and only this week's is asked each time. What is
// remembered speaks of inputs, so it holds whatever these are called by now; and it is of one state of one
// file, so it is forgotten with the crashes that are purged, gone by their age or processed again. Any thread
// may ask.
//
// Crash Stats writes the first date of a signature down once and for ever. Here nothing may be left of a
// crash that was purged, so the date is that of the first crash that is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/duckdb_functions.h"
#include "server/search/stack_counts.h"

namespace cairn::search {

// When the crashes of a file that have an input began.
struct FirstOfInput {
  static constexpr std::uint32_t kNoBuild = 0xffffffff;

  std::uint32_t input = 0;         // Its number.
  std::uint32_t build = kNoBuild;  // The first one's place in FirstOfInputs::builds.
  std::int64_t date_ms = 0;
};
struct FirstOfInputs {
  std::vector<FirstOfInput> inputs;
  std::vector<std::string> builds;  // Sorted.
};

class DuckDbFirstSeen {
 public:
  // Of all files together; what is beyond that is asked. 64 MB.
  static constexpr std::size_t kMaxInputs = 4'000'000;

  explicit DuckDbFirstSeen(std::size_t inputs_max = kMaxInputs) : inputs_max_(inputs_max) {}

  struct Source {
    DuckConnection& connection;
    DuckDbFunctions& functions;
    const std::string& dictionary;  // Its catalog.
    std::span<const DuckDbCrashes::File> files;
  };
  // CrashIndex::FindFirstSeen of the crashes of these files; the texts are UTF-8.
  base::Result<std::vector<FirstSeen>> Find(const Source& source, std::span<const std::string> signatures);

  // How many files a question found remembered, and how many it had to read.
  std::uint64_t hits() const;
  std::uint64_t misses() const;

 private:
  using Key = std::pair<CrashKind, std::int64_t>;      // The week.
  using Table = std::shared_ptr<const FirstOfInputs>;  // Shared with questions that are being answered.

  // The state of a file at the last question. It is not held: its successor may take its place.
  struct Known {
    std::weak_ptr<const DuckDbFile> file;
    std::uint64_t changes = 0;
    Table table = nullptr;      // Null: nothing is remembered.
    bool is_too_large = false;  // It would not fit beside the others.
  };
  // What is known of a file as it is now.
  struct State {
    Table table;
    bool is_to_be_read = false;  // It can be remembered, and did not change since the last question.
  };
  State Look(const DuckDbCrashes::File& file);
  void Remember(const DuckDbCrashes::File& file, const Table& table);

  const std::size_t inputs_max_;
  mutable std::mutex mutex_;  // Guards all below.
  std::map<Key, Known> known_;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
};

}  // namespace cairn::search
