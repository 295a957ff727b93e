// The fixtures' dumps: what is read of them is what rust-minidump says of them.
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/hex.h"
#include "formats/minidump/dump_for_test.h"
#include "formats/minidump/handles.h"
#include "formats/minidump/linux_maps.h"
#include "formats/minidump/linux_text.h"
#include "formats/minidump/mac_info.h"
#include "formats/minidump/modules.h"
#include "formats/minidump/soft_errors.h"
#include "formats/minidump/system_info.h"
#include "formats/minidump/threads.h"
#include "formats/minidump/unloaded_modules.h"

namespace cairn::minidump {
namespace {

using simdjson::dom::element;

// A file, or the same with ".xz", without its compression. Empty if neither is there.
std::string ReadFixture(std::string path) {
  if (!std::filesystem::exists(path)) path += ".xz";
  struct archive* reader = archive_read_new();
  archive_read_support_filter_xz(reader);
  archive_read_support_filter_none(reader);
  archive_read_support_format_raw(reader);
  std::string text;
  struct archive_entry* entry = nullptr;
  constexpr std::size_t kBlockBytes = 65536;
  if (archive_read_open_filename(reader, path.c_str(), kBlockBytes) == ARCHIVE_OK &&
      archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    std::vector<char> buffer(kBlockBytes);
    for (la_ssize_t size; (size = archive_read_data(reader, buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }
  archive_read_free(reader);
  return text;
}

// Text of a field; empty for null and for a missing field.
std::string Text(const simdjson::simdjson_result<element>& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::optional<std::uint64_t> Number(const simdjson::simdjson_result<element>& value) {
  std::uint64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::vector<element> Elements(const simdjson::simdjson_result<element>& value) {
  simdjson::dom::array elements;
  if (value.get(elements) != simdjson::SUCCESS) return {};
  return {elements.begin(), elements.end()};
}

std::uint64_t Address(const simdjson::simdjson_result<element>& value) {
  const std::string text = Text(value);
  return text.starts_with("0x") ? base::ParseHex(text.substr(2)).value_or(0) : 0;
}

void CompareProcess(DumpForTest& dump, const element& expected) {
  EXPECT_EQ(ReadMiscInfo(*dump).process_id, Number(expected["pid"]));
  const std::size_t maps = ReadLinuxMaps(*dump, dump.diagnostics).size();
  EXPECT_EQ(maps, Number(expected["linux_memory_map_count"]).value_or(0));
  const auto release = ReadLinuxRelease(*dump);
  EXPECT_EQ(release.has_value(), expected["lsb_release"].is_object());
  if (release) {
    EXPECT_EQ(release->id, Text(expected["lsb_release"]["id"]));
    EXPECT_EQ(release->release, Text(expected["lsb_release"]["release"]));
    EXPECT_EQ(release->codename, Text(expected["lsb_release"]["codename"]));
    EXPECT_EQ(release->description, Text(expected["lsb_release"]["description"]));
  }
  EXPECT_EQ(ReadProcessLimits(*dump, dump.diagnostics).size(),
            Elements(expected["proc_limits"]["limits"]).size());
  EXPECT_EQ(ReadMacCrashInfo(*dump, dump.diagnostics).size(),
            Elements(expected["mac_crash_info"]["records"]).size());
  EXPECT_EQ(ReadMacBootArgs(*dump), Text(expected["mac_boot_args"]));
  EXPECT_EQ(ReadSoftErrors(*dump, dump.diagnostics).empty(), expected["soft_errors"].is_null());
}

void CompareSystem(const model::SystemInfo& system, const element& expected) {
  EXPECT_EQ(model::OsName(system.os), Text(expected["system_info"]["os"]));
  EXPECT_EQ(system.os_version, Text(expected["system_info"]["os_ver"]));
  EXPECT_EQ(model::CpuName(system.cpu), Text(expected["system_info"]["cpu_arch"]));
  EXPECT_EQ(system.cpu_count, Number(expected["system_info"]["cpu_count"]));
  EXPECT_EQ(system.cpu_microcode, Text(expected["system_info"]["cpu_microcode_version"]));
  std::string cpu_info = Text(expected["system_info"]["cpu_info"]);
  // Of a vendor of twelve zeros rust-minidump prints the zeros.
  if (cpu_info.starts_with('\0')) cpu_info.erase(0, 13);
  EXPECT_EQ(system.cpu_info, cpu_info);
}

void CompareModules(DumpForTest& dump, model::Os os, const element& expected) {
  const std::vector<model::Module> modules = ReadModules(*dump, os, dump.diagnostics);
  const std::vector<element> lines = Elements(expected["modules"]);
  ASSERT_EQ(modules.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    SCOPED_TRACE(modules[i].code_file);
    EXPECT_EQ(modules[i].base.value, Address(lines[i]["base_addr"]));
    EXPECT_EQ(modules[i].base.value + modules[i].size, Address(lines[i]["end_addr"]));
    EXPECT_EQ(model::BaseName(modules[i].code_file), Text(lines[i]["filename"]));
    EXPECT_EQ(model::BaseName(modules[i].debug_file), Text(lines[i]["debug_file"]));
    EXPECT_EQ(modules[i].version, Text(lines[i]["version"]));
    // "None" is 33 zeros or nothing there, nothing here.
    std::string debug_id = Text(lines[i]["debug_id"]);
    if (debug_id.find_first_not_of('0') == std::string::npos) debug_id.clear();
    EXPECT_EQ(modules[i].debug_id.text, debug_id);
  }
  const std::vector<model::UnloadedModule> unloaded = ReadUnloadedModules(*dump, dump.diagnostics);
  const std::vector<element> unloaded_lines = Elements(expected["unloaded_modules"]);
  ASSERT_EQ(unloaded.size(), unloaded_lines.size());
  for (std::size_t i = 0; i < unloaded.size(); ++i) {
    EXPECT_EQ(unloaded[i].base.value, Address(unloaded_lines[i]["base_addr"]));
    EXPECT_EQ(unloaded[i].base.value + unloaded[i].size, Address(unloaded_lines[i]["end_addr"]));
    EXPECT_EQ(unloaded[i].code_id, Text(unloaded_lines[i]["code_id"]));
    EXPECT_EQ(model::BaseName(unloaded[i].code_file), Text(unloaded_lines[i]["filename"]));
  }
}

void CompareThreadsAndHandles(DumpForTest& dump, const element& expected) {
  const std::vector<ThreadRecord> threads = ReadThreads(*dump, dump.diagnostics);
  const std::vector<element> lines = Elements(expected["threads"]);
  ASSERT_EQ(threads.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(threads[i].id, Number(lines[i]["thread_id"]));
    EXPECT_EQ(threads[i].name, Text(lines[i]["thread_name"]));
  }
  const std::vector<model::Handle> handles = ReadHandles(*dump, dump.diagnostics);
  const std::vector<element> handle_lines = Elements(expected["handles"]);
  ASSERT_EQ(handles.size(), handle_lines.size());
  for (std::size_t i = 0; i < handles.size(); ++i) {
    EXPECT_EQ(handles[i].handle, Number(handle_lines[i]["handle"]));
    EXPECT_EQ(handles[i].type_name, Text(handle_lines[i]["type_name"]));
    EXPECT_EQ(handles[i].object_name, Text(handle_lines[i]["object_name"]));
  }
}

TEST(Fixtures, AreReadAsByRustMinidump) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set: no real dumps to read";
  constexpr std::string_view kSuffix = ".rust-minidump.json";
  int compared = 0;
  simdjson::dom::parser parser;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(std::string(fixtures) + "/minidumps")) {
    std::string path = file.path().string();
    if (path.ends_with(".xz") && std::filesystem::exists(path.substr(0, path.size() - 3))) continue;
    if (path.ends_with(".xz")) path.resize(path.size() - 3);
    if (!path.ends_with(kSuffix)) continue;
    SCOPED_TRACE(path);
    const simdjson::padded_string json(ReadFixture(path));
    element expected;
    ASSERT_EQ(parser.parse(json).get(expected), simdjson::SUCCESS);
    const std::string bytes = ReadFixture(path.substr(0, path.size() - kSuffix.size()));
    const base::Bytes view = base::AsBytes(bytes);
    DumpForTest dump(std::vector<std::byte>(view.begin(), view.end()));
    const model::SystemInfo system = ReadSystemInfo(*dump, dump.diagnostics);
    CompareProcess(dump, expected);
    CompareSystem(system, expected);
    CompareModules(dump, system.os, expected);
    CompareThreadsAndHandles(dump, expected);
    ++compared;
  }
  EXPECT_GT(compared, 30);
}

}  // namespace
}  // namespace cairn::minidump
