#include "testing/minidump_mutator.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <random>

#include "testing/minidump_forms.h"

namespace cairn::testing {
namespace {

// minidumpapiset.h: the header's size, a directory entry's, and the numbers of streams that point elsewhere.
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kCountAt = 8;
constexpr std::size_t kDirectoryAt = 12;
constexpr std::size_t kEntryBytes = 12;
constexpr std::size_t kMaxEntries = 64;
constexpr std::uint32_t kThreadList = 3;
constexpr std::uint32_t kModuleList = 4;
constexpr std::size_t kThreadBytes = 48;

struct Entry {
  std::size_t at = 0;  // Where the directory entry stands.
  std::uint32_t type = 0;
  std::uint32_t size = 0;
  std::uint32_t rva = 0;
};

class Mutation {
 public:
  Mutation(std::vector<std::uint8_t>& dump, std::size_t max_bytes, std::uint64_t seed)
      : dump_(dump), max_bytes_(max_bytes), random_(seed) {}

  void Run() {
    for (std::size_t steps = 1 + Below(4); steps > 0; --steps) {
      if (dump_.empty()) return;
      ReadDirectory();
      if (entries_.empty()) {
        BreakNumber(0, dump_.size());
      } else {
        Step(entries_[Below(entries_.size())]);
      }
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
    const std::size_t count = Get32(kCountAt);
    const std::size_t start = Get32(kDirectoryAt);
    for (std::size_t i = 0; i < count && i < kMaxEntries; ++i) {
      const std::size_t at = start + i * kEntryBytes;
      if (at + kEntryBytes > dump_.size()) return;
      entries_.push_back({at, Get32(at), Get32(at + 4), Get32(at + 8)});
    }
  }
  std::optional<Entry> Find(std::uint32_t type) const {
    const auto found = std::ranges::find(entries_, type, &Entry::type);
    return found == entries_.end() ? std::nullopt : std::optional(*found);
  }

  void Step(const Entry& entry) {
    switch (Below(12)) {
      case 0: return BreakDirectory(entry);
      case 1: return BreakNumber(0, kHeaderBytes);
      case 2: return dump_.resize(Below(dump_.size() + 1));
      case 3: return BreakStack();
      case 4: return BreakRegisters();
      case 5: return BreakNumber(entry.rva, entry.size);
      case 6: return GrowDirectory(entry);
      case 7: return GrowList(entry);
      case 8: return CopyRecord(entry);
      default: return BreakField(entry);
    }
  }

  void BreakDirectory(const Entry& entry) {
    const Entry& other = entries_[Below(entries_.size())];
    switch (Below(5)) {
      case 0: return Put(entry.at, KnownStreamTypes()[Below(KnownStreamTypes().size())], 4);
      case 1: return Put(entry.at + 4, NewSize(entry.size), 4);
      case 2: return Put(entry.at + 8, NewPlace(entry.rva), 4);
      case 3: return Put(entry.at + 8, other.rva, 4);
      default:  // Two streams of one type, or two that changed their places.
        Put(entry.at, other.type, 4);
        if (Below(2) == 0) Put(other.at, entry.type, 4);
    }
  }

  // Any aligned number of 4 or 8 bytes in a range.
  void BreakNumber(std::size_t start, std::size_t bytes) {
    if (start >= dump_.size() || bytes < 4) return;
    const std::size_t at = start + 4 * Below(bytes / 4);
    const std::size_t width = Below(3) == 0 ? 8 : 4;
    Put(at, NewNumber(Get(at, width)), width);
  }

  // A field of the stream's head or of one of its records, by what it means.
  void BreakField(const Entry& entry) {
    const StreamForm* const form = FormOfStream(entry.type);
    if (form == nullptr) return BreakNumber(entry.rva, entry.size);
    const std::size_t records = RecordsOf(entry, *form);
    const bool in_head = records == 0 || form->record.empty() || Below(4) == 0;
    const std::span<const FieldForm> fields = in_head ? form->head : form->record;
    const FieldForm& field = fields[Below(fields.size())];
    const std::size_t start = in_head ? entry.rva : RecordAt(entry, *form, Below(records));
    const std::size_t at = start + field.offset;
    const std::uint64_t old = Get(at, field.bytes);
    // A neighbour's value makes overlaps, aliases and doubled ids.
    if (!in_head && Below(4) == 0) {
      return Put(at, Get(RecordAt(entry, *form, Below(records)) + field.offset, field.bytes), field.bytes);
    }
    switch (field.meaning) {
      case Meaning::kCount: return Put(at, NewCount(old, records), field.bytes);
      case Meaning::kSize: return Put(at, NewSize(old), field.bytes);
      case Meaning::kRva: return Put(at, NewPlace(old), field.bytes);
      case Meaning::kAddress: return Put(at, Below(2) == 0 ? LikelyAddress() : NewNumber(old), field.bytes);
      case Meaning::kText:
        // The text's length, its letters, or its place.
        if (Below(3) == 0) return Put(old, NewSize(Get32(old)), 4);
        if (Below(2) == 0) return Put(old + 4 + 2 * Below(8), random_(), 2);
        return Put(at, NewPlace(old), field.bytes);
      case Meaning::kNumber: return Put(at, NewNumber(old), field.bytes);
    }
  }

  // How many records the stream's bytes hold, whatever its count says.
  static std::size_t RecordsOf(const Entry& entry, const StreamForm& form) {
    if (form.record_bytes == 0 || entry.size < form.head_bytes) return 0;
    return (entry.size - form.head_bytes) / form.record_bytes;
  }
  static std::size_t RecordAt(const Entry& entry, const StreamForm& form, std::size_t index) {
    return entry.rva + form.head_bytes + form.record_bytes * index;
  }

  std::uint64_t NewNumber(std::uint64_t old) {
    static constexpr std::uint64_t kEdges[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, ~0ull, 1ull << 63};
    switch (Below(6)) {
      case 0: return old + 1;
      case 1: return old - 1;
      case 2: return old ^ (std::uint64_t{1} << Below(64));
      case 3: return dump_.size() - Below(64);  // A place or size that just does not fit.
      case 4: return Below(256);
      default: return kEdges[Below(std::size(kEdges))];
    }
  }
  std::uint64_t NewCount(std::uint64_t old, std::size_t records) {
    switch (Below(4)) {
      case 0: return records + Below(3);
      case 1: return old * 2;
      case 2: return Below(records + 1);
      default: return NewNumber(old);
    }
  }
  std::uint64_t NewSize(std::uint64_t old) {
    switch (Below(4)) {
      case 0: return Below(dump_.size() + 1);
      case 1: return old + Below(16);
      case 2: return old - std::min<std::uint64_t>(old, Below(16));
      default: return NewNumber(old);
    }
  }
  std::uint64_t NewPlace(std::uint64_t old) {
    switch (Below(4)) {
      case 0: return Below(dump_.size());
      case 1: return entries_[Below(entries_.size())].rva;
      case 2: return dump_.size() - std::min<std::size_t>(dump_.size(), Below(8));
      default: return NewNumber(old);
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
    const std::size_t word = Below(3) == 0 ? 4 : 8;
    const std::size_t bytes = Get32(*thread + 32);
    const std::size_t start = Get32(*thread + 36);
    for (std::size_t words = 1 + Below(8); words > 0; --words) {
      Put(start + word * Below(bytes / word), LikelyAddress(), word);
    }
  }

  void BreakRegisters() {
    const std::optional<std::size_t> thread = AnyThread();
    if (!thread) return;
    const std::size_t word = Below(3) == 0 ? 4 : 8;
    const std::size_t bytes = Get32(*thread + 40);
    const std::size_t start = Get32(*thread + 44);
    Put(start + word * Below(bytes / word), Below(4) == 0 ? NewNumber(0) : LikelyAddress(), word);
  }

  // Adds bytes at the end, and says where; nothing where they would be too many.
  std::optional<std::size_t> Append(std::size_t start, std::size_t bytes) {
    if (start > dump_.size() || bytes > dump_.size() - start || dump_.size() + bytes > max_bytes_) {
      return std::nullopt;
    }
    const std::vector<std::uint8_t> copy(dump_.begin() + static_cast<std::ptrdiff_t>(start),
                                         dump_.begin() + static_cast<std::ptrdiff_t>(start + bytes));
    dump_.insert(dump_.end(), copy.begin(), copy.end());
    return dump_.size() - bytes;
  }

  // Moves the directory to the end of the file, with one stream more: a stream that is there, as another
  // type.
  void GrowDirectory(const Entry& entry) {
    if (entries_.size() >= kMaxEntries) return;
    const std::size_t start = entries_.front().at;
    const std::size_t count = entries_.size();
    const std::optional<std::size_t> moved = Append(start, count * kEntryBytes);
    if (!moved || !Append(entry.at, kEntryBytes)) return;
    Put(kDirectoryAt, *moved, 4);
    Put(kCountAt, count + 1, 4);
    if (Below(2) == 0) {
      Put(*moved + count * kEntryBytes, KnownStreamTypes()[Below(KnownStreamTypes().size())], 4);
    }
  }

  // Moves a stream to the end of the file, with one record more.
  void GrowList(const Entry& entry) {
    const StreamForm* const form = FormOfStream(entry.type);
    if (form == nullptr || RecordsOf(entry, *form) == 0) return;
    const std::size_t records = RecordsOf(entry, *form);
    const std::size_t bytes = form->head_bytes + records * form->record_bytes;
    const std::size_t source = RecordAt(entry, *form, Below(records));
    const std::optional<std::size_t> moved = Append(entry.rva, bytes);
    if (!moved || !Append(source, form->record_bytes)) return;
    Put(entry.at + 4, bytes + form->record_bytes, 4);
    Put(entry.at + 8, *moved, 4);
    const auto count = std::ranges::find(form->head, Meaning::kCount, &FieldForm::meaning);
    if (count != form->head.end()) Put(*moved + count->offset, records + 1, count->bytes);
  }

  // Two records that say the same.
  void CopyRecord(const Entry& entry) {
    const StreamForm* const form = FormOfStream(entry.type);
    if (form == nullptr || RecordsOf(entry, *form) == 0) return BreakNumber(entry.rva, entry.size);
    const std::size_t records = RecordsOf(entry, *form);
    const std::size_t from = RecordAt(entry, *form, Below(records));
    const std::size_t to = RecordAt(entry, *form, Below(records));
    for (std::size_t i = 0; i < form->record_bytes; ++i) Put(to + i, Get(from + i, 1), 1);
  }

  std::vector<std::uint8_t>& dump_;
  const std::size_t max_bytes_;
  std::mt19937_64 random_;
  std::vector<Entry> entries_;
};

}  // namespace

void MutateMinidump(std::vector<std::uint8_t>& dump, std::size_t max_bytes, std::uint64_t seed) {
  Mutation(dump, max_bytes, seed).Run();
}

std::size_t MutateDumpInFront(std::uint8_t* data, std::size_t size, std::size_t dump_bytes,
                              std::size_t max_bytes, std::uint64_t seed) {
  std::vector<std::uint8_t> dump(data, data + dump_bytes);
  const std::size_t rest = size - dump_bytes;
  MutateMinidump(dump, max_bytes - rest, seed);
  if (rest != 0) std::memmove(data + dump.size(), data + dump_bytes, rest);
  std::ranges::copy(dump, data);
  return dump.size();
}

}  // namespace cairn::testing
