#include "testing/minidump_mutator.h"

#include <cstddef>
#include <iterator>
#include <optional>
#include <random>

namespace cairn::testing {
namespace {

// minidumpapiset.h: the header's size, a directory entry's, and the numbers of streams that point elsewhere.
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kEntryBytes = 12;
constexpr std::uint32_t kThreadList = 3;
constexpr std::uint32_t kModuleList = 4;
constexpr std::size_t kThreadBytes = 48;
constexpr std::uint32_t kStreamTypes[] = {
    3,          4,          5,          6,          7,          9,          12,         13,
    14,         15,         16,         17,         21,         24,         0x43500001, 0x47670001,
    0x47670002, 0x47670003, 0x47670005, 0x47670009, 0x4d7a0001, 0x4d7a0003, 0x4d7a0004, 0x12345678};

struct Entry {
  std::size_t at = 0;  // Where the directory entry stands.
  std::uint32_t type = 0;
  std::uint32_t size = 0;
  std::uint32_t rva = 0;
};

class Mutation {
 public:
  Mutation(std::vector<std::uint8_t>& dump, std::uint64_t seed) : dump_(dump), random_(seed) {}

  void Run() {
    for (std::size_t steps = 1 + Below(4); steps > 0; --steps) {
      if (dump_.empty()) return;
      ReadDirectory();
      Step();
    }
  }

 private:
  std::size_t Below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  std::uint64_t Get(std::size_t at, std::size_t bytes) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes && at + i < dump_.size(); ++i) {
      value |= std::uint64_t{dump_[at + i]} << (8 * i);
    }
    return value;
  }
  std::uint32_t Get32(std::size_t at) const { return static_cast<std::uint32_t>(Get(at, 4)); }
  void Put(std::size_t at, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes && at + i < dump_.size(); ++i) {
      dump_[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
  }

  void ReadDirectory() {
    entries_.clear();
    const std::size_t count = Get32(8);
    const std::size_t start = Get32(12);
    for (std::size_t i = 0; i < count && i < 64; ++i) {
      const std::size_t at = start + i * kEntryBytes;
      if (at + kEntryBytes > dump_.size()) return;
      entries_.push_back({at, Get32(at), Get32(at + 4), Get32(at + 8)});
    }
  }
  std::optional<Entry> Find(std::uint32_t type) const {
    for (const Entry& entry : entries_) {
      if (entry.type == type) return entry;
    }
    return std::nullopt;
  }

  void Step() {
    if (entries_.empty()) return BreakNumber(0, dump_.size());
    const Entry& entry = entries_[Below(entries_.size())];
    switch (Below(10)) {
      case 0: return Put(entry.at, kStreamTypes[Below(std::size(kStreamTypes))], 4);
      case 1: return BreakNumber(entry.at + 4, 4);
      case 2: return BreakNumber(entry.at + 8, 4);
      case 3: return Put(entry.at + 8, entries_[Below(entries_.size())].rva, 4);
      case 4: return BreakNumber(entry.rva, 4);  // Most lists begin with their count.
      case 5: return BreakNumber(0, kHeaderBytes);
      case 6: return dump_.resize(Below(dump_.size() + 1));
      case 7: return BreakStack();
      case 8: return BreakRegisters();
      default: return BreakNumber(entry.rva, entry.size);
    }
  }

  // Changes one aligned number of 4 or 8 bytes in a range.
  void BreakNumber(std::size_t start, std::size_t bytes) {
    if (start >= dump_.size() || bytes < 4) return;
    const std::size_t at = start + 4 * Below(bytes / 4);
    const std::size_t width = Below(3) == 0 ? 8 : 4;
    Put(at, NewNumber(Get(at, width)), width);
  }

  std::uint64_t NewNumber(std::uint64_t old) {
    static constexpr std::uint64_t kEdges[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, ~0ull, 1ull << 63};
    switch (Below(6)) {
      case 0: return old + 1;
      case 1: return old - 1;
      case 2: return old * 2;
      case 3: return dump_.size() - Below(64);  // A place or size that just does not fit.
      case 4: return Below(dump_.size());
      default: return kEdges[Below(std::size(kEdges))];
    }
  }

  // An address that a walk would follow: in the first module, or on the stack of a thread.
  std::uint64_t LikelyAddress() {
    const std::optional<Entry> modules = Find(kModuleList);
    const std::optional<Entry> threads = Find(kThreadList);
    if (threads && Below(2) == 0) return Get(threads->rva + 4 + 24, 8) + 8 * Below(64);
    if (!modules) return random_();
    return Get(modules->rva + 4, 8) + Below(Get32(modules->rva + 12));
  }

  // Where a record of the thread list starts.
  std::optional<std::size_t> AnyThread() {
    const std::optional<Entry> threads = Find(kThreadList);
    if (!threads || threads->size < 4 + kThreadBytes) return std::nullopt;
    return threads->rva + 4 + kThreadBytes * Below((threads->size - 4) / kThreadBytes);
  }

  void BreakStack() {
    const std::optional<std::size_t> thread = AnyThread();
    if (!thread) return;
    const std::size_t bytes = Get32(*thread + 32);
    const std::size_t start = Get32(*thread + 36);
    for (std::size_t words = 1 + Below(8); words > 0; --words) {
      Put(start + 8 * Below(bytes / 8), LikelyAddress(), 8);
    }
  }

  void BreakRegisters() {
    const std::optional<std::size_t> thread = AnyThread();
    if (!thread) return;
    const std::size_t bytes = Get32(*thread + 40);
    const std::size_t start = Get32(*thread + 44);
    Put(start + 8 * Below(bytes / 8), Below(4) == 0 ? NewNumber(0) : LikelyAddress(), 8);
  }

  std::vector<std::uint8_t>& dump_;
  std::mt19937_64 random_;
  std::vector<Entry> entries_;
};

}  // namespace

void MutateMinidump(std::vector<std::uint8_t>& dump, std::uint64_t seed) { Mutation(dump, seed).Run(); }

}  // namespace cairn::testing
