// Makers of the minidump streams that MinidumpBuilder has no words for, and a dump that has all of them.
//
// Like the builder they know the formats by themselves: minidumpapiset.h, Crashpad's minidump_extensions.h,
// Mozilla's additions to Breakpad's minidump_format.h. All text is ASCII.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "testing/minidump_builder.h"

namespace cairn::testing {

struct UnloadedModuleSpec {
  std::uint64_t base = 0;
  std::uint32_t size = 0;
  std::uint32_t timestamp = 0;
  std::string name;
};
MinidumpBuilder::StreamMaker UnloadedModules(std::vector<UnloadedModuleSpec> modules);  // Stream 14.

struct HandleSpec {
  std::uint64_t handle = 0;
  std::string type_name;  // Empty names have rva 0.
  std::string object_name;
};
// Stream 12, of descriptors that are `descriptor_bytes` long: 32 in version 1, 40 in version 2.
MinidumpBuilder::StreamMaker Handles(std::vector<HandleSpec> handles, std::uint32_t descriptor_bytes = 32);

struct RegionSpec {
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::uint32_t state = 0x1000;  // Committed.
  std::uint32_t protection = 0x04;
};
MinidumpBuilder::StreamMaker MemoryInfo(std::vector<RegionSpec> regions);  // Stream 16.

struct ThreadInfoSpec {
  std::uint32_t id = 0;
  std::uint64_t start_address = 0;
};
MinidumpBuilder::StreamMaker ThreadInfos(std::vector<ThreadInfoSpec> infos);  // Stream 17.

struct FunctionTableSpec {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::vector<std::uint32_t> entries;  // Three words each: begin, end, unwind information.
  std::uint32_t pad_bytes = 0;
};
MinidumpBuilder::StreamMaker FunctionTables(std::vector<FunctionTableSpec> tables);  // Stream 13.

struct SystemMemorySpec {
  std::uint16_t flags = 0x2;  // The counts of 64 bits are there; else those of 32 bits.
  std::uint32_t page_bytes = 4096;
  std::uint32_t physical_pages = 0;
  std::uint64_t available_pages = 0;
  std::uint64_t committed_pages = 0;
  std::uint64_t commit_limit_pages = 0;
};
MinidumpBuilder::StreamMaker SystemMemory(SystemMemorySpec memory);  // Stream 21.

struct MacRecordSpec {
  std::uint64_t version = 5;
  std::uint64_t thread = 0;          // Version 4 and later.
  std::uint64_t dialog_mode = 0;     // Version 4 and later.
  std::uint64_t abort_cause = 0;     // Version 5 and later.
  std::array<std::string, 5> texts;  // Module, message, signature string, backtrace, message 2.
};
// Stream 0x4d7a0001. All records must be of one version.
MinidumpBuilder::StreamMaker MacCrashInfo(std::vector<MacRecordSpec> records);

MinidumpBuilder::StreamMaker MacBootArgs(std::string text);  // Stream 0x4d7a0002.

struct ModuleAnnotationsSpec {
  std::uint32_t module = 0;
  std::vector<std::string> list;
  std::map<std::string, std::string> dictionary;
  std::map<std::string, std::string> objects;  // Of type 1, text.
};
struct CrashpadSpec {
  std::uint8_t report_id = 0;  // Each byte of the id.
  std::uint8_t client_id = 0;
  std::map<std::string, std::string> dictionary;
  std::vector<ModuleAnnotationsSpec> modules;
  std::uint64_t address_mask = 0;  // Zero: the shorter stream of old writers.
};
MinidumpBuilder::StreamMaker Crashpad(CrashpadSpec crashpad);  // Stream 0x43500001.

struct MiscInfoSpec {
  std::uint32_t flags = 0x3f7;
  std::uint32_t process_id = 0;
  std::uint32_t create_time_s = 0;
  std::uint32_t integrity_level = 0;
  std::string build;
  std::string debug_build;
  std::uint32_t process_cookie = 0;
};
MinidumpBuilder::StreamMaker MiscInfo5(MiscInfoSpec info);  // Stream 15, version 5.

// The sample crash (sample_crash.h) with at least one of every stream that is read, and one that is unknown.
MinidumpBuilder EveryStream(std::endian order = std::endian::little);

}  // namespace cairn::testing
