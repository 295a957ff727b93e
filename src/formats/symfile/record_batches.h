// RecordBatches parses the text of a symbol file ahead of its user.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "formats/symfile/symbol_text.h"
#include "formats/symfile/text_pieces.h"
#include "formats/symfile/text_source.h"

namespace cairn::symfile {

struct ParsedLine {
  Record record;
  std::uint64_t offset = 0;  // Of the line's first byte in the text.
};

// Borrows the text.
class RecordBatches {
 public:
  enum class Parsing : std::uint8_t { kByCaller, kByThread };

  RecordBatches(const TextSource& text, Parsing parsing, std::size_t piece_bytes = kPieceBytes);
  ~RecordBatches();
  RecordBatches(const RecordBatches&) = delete;
  RecordBatches& operator=(const RecordBatches&) = delete;

  // The next lines in the order of the text, which with their texts last until the next call. None at the
  // end, and where the text can not be read.
  std::span<const ParsedLine> Next();

  // To be asked at the end.
  bool failed() const { return pieces_.failed(); }

 private:
  struct Batch {
    std::string text;
    std::vector<ParsedLine> lines;
  };
  // So many that neither side waits for the other at each one.
  static constexpr std::size_t kBatches = 4;

  void Fill(Batch& batch);
  void FillAll();

  TextPieces pieces_;                    // The thread's, where there is one.
  std::array<Batch, kBatches> batches_;  // In turn. Those from released_ to filled_ are not the thread's.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t filled_ = 0;    // GUARDED_BY(mutex_), as are the next two.
  std::size_t released_ = 0;  // By the caller.
  bool is_left_ = false;      // The caller wants no more.
  std::size_t taken_ = 0;     // The caller's.
  bool is_at_end_ = false;    // The caller's.
  std::thread thread_;        // Last, so that it begins when all else is there.
};

}  // namespace cairn::symfile
