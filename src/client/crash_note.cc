#include "client/crash_note.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "client/crash_path.h"
#include "client/system_call.h"
#include "wire/annotation_layout.h"
#include "wire/crash_note.h"

namespace cairn::internal {
namespace {

constexpr std::uint64_t kPageSize = 4096;
constexpr std::uint64_t kRedZoneBytes = 128;     // System V psABI for x86-64, 3.2.2.
constexpr std::uint64_t kCodeBytesAround = 128;  // On each side of the faulting instruction.
constexpr std::size_t kMaxPathBytes = 4096 + 64;

// One line of /proc/self/maps, as far as a note needs it.
struct Mapping {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;
  bool readable = false;
  bool is_file = false;
};

std::uint64_t TakeHex(std::string_view& text) {
  std::uint64_t value = 0;
  while (!text.empty()) {
    const char c = text.front();
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f')) break;
    value = value << 4 | static_cast<std::uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
    text.remove_prefix(1);
  }
  return value;
}

// "7f00-7f01 r-xp 0000a000 08:01 1234  /path"
Mapping ParseMapping(std::string_view line) {
  Mapping mapping;
  mapping.start = TakeHex(line);
  line.remove_prefix(std::min<std::size_t>(1, line.size()));
  mapping.end = TakeHex(line);
  if (line.size() < 6) return mapping;
  mapping.readable = line[1] == 'r';
  line.remove_prefix(6);
  mapping.offset = TakeHex(line);
  for (const char c : line) mapping.is_file = mapping.is_file || c == '/';
  return mapping;
}

class NoteWriter {
 public:
  explicit NoteWriter(int descriptor) : descriptor_(descriptor) {}

  void WriteRecord(wire::NoteRecordKind kind, std::uint64_t address, const void* bytes, std::size_t size) {
    wire::NoteRecord record{kind, static_cast<std::uint32_t>(size), address};
    const std::array<iovec, 2> parts{iovec{&record, sizeof(record)}, iovec{const_cast<void*>(bytes), size}};
    // Memory that is not there makes a short write or EFAULT: the end goes back to where it was.
    const long written = SystemCall(SYS_writev, descriptor_, parts.data(), parts.size());
    const long whole = static_cast<long>(sizeof(record) + size);
    if (written == whole) {
      size_ += whole;
    } else {
      SystemCall(SYS_ftruncate, descriptor_, size_);
      SystemCall(SYS_lseek, descriptor_, size_, SEEK_SET);
    }
  }

  void WriteMemory(std::uint64_t address, std::uint64_t size) {
    WriteRecord(wire::NoteRecordKind::kMemory, address, reinterpret_cast<const void*>(address), size);
  }

  bool WriteRequest(const wire::CrashRequest& request) {
    size_ = SystemCall(SYS_write, descriptor_, &request, sizeof(request));
    return size_ == sizeof(request);
  }

 private:
  int descriptor_;
  long size_ = 0;
};

// Copies memory that may not be there: the list of annotations can be what the crash has broken.
bool CopySafely(std::uint64_t address, void* into, std::size_t size) {
  const iovec local{into, size};
  const iovec remote{reinterpret_cast<void*>(address), size};
  return SystemCall(SYS_process_vm_readv, SystemCall(SYS_getpid), &local, 1, &remote, 1, 0) ==
         static_cast<long>(size);
}

void WriteAnnotations(NoteWriter& writer) {
  const auto list = reinterpret_cast<std::uint64_t>(AnnotationListAddress());
  writer.WriteMemory(list, sizeof(std::uint64_t));
  std::uint64_t next = 0;
  CopySafely(list, &next, sizeof(next));
  for (std::uint32_t i = 0; next != 0 && i < wire::kMaxAnnotations; ++i) {
    std::array<std::byte, wire::kAnnotationNodeSize> node{};
    if (!CopySafely(next, node.data(), node.size())) return;
    writer.WriteMemory(next, node.size());
    std::uint64_t name = 0;
    std::uint64_t value = 0;
    std::uint32_t name_size = 0;
    std::uint32_t value_size = 0;
    __builtin_memcpy(&next, &node[wire::kAnnotationNextOffset], sizeof(next));
    __builtin_memcpy(&name, &node[wire::kAnnotationNameOffset], sizeof(name));
    __builtin_memcpy(&value, &node[wire::kAnnotationValueOffset], sizeof(value));
    __builtin_memcpy(&name_size, &node[wire::kAnnotationNameSizeOffset], sizeof(name_size));
    __builtin_memcpy(&value_size, &node[wire::kAnnotationValueSizeOffset], sizeof(value_size));
    if (name_size <= wire::kMaxAnnotationNameBytes) writer.WriteMemory(name, name_size);
    if (value_size <= wire::kMaxAnnotationValueBytes) writer.WriteMemory(value, value_size);
  }
}

// Of the stack in `mapping`, what lies between the stack pointer and the process's arguments and environment.
void WriteStack(NoteWriter& writer, const Mapping& mapping, const wire::CrashRequest& request) {
  const std::uint64_t stack_pointer = request.registers[REG_RSP];
  const std::uint64_t start = std::max(mapping.start, stack_pointer - kRedZoneBytes);
  std::uint64_t end = std::min(mapping.end, start + wire::kMaxNoteStackBytes);
  const std::uint64_t initial = request.initial_stack_pointer;
  if (initial >= mapping.start && initial < mapping.end) end = std::min(end, initial);
  if (start < end) writer.WriteMemory(start, end - start);
}

// Mappings come by rising address. `stack_is_found` is set once the stack has been met: what lies above it is
// another thread's or the heap.
void WriteMapping(NoteWriter& writer, const Mapping& mapping, const wire::CrashRequest& request,
                  bool& stack_is_found) {
  if (!mapping.readable) return;
  const std::uint64_t stack_pointer = request.registers[REG_RSP];
  const std::uint64_t instruction = request.registers[REG_RIP];
  // A stack pointer just below a stack comes of an overflow.
  constexpr std::uint64_t kOverflowBytes = 1 << 20;
  if (!stack_is_found && stack_pointer < mapping.end) {
    stack_is_found = true;
    const bool is_near = mapping.start - std::min(mapping.start, kOverflowBytes) <= stack_pointer;
    if (is_near && !mapping.is_file) WriteStack(writer, mapping, request);
  }
  if (instruction >= mapping.start && instruction < mapping.end && mapping.is_file) {
    const std::uint64_t start = std::max(mapping.start, instruction - kCodeBytesAround);
    writer.WriteMemory(start, std::min(mapping.end, instruction + kCodeBytesAround) - start);
  }
  // A module's first page holds its headers and, as linkers lay it out, its build id.
  if (mapping.is_file && mapping.offset == 0) writer.WriteMemory(mapping.start, kPageSize);
}

void WriteMappings(NoteWriter& writer, const wire::CrashRequest& request) {
  static std::array<char, 8192> buffer;
  const long maps = SystemCall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (maps < 0) return;
  std::size_t kept = 0;  // Bytes of a line whose end was not read yet, at the start of the buffer.
  bool stack_is_found = false;
  for (;;) {
    const long size = SystemCall(SYS_read, maps, buffer.data() + kept, buffer.size() - kept);
    if (size <= 0) break;
    writer.WriteRecord(wire::NoteRecordKind::kMaps, 0, buffer.data() + kept, static_cast<std::size_t>(size));
    std::string_view text(buffer.data(), kept + static_cast<std::size_t>(size));
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      WriteMapping(writer, ParseMapping(text.substr(0, end)), request, stack_is_found);
      text.remove_prefix(end + 1);
    }
    kept = text.size() < buffer.size() ? text.size() : 0;
    __builtin_memmove(buffer.data(), text.data(), kept);
  }
  SystemCall(SYS_close, maps);
}

class PathBuilder {
 public:
  // A second process may be here with the same memory: a child between vfork and exec, and then its parent.
  void Clear() { size_ = 0; }
  void Append(std::string_view text) {
    const std::size_t size = std::min(text.size(), path_.size() - 1 - size_);
    __builtin_memcpy(path_.data() + size_, text.data(), size);
    size_ += size;
    path_[size_] = '\0';
  }
  void AppendNumber(int number) {
    std::array<char, 12> digits{};
    std::size_t first = digits.size();
    for (auto rest = static_cast<unsigned>(number); rest != 0 || first == digits.size(); rest /= 10) {
      digits[--first] = static_cast<char>('0' + rest % 10);
    }
    Append({digits.data() + first, digits.size() - first});
  }
  const char* path() const { return path_.data(); }

 private:
  std::array<char, kMaxPathBytes> path_{};
  std::size_t size_ = 0;
};

}  // namespace

void WriteCrashNote(const NoteSetup& setup, const wire::CrashRequest& request) {
  if (setup.path_prefix.empty()) return;
  static PathBuilder whole_path;
  whole_path.Clear();
  whole_path.Append(setup.path_prefix);
  whole_path.AppendNumber(request.process_id);
  whole_path.Append(wire::kNoteSuffix);
  static PathBuilder partial_path;
  partial_path.Clear();
  partial_path.Append(whole_path.path());
  partial_path.Append(wire::kPartialNoteSuffix);
  const long descriptor = SystemCall(SYS_openat, AT_FDCWD, partial_path.path(),
                                     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return;
  NoteWriter writer(static_cast<int>(descriptor));
  if (writer.WriteRequest(request)) {
    writer.WriteRecord(wire::NoteRecordKind::kConfiguration, 0, setup.configuration.data(),
                       setup.configuration.size());
    WriteAnnotations(writer);
    WriteMappings(writer, request);
  }
  SystemCall(SYS_close, descriptor);
  SystemCall(SYS_renameat2, AT_FDCWD, partial_path.path(), AT_FDCWD, whole_path.path(), 0);
}

}  // namespace cairn::internal
