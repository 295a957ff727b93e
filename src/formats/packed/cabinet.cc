#include "formats/packed/cabinet.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include <mspack.h>

namespace cairn::packed {
namespace {

using base::Code;
using base::Error;

// The largest thing that libmspack needs is an LZX window of 2 MiB, or the names of 65,535 files one by one.
constexpr std::size_t kMaxAllocation = std::size_t{16} * 1024 * 1024;

// A file as libmspack sees it: the cabinet to read, or the room for what is unpacked. Borrows both.
struct MemoryFile : mspack_file {
  base::Bytes input;
  std::span<std::byte> output;
  std::size_t position = 0;
};

// What libmspack calls instead of the operating system. Nothing in here may throw: the callers are C.
struct MemorySystem : mspack_system {
  base::Bytes input;
  std::span<std::byte> output;
};

MemoryFile* FileOf(mspack_file* file) { return static_cast<MemoryFile*>(file); }

mspack_file* OpenFile(mspack_system* system, const char*, int mode) {
  auto* const memory = static_cast<MemorySystem*>(system);
  auto* const file = new (std::nothrow) MemoryFile{};
  if (file == nullptr) return nullptr;
  if (mode == MSPACK_SYS_OPEN_READ) file->input = memory->input;
  if (mode == MSPACK_SYS_OPEN_WRITE) file->output = memory->output;
  return file;
}

void CloseFile(mspack_file* file) { delete FileOf(file); }

int ReadFile(mspack_file* from, void* buffer, int bytes) {
  MemoryFile& file = *FileOf(from);
  if (bytes < 0) return -1;
  const std::size_t count = std::min(static_cast<std::size_t>(bytes), file.input.size() - file.position);
  if (count > 0) std::memcpy(buffer, file.input.data() + file.position, count);
  file.position += count;
  return static_cast<int>(count);
}

int WriteFile(mspack_file* to, void* buffer, int bytes) {
  MemoryFile& file = *FileOf(to);
  if (bytes < 0 || static_cast<std::size_t>(bytes) > file.output.size() - file.position) return -1;
  if (bytes > 0) std::memcpy(file.output.data() + file.position, buffer, static_cast<std::size_t>(bytes));
  file.position += static_cast<std::size_t>(bytes);
  return bytes;
}

int SeekFile(mspack_file* in, off_t offset, int mode) {
  MemoryFile& file = *FileOf(in);
  const auto size = static_cast<off_t>(file.input.size());
  off_t base = 0;
  if (mode == MSPACK_SYS_SEEK_CUR) base = static_cast<off_t>(file.position);
  if (mode == MSPACK_SYS_SEEK_END) base = size;
  off_t target = 0;
  if (__builtin_add_overflow(base, offset, &target) || target < 0 || target > size) return -1;
  file.position = static_cast<std::size_t>(target);
  return 0;
}

off_t TellFile(mspack_file* file) { return static_cast<off_t>(FileOf(file)->position); }

void DropMessage(mspack_file*, const char*, ...) {}

void* Allocate(mspack_system*, std::size_t bytes) {
  return bytes > kMaxAllocation ? nullptr : std::malloc(std::max<std::size_t>(bytes, 1));
}

void Free(void* memory) { std::free(memory); }

void Copy(void* from, void* to, std::size_t bytes) { std::memcpy(to, from, bytes); }

MemorySystem SystemFor(base::Bytes input) {
  MemorySystem system{};
  system.open = OpenFile;
  system.close = CloseFile;
  system.read = ReadFile;
  system.write = WriteFile;
  system.seek = SeekFile;
  system.tell = TellFile;
  system.message = DropMessage;
  system.alloc = Allocate;
  system.free = Free;
  system.copy = Copy;
  system.input = input;
  return system;
}

struct CloseDecompressor {
  void operator()(mscab_decompressor* decompressor) const { mspack_destroy_cab_decompressor(decompressor); }
};

struct CloseCabinet {
  mscab_decompressor* decompressor;
  void operator()(mscabd_cabinet* cabinet) const { decompressor->close(decompressor, cabinet); }
};

Error ErrorOf(mscab_decompressor& decompressor, std::string_view what) {
  switch (decompressor.last_error(&decompressor)) {
    case MSPACK_ERR_NOMEMORY: return {Code::kLimitExceeded, 0, "cabinet: memory"};
    case MSPACK_ERR_READ: return {Code::kTruncated, 0, what};
    case MSPACK_ERR_SIGNATURE: return {Code::kBadMagic, 0, what};
    default: return {Code::kBadValue, 0, what};
  }
}

}  // namespace

bool IsCabinet(base::Bytes bytes) { return base::AsText(bytes).starts_with("MSCF"); }

base::Result<std::vector<std::byte>> UnpackCabinet(base::Bytes bytes, const UnpackLimits& limits) {
  MemorySystem system = SystemFor(bytes);
  const std::unique_ptr<mscab_decompressor, CloseDecompressor> decompressor(
      mspack_create_cab_decompressor(&system));
  if (!decompressor) return Error{Code::kLimitExceeded, 0, "cabinet: memory"};
  const std::unique_ptr<mscabd_cabinet, CloseCabinet> cabinet(
      decompressor->open(decompressor.get(), "cabinet"), CloseCabinet{decompressor.get()});
  if (!cabinet) return ErrorOf(*decompressor, "cabinet: header");
  mscabd_file* const file = cabinet->files;
  if (file == nullptr || file->next != nullptr) {
    return Error{Code::kUnsupported, 0, "cabinet: it does not hold exactly one file"};
  }
  // All of the folder before the file's end is unpacked, whatever of it is kept.
  const std::uint64_t end = std::uint64_t{file->offset} + file->length;
  if (!limits.Allow(bytes.size(), end)) {
    return Error{Code::kLimitExceeded, 0, "cabinet: size unpacked"};
  }
  std::vector<std::byte> unpacked(file->length);
  system.output = unpacked;
  if (decompressor->extract(decompressor.get(), file, "file") != MSPACK_ERR_OK) {
    return ErrorOf(*decompressor, "cabinet: data");
  }
  return unpacked;
}

}  // namespace cairn::packed
