#include "testing/stream_builders.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "testing/sample_crash.h"

namespace cairn::testing {
namespace {

using Blob = MinidumpBuilder::Blob;

void PutText16(ByteSink& sink, std::string_view ascii, std::size_t units) {
  for (std::size_t i = 0; i < units; ++i)
    sink.U16(i < ascii.size() ? static_cast<std::uint16_t>(ascii[i]) : 0);
}

Blob PlaceDictionary(MinidumpBuilder& file, const std::map<std::string, std::string>& entries) {
  if (entries.empty()) return {};
  ByteSink sink(file.order());
  sink.U32(static_cast<std::uint32_t>(entries.size()));
  for (const auto& [key, value] : entries) {
    const std::uint32_t key_rva = file.PlaceUtf8(key);
    sink.U32(key_rva).U32(file.PlaceUtf8(value));
  }
  return file.Place(sink.bytes());
}

// MinidumpAnnotationList; the values are byte arrays without a zero behind them.
Blob PlaceObjects(MinidumpBuilder& file, const std::map<std::string, std::string>& entries) {
  if (entries.empty()) return {};
  ByteSink sink(file.order());
  sink.U32(static_cast<std::uint32_t>(entries.size()));
  for (const auto& [name, value] : entries) {
    ByteSink array(file.order());
    array.U32(static_cast<std::uint32_t>(value.size())).Text(value);
    const std::uint32_t name_rva = file.PlaceUtf8(name);
    sink.U32(name_rva).U16(1).U16(0).U32(file.Place(array.bytes()).rva);
  }
  return file.Place(sink.bytes());
}

Blob PlaceTexts(MinidumpBuilder& file, const std::vector<std::string>& texts) {
  if (texts.empty()) return {};
  ByteSink sink(file.order());
  sink.U32(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) sink.U32(file.PlaceUtf8(text));
  return file.Place(sink.bytes());
}

Blob PlaceModuleAnnotations(MinidumpBuilder& file, const std::vector<ModuleAnnotationsSpec>& modules) {
  if (modules.empty()) return {};
  ByteSink list(file.order());
  list.U32(static_cast<std::uint32_t>(modules.size()));
  for (const ModuleAnnotationsSpec& module : modules) {
    ByteSink info(file.order());
    info.U32(1);  // Version.
    for (const Blob& blob : {PlaceTexts(file, module.list), PlaceDictionary(file, module.dictionary),
                             PlaceObjects(file, module.objects)}) {
      info.U32(blob.size).U32(blob.rva);
    }
    const Blob blob = file.Place(info.bytes());
    list.U32(module.module).U32(blob.size).U32(blob.rva);
  }
  return file.Place(list.bytes());
}

}  // namespace

MinidumpBuilder::StreamMaker UnloadedModules(std::vector<UnloadedModuleSpec> modules) {
  return [modules = std::move(modules)](MinidumpBuilder& file, ByteSink& stream) {
    stream.U32(12).U32(24).U32(static_cast<std::uint32_t>(modules.size()));
    for (const UnloadedModuleSpec& module : modules) {
      stream.U64(module.base).U32(module.size).U32(0).U32(module.timestamp);
      stream.U32(file.PlaceUtf16(module.name));
    }
  };
}

MinidumpBuilder::StreamMaker Handles(std::vector<HandleSpec> handles, std::uint32_t descriptor_bytes) {
  return [handles = std::move(handles), descriptor_bytes](MinidumpBuilder& file, ByteSink& stream) {
    stream.U32(16).U32(descriptor_bytes).U32(static_cast<std::uint32_t>(handles.size())).U32(0);
    for (const HandleSpec& handle : handles) {
      stream.U64(handle.handle);
      stream.U32(handle.type_name.empty() ? 0 : file.PlaceUtf16(handle.type_name));
      stream.U32(handle.object_name.empty() ? 0 : file.PlaceUtf16(handle.object_name));
      stream.U32(0).U32(0x1f).U32(2).U32(3);  // attributes, access, handles, pointers
      stream.Zeros(descriptor_bytes - 32);
    }
  };
}

MinidumpBuilder::StreamMaker MemoryInfo(std::vector<RegionSpec> regions) {
  return [regions = std::move(regions)](MinidumpBuilder&, ByteSink& stream) {
    stream.U32(16).U32(48).U64(regions.size());
    for (const RegionSpec& region : regions) {
      stream.U64(region.base).U64(region.base).U32(region.protection).U32(0).U64(region.size);
      stream.U32(region.state).U32(region.protection).U32(0x20000).U32(0);
    }
  };
}

MinidumpBuilder::StreamMaker ThreadInfos(std::vector<ThreadInfoSpec> infos) {
  return [infos = std::move(infos)](MinidumpBuilder&, ByteSink& stream) {
    stream.U32(12).U32(64).U32(static_cast<std::uint32_t>(infos.size()));
    for (const ThreadInfoSpec& info : infos) {
      stream.U32(info.id).U32(0).U32(0).U32(259);  // flags, error, exit status: still active
      stream.U64(132223104000000000).U64(0).U64(10000).U64(20000).U64(info.start_address).U64(0xff);
    }
  };
}

MinidumpBuilder::StreamMaker FunctionTables(std::vector<FunctionTableSpec> tables) {
  return [tables = std::move(tables)](MinidumpBuilder&, ByteSink& stream) {
    constexpr std::uint32_t kNativeBytes = 8;
    constexpr std::uint32_t kEntryBytes = 12;
    stream.U32(24).U32(32).U32(kNativeBytes).U32(kEntryBytes);
    stream.U32(static_cast<std::uint32_t>(tables.size())).U32(0);
    for (const FunctionTableSpec& table : tables) {
      stream.U64(table.start).U64(table.end).U64(table.start);
      stream.U32(static_cast<std::uint32_t>(table.entries.size() / 3)).U32(table.pad_bytes);
      stream.U64(0x1122334455667788);
      for (const std::uint32_t word : table.entries) stream.U32(word);
      stream.Zeros(table.pad_bytes);
    }
  };
}

MinidumpBuilder::StreamMaker SystemMemory(SystemMemorySpec memory) {
  return [memory](MinidumpBuilder&, ByteSink& stream) {
    const bool is_wide = (memory.flags & 0x2) != 0;
    const auto narrow = [&](std::uint64_t pages) { return is_wide ? 0 : static_cast<std::uint32_t>(pages); };
    const auto wide = [&](std::uint64_t pages) { return is_wide ? pages : 0; };
    stream.U16(1).U16(memory.flags);
    stream.U32(156250).U32(memory.page_bytes).U32(memory.physical_pages);  // BasicInfo, 52 bytes
    stream.Zeros(40);
    stream.Zeros(60);  // FileCacheInfo
    stream.U64(wide(memory.available_pages)).U64(wide(memory.committed_pages));
    stream.U64(wide(memory.commit_limit_pages)).U64(0);  // BasicPerfInfo, 32 bytes
    stream.Zeros(44);
    stream.U32(narrow(memory.available_pages)).U32(narrow(memory.committed_pages));
    stream.U32(narrow(memory.commit_limit_pages)).U32(0);
    stream.Zeros(492 - stream.size());
  };
}

MinidumpBuilder::StreamMaker MacCrashInfo(std::vector<MacRecordSpec> records) {
  return [records = std::move(records)](MinidumpBuilder& file, ByteSink& stream) {
    constexpr std::size_t kRecordsMax = 20;
    const std::uint64_t version = records.empty() ? 5 : records.front().version;
    const std::uint32_t numbers_bytes = version >= 5 ? 40 : version == 4 ? 32 : 16;
    stream.U32(0x4d7a0001).U32(static_cast<std::uint32_t>(records.size())).U32(numbers_bytes);
    for (const MacRecordSpec& record : records) {
      ByteSink sink(file.order());
      sink.U64(0x4d7a0001).U64(record.version);
      if (record.version >= 4) sink.U64(record.thread).U64(record.dialog_mode);
      if (record.version >= 5) sink.U64(record.abort_cause);
      if (record.version >= 4) {
        for (const std::string& text : record.texts) sink.Text(text).U8(0);
      }
      const Blob blob = file.Place(sink.bytes());
      stream.U32(blob.size).U32(blob.rva);
    }
    stream.Zeros(8 * (kRecordsMax - std::min(records.size(), kRecordsMax)));
  };
}

MinidumpBuilder::StreamMaker MacBootArgs(std::string text) {
  return [text = std::move(text)](MinidumpBuilder& file, ByteSink& stream) {
    stream.U32(0x4d7a0002).U64(file.PlaceUtf16(text));
  };
}

MinidumpBuilder::StreamMaker Crashpad(CrashpadSpec crashpad) {
  return [crashpad = std::move(crashpad)](MinidumpBuilder& file, ByteSink& stream) {
    stream.U32(1);
    for (int i = 0; i < 16; ++i) stream.U8(crashpad.report_id);
    for (int i = 0; i < 16; ++i) stream.U8(crashpad.client_id);
    for (const Blob& blob :
         {PlaceDictionary(file, crashpad.dictionary), PlaceModuleAnnotations(file, crashpad.modules)}) {
      stream.U32(blob.size).U32(blob.rva);
    }
    if (crashpad.address_mask != 0) stream.U32(0).U64(crashpad.address_mask);
  };
}

MinidumpBuilder::StreamMaker MiscInfo5(MiscInfoSpec info) {
  return [info = std::move(info)](MinidumpBuilder&, ByteSink& stream) {
    stream.U32(1364).U32(info.flags).U32(info.process_id).U32(info.create_time_s).U32(3).U32(4);
    stream.U32(3000).U32(2000).U32(3000).U32(1).U32(0);                // version 2
    stream.U32(info.integrity_level).U32(0x4d).U32(0).U32(1).U32(60);  // version 3, Bias
    PutText16(stream, "Standard", 32);
    stream.Zeros(16).U32(0);
    PutText16(stream, "Summer", 32);
    stream.Zeros(16).U32(0);
    PutText16(stream, info.build, 260);  // version 4
    PutText16(stream, info.debug_build, 40);
    stream.U32(528).U32(0x340).U64(7).Zeros(512).U32(info.process_cookie);  // version 5
  };
}

MinidumpBuilder EveryStream(std::endian order) {
  MinidumpBuilder dump = SampleCrash(order);
  const auto text = [](std::string_view words) {
    const base::Bytes bytes = base::AsBytes(words);
    return std::vector<std::byte>(bytes.begin(), bytes.end());
  };
  dump.BreakpadInfo(1, 2).Assertion({"x > 0", "Check", "a.cc", 12, 1});
  ByteSink comment(order);
  PutText16(comment, "a comment", 10);
  dump.Stream(10, text("a comment")).Stream(11, comment.Take());
  dump.StreamFrom(12, Handles({{4, "File", "C:\\x"}, {8, "Event", ""}}, 40));
  dump.StreamFrom(
      13, FunctionTables({{0x5000, 0x6000, {0x10, 0x20, 0x30}, 4}, {0x7000, 0x8000, {1, 2, 3, 4, 5, 6}, 0}}));
  dump.StreamFrom(14, UnloadedModules({{0x9000, 0x1000, 0x5a5a, "old.dll"}}));
  dump.StreamFrom(
      15, MiscInfo5({.process_id = 4711, .create_time_s = 1699999990, .build = "10.0", .process_cookie = 9}));
  dump.StreamFrom(16, MemoryInfo({{0x400000, 0x10000, 0x1000, 0x20}, {0x10000, 0x1000, 0x2000, 0}}));
  dump.StreamFrom(17, ThreadInfos({{100, 0x401000}}));
  dump.StreamFrom(21,
                  SystemMemory({.physical_pages = 1000, .available_pages = 10, .commit_limit_pages = 2000}));
  dump.Stream(22, std::vector<std::byte>(152, std::byte{1}));
  dump.Stream(0x47670003, text("processor\t: 0\nmicrocode\t: 0xf0\n"));
  dump.Stream(0x47670004, text("Name:\tcrashy\nPid:\t4711\n"));
  dump.Stream(0x47670005, text("DISTRIB_ID=Ubuntu\nDISTRIB_DESCRIPTION=\"Ubuntu 22.04\"\n"));
  dump.Stream(0x47670006, text(std::string_view("crashy\0--now\0", 13)));
  dump.Stream(0x47670007, text(std::string_view("HOME=/root\0A=b\0", 15)));
  dump.Stream(0x47670008, ByteSink(order).U64(3).U64(0x400040).U64(0).U64(0).Take());
  dump.Stream(0x4767000a, ByteSink(order).U32(1).U32(0).U32(1).U64(0x400000).U64(0x400e00).Take());
  dump.StreamFrom(0x43500001, Crashpad({.report_id = 0x11,
                                        .client_id = 0x22,
                                        .dictionary = {{"channel", "beta"}},
                                        .modules = {{1, {"one", "two"}, {{"k", "v"}}, {{"object", "text"}}}},
                                        .address_mask = 0xffffffffffff}));
  dump.StreamFrom(0x4d7a0001,
                  MacCrashInfo({{.thread = 1, .dialog_mode = 2, .abort_cause = 3, .texts = {"/a", "m"}}}));
  dump.StreamFrom(0x4d7a0002, MacBootArgs("-v"));
  dump.Stream(0x4d7a0003,
              text("Limit                     Soft Limit           Hard Limit           Units     \n"
                   "Max open files            1024                 4096                 files     \n"));
  dump.Stream(0x4d7a0004, text("[{\"InitErrors\": []}]"));
  dump.Stream(0xabcd1234, text("unknown"));
  return dump;
}

}  // namespace cairn::testing
