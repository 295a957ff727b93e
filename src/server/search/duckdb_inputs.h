// DuckDbInputReader goes through the signature inputs of a dictionary page by page, each page by a few joins
// over whole tables: what is looked up frame by frame would take minutes.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/duckdb_files.h"
#include "server/search/search_watch.h"
#include "server/search/stored_input.h"

namespace cairn::search {

class DuckDbInputReader final : public InputReader {
 public:
  // What it reads, and by what: the dictionary stays where it is while this lives.
  struct Parts {
    DuckConnection connection;
    DuckDbFileRef dictionary;
    SearchWatch* watch;  // Borrowed.
  };

  // Counts crashes of `files` if the question says so.
  static base::Result<std::unique_ptr<InputReader>> Open(Parts parts,
                                                         std::span<const DuckDbCrashes::File> files,
                                                         const InputQuestion& question);

  base::Result<std::span<const StoredInput>> Next(std::size_t inputs_max) override;

 private:
  DuckDbInputReader(Parts parts, const InputQuestion& question)
      : connection_(std::move(parts.connection)),
        dictionary_(std::move(parts.dictionary)),
        watch_(parts.watch),
        deadline_(question.deadline),
        only_(question.only),
        after_(question.after) {}

  base::Result<std::span<const StoredInput>> ReadPage(std::size_t inputs_max);
  base::Status ForgetFrames();
  base::Status PickPage(std::size_t inputs_max);
  base::Status ReadAddresses();
  base::Status ReadNames();
  base::Status ReadStacks();
  base::Status ReadInputs();

  DuckConnection connection_;
  DuckDbFileRef dictionary_;
  SearchWatch* watch_;
  const Deadline deadline_;
  std::vector<std::int64_t> only_;
  std::optional<std::int64_t> after_;

  // Stacks have most frames in common, so they are kept from page to page until there are too many.
  std::deque<StackFrame> frames_;  // Never moves what it holds.
  boost::unordered_flat_map<std::int64_t, StackFrame*> frame_of_address_;

  // Of the page.
  boost::unordered_flat_map<std::int64_t, BorrowedStack> stacks_;
  std::vector<StoredInput> inputs_;
};

// CrashIndex::FollowSignature; the text is UTF-8.
base::Result<std::vector<std::string>> FollowSignatureIn(DuckConnection& connection,
                                                         const DuckDbFile& dictionary,
                                                         std::string_view signature);

// "1, -2", for a statement.
std::string JoinNumbers(std::span<const std::int64_t> numbers);

// Numbers that are divided by blanks; what is no number ends the list. For tests.
std::vector<std::int64_t> SplitNumbers(std::string_view text);

}  // namespace cairn::search
