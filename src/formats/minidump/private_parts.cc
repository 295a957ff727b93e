#include "formats/minidump/private_parts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "formats/minidump/memory.h"
#include "formats/minidump/system_info.h"
#include "formats/minidump/threads.h"
#include "model/diagnostics.h"

namespace cairn::minidump {
namespace {

using base::Bytes;
using wire::StreamType;

constexpr std::uint32_t kStreamCountOffset = 8;  // MINIDUMP_HEADER.NumberOfStreams, then StreamDirectoryRva
constexpr int kMaxAuxiliaryEntries = 64;         // Linux 6 has 21.

// Numbers of auxiliary vector entries, elf.h.
constexpr std::uint64_t kAuxNull = 0;
constexpr std::uint64_t kAuxPageSize = 6;
constexpr std::uint64_t kAuxPlatform = 15;
constexpr std::uint64_t kAuxClockTicks = 17;
constexpr std::uint64_t kAuxRandom = 25;
constexpr std::uint64_t kAuxExecutable = 31;

// Offsets in the thread and process environment blocks and RTL_USER_PROCESS_PARAMETERS (winternl.h, and where
// it is silent the public symbols of ntdll), for pointers of 8 and of 4 bytes.
struct WindowsOffsets {
  std::uint32_t peb_in_teb;
  std::uint32_t parameters_in_peb;
  std::array<std::uint32_t, 3> texts;  // Current directory, command line, window title: UNICODE_STRING each.
  std::uint32_t environment;
  std::uint32_t environment_size;
};
constexpr WindowsOffsets kOffsets64 = {0x60, 0x20, {0x38, 0x70, 0xb0}, 0x80, 0x3f0};
constexpr WindowsOffsets kOffsets32 = {0x30, 0x10, {0x24, 0x40, 0x70}, 0x48, 0x290};

bool IsZero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

class Finder {
 public:
  Finder(const Minidump& dump, Bytes file)
      : dump_(dump),
        file_(file),
        system_(ReadSystemInfo(dump, ignored_)),
        pointer_bytes_(static_cast<std::size_t>(model::PointerBytes(system_.cpu))),
        memory_(Memory::Read(dump, ignored_)),
        threads_(ReadThreads(dump, ignored_)) {}

  std::vector<FileRange> Find() {
    FindStreams();
    if (system_.os == model::Os::kWindows) {
      FindProcessParameters();
    } else {
      FindAboveMain();
    }
    return std::move(ranges_);
  }

 private:
  void Add(Bytes part) {
    if (part.empty() || IsZero(part)) return;
    // Slices are of the file, and only the difference of their places says where in it.
    ranges_.push_back({static_cast<std::uint64_t>(part.data() - file_.data()), part.size()});
  }

  // Their bytes, and their types in the directory: type 0 is an entry that is not used.
  void FindStreams() {
    base::ByteReader header = dump_.Reader(file_);
    header.Seek(kStreamCountOffset);
    const auto count = header.Read<std::uint32_t>();
    header.Seek(header.Read<std::uint32_t>());
    for (std::uint32_t i = 0; i < std::min(count, kMaxStreams) && header.ok(); ++i) {
      const std::size_t entry = header.offset();
      const auto type = static_cast<StreamType>(header.Read<std::uint32_t>());
      const Location location = ReadLocation(header);
      if (!header.ok() || (type != StreamType::kLinuxEnviron && type != StreamType::kLinuxCommandLine))
        continue;
      Add(file_.subspan(entry, sizeof(std::uint32_t)));
      const std::size_t start = std::min<std::size_t>(location.rva, file_.size());
      Add(file_.subspan(start, std::min<std::size_t>(location.size, file_.size() - start)));
    }
  }

  // A pointer at `address`, zero if the dump does not hold it.
  std::uint64_t PointerAt(std::uint64_t address) const {
    const std::optional<model::MemoryView> range = memory_.Find({address});
    if (!range) return 0;
    base::ByteReader reader = dump_.Reader(range->bytes.subspan(address - range->start.value));
    const std::uint64_t value =
        pointer_bytes_ == 8 ? reader.Read<std::uint64_t>() : reader.Read<std::uint32_t>();
    return reader.ok() ? value : 0;
  }

  // What the dump holds of [address, address + size).
  void AddMemory(std::uint64_t address, std::uint64_t size) {
    const std::optional<model::MemoryView> range = memory_.Find({address});
    if (!range) return;
    const Bytes rest = range->bytes.subspan(address - range->start.value);
    Add(rest.first(static_cast<std::size_t>(std::min<std::uint64_t>(size, rest.size()))));
  }

  void FindProcessParameters() {
    const WindowsOffsets& offsets = pointer_bytes_ == 8 ? kOffsets64 : kOffsets32;
    for (const ThreadRecord& thread : threads_) {
      const std::uint64_t peb = thread.teb.value == 0 ? 0 : PointerAt(thread.teb.value + offsets.peb_in_teb);
      const std::uint64_t parameters = peb == 0 ? 0 : PointerAt(peb + offsets.parameters_in_peb);
      if (parameters == 0) continue;
      for (const std::uint32_t text : offsets.texts) {
        // UNICODE_STRING: length, largest length (u16, bytes), then the pointer at its own alignment.
        const std::uint64_t lengths = PointerAt(parameters + text);
        const std::uint64_t bytes = std::max(lengths & 0xffff, (lengths >> 16) & 0xffff);
        AddMemory(PointerAt(parameters + text + pointer_bytes_), bytes);
      }
      const std::uint64_t size = PointerAt(parameters + offsets.environment_size);
      // Old systems do not say the size; then it is whatever lies behind.
      AddMemory(PointerAt(parameters + offsets.environment), size == 0 ? ~std::uint64_t{0} : size);
      return;  // All threads share one process environment block.
    }
  }

  void FindAboveMain() {
    FindWhereAuxiliaryVectorPoints();
    for (const model::MemoryView& range : memory_.ranges()) FindAboveAuxiliaryVector(range);
    for (const ThreadRecord& thread : threads_) {
      const std::optional<model::MemoryView> stack =
          thread.stack ? thread.stack : memory_.Find(thread.stack_start);
      if (!stack) continue;
      FindAboveAuxiliaryVector(*stack);
      FindTextAtTop(*stack);
    }
  }

  std::uint64_t ReadWord(base::ByteReader& reader) const {
    return pointer_bytes_ == 8 ? reader.Read<std::uint64_t>() : reader.Read<std::uint32_t>();
  }

  // The stream says where three of the block's strings lie; all others lie above the lowest of them.
  void FindWhereAuxiliaryVectorPoints() {
    const std::optional<Bytes> stream = dump_.Stream(StreamType::kLinuxAuxv);
    if (!stream) return;
    base::ByteReader reader = dump_.Reader(*stream);
    std::uint64_t lowest = ~std::uint64_t{0};
    for (int i = 0; i < kMaxAuxiliaryEntries && reader.ok(); ++i) {
      const std::uint64_t type = ReadWord(reader);
      const std::uint64_t value = ReadWord(reader);
      const bool points = type == kAuxPlatform || type == kAuxRandom || type == kAuxExecutable;
      if (reader.ok() && points && value != 0) lowest = std::min(lowest, value);
    }
    AddMemory(lowest, ~std::uint64_t{0});
    for (const ThreadRecord& thread : threads_) {
      if (thread.stack && thread.stack->Contains({lowest}))
        Add(thread.stack->bytes.subspan(lowest - thread.stack->start.value));
    }
  }

  // Linux puts the auxiliary vector above the pointers to arguments and environment, and their strings above
  // it. It is known by two entries that every kernel writes one behind the other: the size of pages and the
  // clock's ticks, 100 on all of them.
  void FindAboveAuxiliaryVector(const model::MemoryView& range) {
    constexpr std::array<std::uint64_t, 4> kPageSizes = {4096, 8192, 16384, 65536};
    const std::size_t misaligned = range.start.value % pointer_bytes_;
    base::ByteReader reader = dump_.Reader(range.bytes);
    reader.Seek(misaligned == 0 ? 0 : pointer_bytes_ - misaligned);
    while (reader.ok() && reader.remaining() >= 4 * pointer_bytes_) {
      if (ReadWord(reader) != kAuxPageSize) continue;
      const std::size_t behind = reader.offset();
      const std::uint64_t page_bytes = ReadWord(reader);
      const bool found = std::ranges::find(kPageSizes, page_bytes) != kPageSizes.end() &&
                         ReadWord(reader) == kAuxClockTicks && ReadWord(reader) == 100;
      if (!found) {
        reader.Seek(behind);
        continue;
      }
      for (int i = 0; i < kMaxAuxiliaryEntries && reader.ok(); ++i) {
        const std::uint64_t type = ReadWord(reader);
        (void)ReadWord(reader);
        if (type != kAuxNull) continue;
        if (reader.ok()) Add(range.bytes.subspan(reader.offset()));
        return;
      }
    }
  }

  // Where no vector is found (macOS has none): a block of strings at the very end of a stack, if one of them
  // is NAME=value.
  void FindTextAtTop(const model::MemoryView& range) {
    const Bytes bytes = range.bytes;
    constexpr std::size_t kMaxZeros = 256;  // Between strings; dyld of macOS wipes some, of up to 111 bytes.
    std::size_t end = bytes.size();
    while (end > 0 && bytes[end - 1] == std::byte{0}) --end;
    std::size_t start = end;
    std::size_t zeros = 0;
    bool has_variable = false;
    for (std::size_t i = end; i > 0 && zeros <= kMaxZeros; --i) {
      const auto c = static_cast<unsigned char>(bytes[i - 1]);
      zeros = c == 0 ? zeros + 1 : 0;
      if (c != 0 && c < ' ' && c != '\n' && c != '\t') break;
      if (c == '=' && i > 1 && IsNameCharacter(bytes[i - 2])) has_variable = true;
      if (c != 0) start = i - 1;
    }
    if (has_variable) Add(bytes.subspan(start, end - start));
  }

  static bool IsNameCharacter(std::byte byte) {
    const auto c = static_cast<char>(byte);
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }

  const Minidump& dump_;
  Bytes file_;
  model::Diagnostics ignored_;  // What cannot be read is told by the reading into reports.
  model::SystemInfo system_;
  std::size_t pointer_bytes_;
  Memory memory_;
  std::vector<ThreadRecord> threads_;
  std::vector<FileRange> ranges_;
};

}  // namespace

std::vector<FileRange> FindPrivateParts(const Minidump& dump, Bytes file) {
  return Finder(dump, file).Find();
}

}  // namespace cairn::minidump
