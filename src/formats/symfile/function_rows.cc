#include "formats/symfile/function_rows.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

namespace cairn::symfile {
namespace {

bool AreDisjoint(const std::vector<FunctionLine>& lines) {
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i - 1].end > lines[i].start) return false;
  }
  return true;
}

// Of calls of one depth.
bool StartsBefore(const FunctionInline& a, const FunctionInline& b) { return a.start < b.start; }

}  // namespace

void FunctionRows::Append(std::vector<FunctionLine>& lines, std::vector<FunctionInline>& inlines,
                          std::vector<FunctionRow>& rows) {
  SortLines(lines);
  SortInlines(inlines);
  ClearNodes(inlines.size());
  const std::size_t first_row = rows.size();
  std::uint32_t position = 0;
  std::size_t line = 0;
  // Each turn moves on to the next start or end of a line or an inlined call.
  while (true) {
    EnterInlines(inlines, position);
    while (line < lines.size() && lines[line].end <= position) ++line;
    FunctionRow row{.start = position};
    std::uint32_t next = NextInlineStart(inlines);
    if (!open_.empty()) {
      row.node = open_.back().node;
      next = std::min(next, open_.back().end);
    }
    if (line < lines.size()) {
      const bool is_inside = lines[line].start <= position;
      if (is_inside) {
        row.file = lines[line].file;
        row.line = lines[line].line;
      }
      next = std::min(next, is_inside ? lines[line].end : lines[line].start);
    }
    const bool repeats = rows.size() > first_row && rows.back().file == row.file &&
                         rows.back().line == row.line && rows.back().node == row.node;
    if (!repeats) rows.push_back(row);
    if (next == kNone) break;
    position = next;
  }
}

void FunctionRows::SortLines(std::vector<FunctionLine>& lines) {
  if (AreDisjoint(lines)) return;
  ranges_.clear();
  spans_.clear();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ranges_.push_back({lines[i].start, lines[i].end, lines[i].size, static_cast<std::uint32_t>(i)});
  }
  AppendPartition(ranges_, spans_);
  cut_lines_.clear();
  for (std::size_t i = 0; i + 1 < spans_.size(); ++i) {  // The last span is a gap.
    if (spans_[i].id == kNoRange) continue;
    FunctionLine line = lines[spans_[i].id];
    line.start = static_cast<std::uint32_t>(spans_[i].start);
    line.end = static_cast<std::uint32_t>(spans_[i + 1].start);
    cut_lines_.push_back(line);
  }
  lines.swap(cut_lines_);
}

// By depth, of one depth by start, else as they were. Files have a call before those inside it, so each depth
// is in order once they are put into one place.
void FunctionRows::SortByDepth(std::vector<FunctionInline>& inlines) {
  depth_ends_.clear();
  for (const FunctionInline& call : inlines) {
    if (call.depth >= depth_ends_.size()) depth_ends_.resize(call.depth + 1);
    ++depth_ends_[call.depth];
  }
  std::uint32_t begin = 0;
  for (std::uint32_t& end : depth_ends_) begin += std::exchange(end, begin);
  sorted_inlines_.resize(inlines.size());
  for (const FunctionInline& call : inlines) sorted_inlines_[depth_ends_[call.depth]++] = call;
  inlines.swap(sorted_inlines_);
  begin = 0;
  for (const std::uint32_t end : depth_ends_) {
    const std::span<FunctionInline> calls = std::span(inlines).subspan(begin, end - begin);
    if (!std::ranges::is_sorted(calls, StartsBefore)) std::ranges::stable_sort(calls, StartsBefore);
    begin = end;
  }
}

// Afterwards the calls of a depth are disjoint: one that begins inside another is cut to begin at its end.
void FunctionRows::SortInlines(std::vector<FunctionInline>& inlines) {
  SortByDepth(inlines);
  depths_.clear();
  open_.clear();
  std::size_t kept = 0;
  std::uint32_t end = 0;
  for (const FunctionInline& call : inlines) {
    if (depths_.size() <= call.depth) {
      end = 0;
      // A depth that has no calls ends every chain there.
      depths_.resize(call.depth + 1, {static_cast<std::uint32_t>(kept), static_cast<std::uint32_t>(kept)});
    }
    const std::uint32_t start = std::max(call.start, end);
    if (start >= call.end) continue;
    inlines[kept] = call;
    inlines[kept].start = start;
    end = call.end;
    ++kept;
    depths_.back().end = static_cast<std::uint32_t>(kept);
  }
  inlines.resize(kept);
}

// Leaves the calls that end at `position` and enters those that cover it, from the outermost in.
void FunctionRows::EnterInlines(const std::vector<FunctionInline>& inlines, std::uint32_t position) {
  while (!open_.empty() && open_.back().end <= position) open_.pop_back();
  while (open_.size() < depths_.size()) {
    Depth& depth = depths_[open_.size()];
    while (depth.next < depth.end && inlines[depth.next].end <= position) ++depth.next;
    if (depth.next == depth.end || inlines[depth.next].start > position) return;
    if (nodes_left_ == 0) {
      depths_.resize(open_.size());
      return;
    }
    const FunctionInline& call = inlines[depth.next];
    const std::uint32_t parent = open_.empty() ? kNone : open_.back().node;
    const std::uint32_t end = open_.empty() ? call.end : std::min(call.end, open_.back().end);
    open_.push_back({NodeOf(call, parent), end});
  }
}

// Where the next call of the depth below the open ones begins; EnterInlines has left those that ended.
std::uint32_t FunctionRows::NextInlineStart(const std::vector<FunctionInline>& inlines) const {
  if (open_.size() >= depths_.size()) return kNone;
  const Depth& depth = depths_[open_.size()];
  return depth.next == depth.end ? kNone : inlines[depth.next].start;
}

void FunctionRows::ClearNodes(std::size_t inlines) {
  // A call inside many others makes a node in each. Compilers' output has about one node for each call; a
  // file made for the purpose could have a hundred, so past this many the innermost calls of a function are
  // left out.
  constexpr std::size_t kMaxNodesPerInline = 4;
  nodes_left_ = kMaxNodesPerInline * inlines;
  const std::size_t wanted = std::bit_ceil(2 * inlines + 16);
  ++generation_;
  mask_ = wanted - 1;  // Small functions use a small part, which stays in the processor's cache.
  if (buckets_.size() < wanted) buckets_.assign(wanted, {});
}

std::uint32_t FunctionRows::NodeOf(const FunctionInline& call, std::uint32_t parent) {
  std::uint64_t hash = (std::uint64_t{parent} << 32 | call.origin) * 0x9e3779b97f4a7c15;
  hash = (hash ^ (std::uint64_t{call.call_file} << 32 | call.call_line)) * 0x9e3779b97f4a7c15;
  constexpr int kMaxProbes = 32;  // Beyond that a node is made twice, which costs a few bytes.
  std::size_t place = hash >> 32 & mask_;
  for (int probe = 0; probe < kMaxProbes; ++probe, place = (place + 1) & mask_) {
    Bucket& bucket = buckets_[place];
    if (bucket.generation != generation_) {
      bucket = {generation_, nodes_.rows(), parent, call.call_line, call.call_file, call.origin};
      break;
    }
    if (bucket.parent == parent && bucket.origin == call.origin && bucket.call_line == call.call_line &&
        bucket.call_file == call.call_file) {
      return bucket.node;
    }
  }
  --nodes_left_;
  const std::uint32_t node = nodes_.rows();
  nodes_.Add({call.origin, call.call_file + 1, call.call_line, parent == kNone ? 0 : node - parent});
  return node;
}

}  // namespace cairn::symfile
