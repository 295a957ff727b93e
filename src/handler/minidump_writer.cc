#include "handler/minidump_writer.h"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <span>
#include <string_view>

#include "base/byte_reader.h"
#include "handler/process_maps.h"

namespace cairn::handler {
namespace {

// MINIDUMP_LOCATION_DESCRIPTOR.
struct Location {
  std::uint32_t size = 0;
  std::uint32_t rva = 0;
};

// The file as far as it is written. All numbers are little-endian, which the only CPU here is.
class DumpBytes {
 public:
  std::uint32_t position() const { return static_cast<std::uint32_t>(bytes_.size()); }

  template <std::integral T>
  void Number(T value) {
    const auto raw = std::as_bytes(std::span(&value, 1));
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  void Place(Location location) {
    Number(location.size);
    Number(location.rva);
  }
  void Zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }
  Location Bytes(base::Bytes bytes) {
    const Location location{static_cast<std::uint32_t>(bytes.size()), position()};
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return location;
  }
  // MINIDUMP_STRING: its size in bytes, UTF-16, a zero. Paths and comm are UTF-8; a byte that is not becomes
  // U+FFFD.
  std::uint32_t Utf16(std::string_view text);
  // Crashpad's MinidumpUTF8String: its size, bytes, a zero.
  std::uint32_t Utf8(std::string_view text);

  // Streams and what they point to begin at multiples of eight.
  void Align() { Zeros((8 - bytes_.size() % 8) % 8); }

  template <std::integral T>
  void Overwrite(std::uint32_t rva, T value) {
    std::memcpy(bytes_.data() + rva, &value, sizeof(value));
  }
  std::vector<std::byte> Take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

constexpr char32_t kReplacement = 0xfffd;

// Takes one code point off the front.
char32_t TakeCodePoint(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 0;
  if (more == 0 || lead > 0xf4 || text.size() < more) return kReplacement;
  char32_t point = lead & (0x3fU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return kReplacement;
    point = point << 6 | (next & 0x3f);
  }
  text.remove_prefix(more);
  return point;
}

std::uint32_t DumpBytes::Utf16(std::string_view text) {
  std::u16string units;
  while (!text.empty()) {
    const char32_t point = TakeCodePoint(text);
    if (point < 0x10000) {
      units.push_back(static_cast<char16_t>(point));
    } else {
      units.push_back(static_cast<char16_t>(0xd800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xdc00 + ((point - 0x10000) & 0x3ff)));
    }
  }
  Align();
  const std::uint32_t rva = position();
  Number(static_cast<std::uint32_t>(units.size() * sizeof(char16_t)));
  for (const char16_t unit : units) Number(static_cast<std::uint16_t>(unit));
  Number(std::uint16_t{0});
  return rva;
}

std::uint32_t DumpBytes::Utf8(std::string_view text) {
  Align();
  const std::uint32_t rva = position();
  Number(static_cast<std::uint32_t>(text.size()));
  Bytes(base::AsBytes(text));
  Number(std::uint8_t{0});
  return rva;
}

class Writer {
 public:
  explicit Writer(const ProcessSnapshot& snapshot) : snapshot_(snapshot) {}

  std::vector<std::byte> Write() {
    dump_.Zeros(wire::kHeaderSize + kStreams.size() * wire::kDirectoryEntrySize);
    std::uint32_t entry = wire::kHeaderSize;
    for (const auto& [type, write] : kStreams) {
      const Location location = (this->*write)();
      dump_.Overwrite(entry, static_cast<std::uint32_t>(type));
      dump_.Overwrite(entry + 4, location.size);
      dump_.Overwrite(entry + 8, location.rva);
      entry += wire::kDirectoryEntrySize;
    }
    // MINIDUMP_HEADER; checksum and flags stay zero.
    dump_.Overwrite(0, wire::kMinidumpSignature);
    dump_.Overwrite(4, std::uint32_t{wire::kMinidumpVersion});
    dump_.Overwrite(8, static_cast<std::uint32_t>(kStreams.size()));
    dump_.Overwrite(12, wire::kHeaderSize);
    dump_.Overwrite(20, snapshot_.crash_time_s);
    return dump_.Take();
  }

 private:
  struct Stream {
    wire::StreamType type;
    Location (Writer::*write)();
  };

  // What a stream points to is written before it, so that a stream is one piece; Begin gives its start.
  std::uint32_t Begin() {
    dump_.Align();
    return dump_.position();
  }
  Location End(std::uint32_t start) const { return {dump_.position() - start, start}; }

  Location WriteSystemInfo();
  Location WriteMiscInfo();
  Location WriteThreadList();
  Location WriteThreadNames();
  Location WriteModuleList();
  Location WriteMemoryList();
  Location WriteException();
  Location WriteMaps();
  Location WriteMemoryInfoList();
  Location WriteCrashpadInfo();

  static constexpr std::array<Stream, 10> kStreams = {{
      {wire::StreamType::kSystemInfo, &Writer::WriteSystemInfo},
      {wire::StreamType::kMiscInfo, &Writer::WriteMiscInfo},
      {wire::StreamType::kThreadList, &Writer::WriteThreadList},
      {wire::StreamType::kThreadNames, &Writer::WriteThreadNames},
      {wire::StreamType::kModuleList, &Writer::WriteModuleList},
      {wire::StreamType::kMemoryList, &Writer::WriteMemoryList},
      {wire::StreamType::kException, &Writer::WriteException},
      {wire::StreamType::kLinuxMaps, &Writer::WriteMaps},
      {wire::StreamType::kMemoryInfoList, &Writer::WriteMemoryInfoList},
      {wire::StreamType::kCrashpadInfo, &Writer::WriteCrashpadInfo},
  }};

  struct PlacedBlock {
    model::ProcessAddress start;
    Location location;
  };

  const ProcessSnapshot& snapshot_;
  DumpBytes dump_;
  std::vector<PlacedBlock> blocks_;  // All memory written so far, for the memory list.
};

// MINIDUMP_SYSTEM_INFO.
Location Writer::WriteSystemInfo() {
  const SystemSnapshot& system = snapshot_.system;
  const std::uint32_t version_rest = dump_.Utf16(system.version_rest);
  const std::uint32_t signature = system.cpu_signature;
  std::uint32_t family = signature >> 8 & 0xf;
  std::uint32_t model_number = signature >> 4 & 0xf;
  // Intel's manual volume 2, CPUID: the extended fields count for families 6 and 15.
  if (family == 6 || family == 15) model_number += (signature >> 16 & 0xf) << 4;
  if (family == 15) family += signature >> 20 & 0xff;

  const std::uint32_t start = Begin();
  dump_.Number(static_cast<std::uint16_t>(wire::ProcessorArchitecture::kAmd64));
  dump_.Number(static_cast<std::uint16_t>(family));
  dump_.Number(static_cast<std::uint16_t>(model_number << 8 | (signature & 0xf)));
  dump_.Number(system.cpu_count);
  dump_.Number(std::uint8_t{0});  // ProductType.
  for (const std::uint32_t part : system.version) dump_.Number(part);
  dump_.Number(static_cast<std::uint32_t>(wire::PlatformId::kLinux));
  dump_.Number(version_rest);
  dump_.Number(std::uint32_t{0});  // SuiteMask and Reserved2.
  // CPU_INFORMATION.X86CpuInfo: Breakpad's reader takes it for amd64 as well.
  dump_.Bytes(std::as_bytes(std::span(system.cpu_vendor)));
  dump_.Number(signature);
  dump_.Number(system.cpu_features);
  dump_.Number(std::uint32_t{0});  // AMDExtendedCpuFeatures.
  return End(start);
}

// MINIDUMP_MISC_INFO.
Location Writer::WriteMiscInfo() {
  const std::uint32_t start = Begin();
  const bool times = snapshot_.start_time_s != 0;
  dump_.Number(wire::kMiscInfo1Size);
  dump_.Number(wire::kMiscProcessId | (times ? wire::kMiscProcessTimes : 0));
  dump_.Number(snapshot_.process_id);
  dump_.Number(snapshot_.start_time_s);
  dump_.Zeros(8);  // ProcessUserTime, ProcessKernelTime.
  return End(start);
}

// MINIDUMP_THREAD_LIST.
Location Writer::WriteThreadList() {
  struct Placed {
    Location stack;
    Location context;
  };
  std::vector<Placed> placed;
  for (const ThreadSnapshot& thread : snapshot_.threads) {
    dump_.Align();
    const Location context = dump_.Bytes(thread.context);
    const Location stack = dump_.Bytes(thread.stack.bytes);
    placed.push_back({stack, context});
    if (stack.size != 0) blocks_.push_back({thread.stack.start, stack});
  }
  const std::uint32_t start = Begin();
  dump_.Number(static_cast<std::uint32_t>(placed.size()));
  for (std::size_t i = 0; i < placed.size(); ++i) {
    dump_.Number(snapshot_.threads[i].id);
    dump_.Zeros(20);  // SuspendCount, PriorityClass, Priority, Teb.
    dump_.Number(snapshot_.threads[i].stack.start.value);
    dump_.Place(placed[i].stack);
    dump_.Place(placed[i].context);
  }
  return End(start);
}

// MINIDUMP_THREAD_NAME_LIST.
Location Writer::WriteThreadNames() {
  std::vector<std::uint64_t> names;
  names.reserve(snapshot_.threads.size());
  for (const ThreadSnapshot& thread : snapshot_.threads) names.push_back(dump_.Utf16(thread.name));
  const std::uint32_t start = Begin();
  dump_.Number(static_cast<std::uint32_t>(names.size()));
  for (std::size_t i = 0; i < names.size(); ++i) {
    dump_.Number(snapshot_.threads[i].id);
    dump_.Number(names[i]);
  }
  return End(start);
}

// MINIDUMP_MODULE_LIST.
Location Writer::WriteModuleList() {
  struct Placed {
    std::uint32_t name = 0;
    Location code_view;
  };
  std::vector<Placed> placed;
  for (const ModuleSnapshot& module : snapshot_.modules) {
    Placed place{.name = dump_.Utf16(module.path), .code_view = {}};
    dump_.Align();
    if (!module.build_id.empty()) {
      place.code_view.rva = dump_.position();
      dump_.Number(wire::kCodeViewElf);
      dump_.Bytes(module.build_id);
      place.code_view.size = dump_.position() - place.code_view.rva;
    }
    placed.push_back(place);
  }
  const std::uint32_t start = Begin();
  dump_.Number(static_cast<std::uint32_t>(placed.size()));
  for (std::size_t i = 0; i < placed.size(); ++i) {
    dump_.Number(snapshot_.modules[i].base.value);
    dump_.Number(snapshot_.modules[i].size);
    dump_.Zeros(8);  // CheckSum, TimeDateStamp.
    dump_.Number(placed[i].name);
    dump_.Zeros(52);  // VS_FIXEDFILEINFO.
    dump_.Place(placed[i].code_view);
    dump_.Zeros(24);  // MiscRecord, Reserved0, Reserved1.
  }
  return End(start);
}

// MINIDUMP_MEMORY_LIST: the stacks, which are in the file already, and the other blocks.
Location Writer::WriteMemoryList() {
  for (const MemoryBlock& block : snapshot_.memory) {
    dump_.Align();
    blocks_.push_back({block.start, dump_.Bytes(block.bytes)});
  }
  const std::uint32_t start = Begin();
  dump_.Number(static_cast<std::uint32_t>(blocks_.size()));
  for (const PlacedBlock& block : blocks_) {
    dump_.Number(block.start.value);
    dump_.Place(block.location);
  }
  return End(start);
}

// MINIDUMP_EXCEPTION_STREAM, with the signal in place of the code and si_code in place of the flags.
Location Writer::WriteException() {
  const ExceptionSnapshot& exception = snapshot_.exception;
  dump_.Align();
  const Location context = dump_.Bytes(exception.context);
  const std::uint32_t start = Begin();
  dump_.Number(exception.thread_id);
  dump_.Zeros(4);
  dump_.Number(exception.signal_number);
  dump_.Number(exception.signal_code);
  dump_.Zeros(8);  // ExceptionRecord.
  dump_.Number(exception.address.value);
  dump_.Zeros(8 +
              8 * wire::kMaxExceptionParameters);  // NumberParameters and alignment, ExceptionInformation.
  dump_.Place(context);
  return End(start);
}

Location Writer::WriteMaps() {
  const std::uint32_t start = Begin();
  dump_.Bytes(base::AsBytes(snapshot_.maps));
  return End(start);
}

std::uint32_t ProtectionOf(const Mapping& mapping) {
  if (mapping.executable) {
    if (mapping.writable) return wire::kPageExecuteReadWrite;
    return mapping.readable ? wire::kPageExecuteRead : wire::kPageExecute;
  }
  if (mapping.writable) return wire::kPageReadWrite;
  return mapping.readable ? wire::kPageReadOnly : wire::kPageNoAccess;
}

// MINIDUMP_MEMORY_INFO_LIST.
Location Writer::WriteMemoryInfoList() {
  const std::vector<Mapping> mappings = ParseMaps(snapshot_.maps);
  const std::uint32_t start = Begin();
  dump_.Number(wire::kMemoryInfoHeaderSize);
  dump_.Number(wire::kMemoryInfoSize);
  dump_.Number(std::uint64_t{mappings.size()});
  for (const Mapping& mapping : mappings) {
    const std::uint32_t protection = ProtectionOf(mapping);
    dump_.Number(mapping.start.value);
    dump_.Number(mapping.start.value);
    dump_.Number(protection);
    dump_.Zeros(4);
    dump_.Number(mapping.end.value - mapping.start.value);
    dump_.Number(wire::kMemoryCommitted);
    dump_.Number(protection);
    dump_.Number(mapping.inode != 0 ? wire::kMemoryMapped : wire::kMemoryPrivate);
    dump_.Zeros(4);
  }
  return End(start);
}

// Crashpad's MinidumpCrashpadInfo with simple annotations and an empty module list.
Location Writer::WriteCrashpadInfo() {
  struct Placed {
    std::uint32_t key = 0;
    std::uint32_t value = 0;
  };
  std::vector<Placed> placed;
  for (const auto& [key, value] : snapshot_.annotations) {
    const std::uint32_t key_rva = dump_.Utf8(key);
    placed.push_back({key_rva, dump_.Utf8(value)});
  }
  const std::uint32_t dictionary = Begin();
  dump_.Number(static_cast<std::uint32_t>(placed.size()));
  for (const Placed& pair : placed) {
    dump_.Number(pair.key);
    dump_.Number(pair.value);
  }
  const Location dictionary_location = End(dictionary);
  const std::uint32_t start = Begin();
  dump_.Number(wire::kCrashpadInfoVersion);
  dump_.Bytes(snapshot_.report_id);
  dump_.Zeros(16);  // Client id.
  dump_.Place(dictionary_location);
  dump_.Zeros(8);  // Module list.
  return End(start);
}

}  // namespace

std::vector<std::byte> WriteMinidump(const ProcessSnapshot& snapshot) { return Writer(snapshot).Write(); }

}  // namespace cairn::handler
