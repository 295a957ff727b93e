// MinidumpBuilder makes minidumps for tests: correct ones, and ones that are wrong on purpose.
//
// It knows the format by itself (minidumpapiset.h, Breakpad's minidump_format.h) and uses nothing of wire/,
// so that a wrong number there fails a test instead of agreeing with itself. All text is ASCII.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "model/registers.h"
#include "testing/byte_sink.h"

namespace cairn::testing {

struct SystemSpec {
  std::uint16_t architecture = 9;   // amd64
  std::uint16_t level = 6;          // CPU family.
  std::uint16_t revision = 0x5507;  // Model 85, stepping 7.
  std::uint8_t cpu_count = 4;
  std::uint32_t major = 6;
  std::uint32_t minor = 1;
  std::uint32_t build = 0;
  std::uint32_t platform = 0x8201;  // Linux
  std::string build_text = "#1 SMP";
  std::string cpu_vendor = "GenuineIntel";
  std::uint32_t arm_cpuid = 0;  // If it is not zero, this and the next stand where the vendor does.
  std::uint32_t arm_capabilities = 0;
};

// A piece of the process's memory.
struct MemorySpec {
  std::uint64_t address = 0;
  std::vector<std::byte> bytes;
};

struct ThreadSpec {
  std::uint32_t id = 1;
  std::string name;                // Empty: no entry in the thread names.
  std::vector<std::byte> context;  // Amd64Context() makes one; empty: the thread has none.
  MemorySpec stack;
  bool stack_only_in_memory_list =
      false;  // The thread's own stack descriptor has rva 0, as some Windows dumps.
  std::uint64_t teb = 0;
};

struct ModuleSpec {
  std::uint64_t base = 0;
  std::uint32_t size = 0x1000;
  std::string name;
  std::uint32_t timestamp = 0;
  std::vector<std::byte> code_view;    // ElfCodeView(), Pdb70CodeView(); empty: none.
  std::vector<std::uint32_t> version;  // {ms, ls} of VS_FIXEDFILEINFO's file version, or four ELF numbers.
};

struct ExceptionSpec {
  std::uint32_t thread_id = 1;
  std::uint32_t code = 11;
  std::uint32_t flags = 1;
  std::uint64_t address = 0;
  std::vector<std::uint64_t> parameters;
  std::vector<std::byte> context;  // Empty: none.
};

// MDRawAssertionInfo.
struct AssertionSpec {
  std::string_view expression;
  std::string_view function;
  std::string_view file;
  std::uint32_t line = 0;
  std::uint32_t type = 0;  // 1: invalid parameter. 2: pure virtual call.
};

class MinidumpBuilder {
 public:
  explicit MinidumpBuilder(std::endian order = std::endian::little) : order_(order) {}

  MinidumpBuilder& System(SystemSpec system) { return Set(system_, std::move(system)); }
  MinidumpBuilder& Exception(ExceptionSpec exception) { return Set(exception_, std::move(exception)); }
  MinidumpBuilder& Thread(ThreadSpec thread);
  MinidumpBuilder& Module(ModuleSpec module);
  MinidumpBuilder& Memory(MemorySpec memory);
  MinidumpBuilder& MiscInfo(std::uint32_t process_id, std::uint32_t create_time_s);
  MinidumpBuilder& LinuxMaps(std::string_view text);
  MinidumpBuilder& BreakpadInfo(std::uint32_t dump_thread_id, std::uint32_t requesting_thread_id);
  MinidumpBuilder& Assertion(AssertionSpec assertion);
  MinidumpBuilder& CrashpadAnnotation(std::string name, std::string value);  // Of the process.
  MinidumpBuilder& CrashpadModuleAnnotation(std::string name,
                                            std::string value);  // An annotation object of module 0.
  // A stream whose bytes the caller made; they may not hold places in the file.
  MinidumpBuilder& Stream(std::uint32_t type, std::vector<std::byte> bytes);
  // A stream with places in the file: when the file is built, `make` writes it, and what it points at with
  // the Place functions.
  using StreamMaker = std::function<void(MinidumpBuilder& file, ByteSink& stream)>;
  MinidumpBuilder& StreamFrom(std::uint32_t type, StreamMaker make);
  // Four bytes of padding behind the count of each list, as some writers put them.
  MinidumpBuilder& PadLists() { return Set(pad_lists_, true); }
  // Memory64List in place of MemoryList.
  MinidumpBuilder& FullMemory() { return Set(full_memory_, true); }

  // Where something lies in the file: MINIDUMP_LOCATION_DESCRIPTOR.
  struct Blob {
    std::uint32_t size = 0;
    std::uint32_t rva = 0;
  };
  // For makers of streams only: put something into the file and say where.
  Blob Place(base::Bytes bytes);
  std::uint32_t PlaceUtf16(std::string_view text);
  std::uint32_t PlaceUtf8(std::string_view text);
  std::endian order() const { return order_; }

  // The file. May be called once.
  std::vector<std::byte> Build();

  // {first byte, byte past the last} of each stream of the built file by type, for tests that cut there.
  const std::map<std::uint32_t, std::pair<std::size_t, std::size_t>>& stream_ranges() const {
    return ranges_;
  }

 private:
  template <typename Member, typename Value>
  MinidumpBuilder& Set(Member& member, Value&& value) {
    member = std::forward<Value>(value);
    return *this;
  }
  void BeginList(ByteSink& list, std::size_t count) const;
  void WriteSystem();
  void WriteThreads();
  void WriteModules();
  void WriteMemory();
  void WriteException();
  void WriteCrashpad();
  Blob PlaceDictionary(const std::map<std::string, std::string>& entries);
  void AddStream(std::uint32_t type, base::Bytes bytes);

  std::endian order_;
  std::optional<SystemSpec> system_;
  std::optional<ExceptionSpec> exception_;
  std::vector<ThreadSpec> threads_;
  std::vector<ModuleSpec> modules_;
  std::vector<MemorySpec> memory_;
  std::map<std::string, std::string> annotations_;
  std::map<std::string, std::string> module_annotations_;
  std::vector<std::pair<std::uint32_t, StreamMaker>> raw_streams_;
  bool pad_lists_ = false;
  bool full_memory_ = false;

  ByteSink file_{std::endian::little};
  std::vector<std::pair<std::uint32_t, Blob>> directory_;
  std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> ranges_;
};

// CONTEXT of amd64 (winnt.h) with the integer registers and rip of `registers`; unknown ones are zero.
std::vector<std::byte> Amd64Context(const model::Registers& registers,
                                    std::endian order = std::endian::little);

// The CodeView record that Breakpad and Crashpad write for ELF: "LEpB" and the build id.
std::vector<std::byte> ElfCodeView(base::Bytes build_id, std::endian order = std::endian::little);

// "RSDS": GUID as 16 bytes in file order, age, file name.
std::vector<std::byte> Pdb70CodeView(base::Bytes guid, std::uint32_t age, std::string_view file,
                                     std::endian order = std::endian::little);

}  // namespace cairn::testing
