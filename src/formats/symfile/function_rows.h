// FunctionRows flattens the lines and inlined calls of one function into rows that do not overlap.
//
// From the start of a row on, until the next, one line and one chain of inlined calls are in force. A chain
// is a node of a tree: one call, and the node that it was inlined into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/symfile/address_partition.h"
#include "formats/symfile/cache_layout.h"
#include "formats/symfile/packed_table.h"

namespace cairn::symfile {

// Offsets are distances from the function's start; ends are half-open.
struct FunctionLine {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::uint32_t file = kNone;
  std::uint32_t line = 0;
  std::uint64_t size = 0;  // Before it was clipped to the function: of overlapping lines the smallest wins.
};

struct FunctionInline {
  std::uint32_t depth = 0;
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::uint32_t call_line = 0;
  std::uint32_t call_file = kNone;
  std::uint32_t origin = 0;
};

struct FunctionRow {
  std::uint32_t start = 0;
  std::uint32_t file = kNone;  // Slot; kNone with line 0: no line.
  std::uint32_t line = 0;
  std::uint32_t node = kNone;
};

// Columns of kInlineNodes: origin slot, call file slot + 1 or 0, call line, and how far back the node lies
// that it was inlined into, or 0 if that is the function itself.
using InlineNodeWriter = PackedTableWriter<4>;

class FunctionRows {
 public:
  explicit FunctionRows(InlineNodeWriter& nodes) : nodes_(nodes) {}

  // Sorts what it is given, in place. Appends the rows to `rows`; the last one has no line unless a line
  // reaches up to offset 0xffffffff.
  void Append(std::vector<FunctionLine>& lines, std::vector<FunctionInline>& inlines,
              std::vector<FunctionRow>& rows);

 private:
  // The inlined calls of one depth, and the first that does not end before the place where the sweep is.
  struct Depth {
    std::uint32_t next = 0;
    std::uint32_t end = 0;
  };
  struct Open {
    std::uint32_t node = kNone;
    std::uint32_t end = 0;  // Where this call or one around it ends, whichever comes first.
  };
  struct Bucket {
    std::uint32_t generation = 0;
    std::uint32_t node = 0;
    std::uint32_t parent = 0;
    std::uint32_t call_line = 0;
    std::uint32_t call_file = 0;
    std::uint32_t origin = 0;
  };

  void SortLines(std::vector<FunctionLine>& lines);
  void SortByDepth(std::vector<FunctionInline>& inlines);
  void SortInlines(std::vector<FunctionInline>& inlines);
  void EnterInlines(const std::vector<FunctionInline>& inlines, std::uint32_t position);
  std::uint32_t NextInlineStart(const std::vector<FunctionInline>& inlines) const;
  std::uint32_t NodeOf(const FunctionInline& call, std::uint32_t parent);
  void ClearNodes(std::size_t inlines);

  InlineNodeWriter& nodes_;
  std::vector<RankedRange> ranges_;
  std::vector<Span> spans_;
  std::vector<FunctionLine> cut_lines_;
  std::vector<std::uint32_t> depth_ends_;
  std::vector<FunctionInline> sorted_inlines_;
  std::vector<Depth> depths_;
  std::vector<Open> open_;
  std::vector<Bucket> buckets_;
  std::size_t mask_ = 0;  // Of the part of buckets_ in use, whose size is a power of two.
  std::uint32_t generation_ = 0;
  std::size_t nodes_left_ = 0;
};

}  // namespace cairn::symfile
