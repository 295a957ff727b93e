#include "formats/symfile/address_partition.h"

#include <algorithm>
#include <queue>

namespace cairn::symfile {
namespace {

bool Before(const RankedRange& a, const RankedRange& b) {
  if (a.start != b.start) return a.start < b.start;
  return a.id < b.id;
}

struct WinsLater {
  bool operator()(const RankedRange* a, const RankedRange* b) const {
    if (a->rank != b->rank) return a->rank > b->rank;
    return a->id > b->id;
  }
};

class SpanWriter {
 public:
  explicit SpanWriter(std::vector<Span>& spans) : spans_(spans), first_(spans.size()) {}

  // From `start` on `id` is in force.
  void Put(std::uint64_t start, std::uint32_t id) {
    if (spans_.size() > first_ && spans_.back().start == start) spans_.pop_back();
    const std::uint32_t last = spans_.size() > first_ ? spans_.back().id : kNoRange;
    if (last != id) spans_.push_back({start, id});
  }

 private:
  std::vector<Span>& spans_;
  std::size_t first_;
};

void AppendDisjoint(const std::vector<RankedRange>& ranges, std::vector<Span>& spans) {
  SpanWriter writer(spans);
  for (const RankedRange& range : ranges) {
    writer.Put(range.start, range.id);
    writer.Put(range.end, kNoRange);
  }
}

bool Disjoint(const std::vector<RankedRange>& ranges) {
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i - 1].end > ranges[i].start) return false;
  }
  return true;
}

}  // namespace

void AppendPartition(std::vector<RankedRange>& ranges, std::vector<Span>& spans) {
  std::erase_if(ranges, [](const RankedRange& range) { return range.end <= range.start; });
  if (!std::ranges::is_sorted(ranges, Before)) std::ranges::sort(ranges, Before);
  if (Disjoint(ranges)) return AppendDisjoint(ranges, spans);

  SpanWriter writer(spans);
  std::priority_queue<const RankedRange*, std::vector<const RankedRange*>, WinsLater> open;
  std::uint64_t position = 0;
  std::size_t next = 0;
  while (next < ranges.size() || !open.empty()) {
    if (open.empty()) position = ranges[next].start;
    while (next < ranges.size() && ranges[next].start <= position) open.push(&ranges[next++]);
    while (!open.empty() && open.top()->end <= position) open.pop();
    writer.Put(position, open.empty() ? kNoRange : open.top()->id);
    if (open.empty()) continue;
    position = open.top()->end;
    if (next < ranges.size()) position = std::min(position, ranges[next].start);
  }
}

}  // namespace cairn::symfile
