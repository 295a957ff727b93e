#include "formats/minidump/threads.h"

#include <map>

#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"

namespace cairn::minidump {
namespace {

// MINIDUMP_THREAD_NAME_LIST: id and a 64-bit rva, unaligned.
std::map<std::uint32_t, std::string> ReadNames(const Minidump& dump, model::Diagnostics& diagnostics) {
  std::map<std::uint32_t, std::string> names;
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kThreadNames);
  if (!stream) return names;
  List list = OpenList(dump, *stream, {wire::kThreadNameSize, kMaxThreads, "thread names"}, diagnostics);
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const auto id = list.reader.Read<std::uint32_t>();
    const auto rva = list.reader.Read<std::uint64_t>();
    if (std::optional<std::string> name = dump.Utf16At(rva, kMaxThreadNameBytes)) {
      names[id] = std::move(*name);
    } else {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, list.reader.offset(), "thread name"});
    }
  }
  return names;
}

}  // namespace

std::vector<ThreadRecord> ReadThreads(const Minidump& dump, model::Diagnostics& diagnostics) {
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kThreadList);
  if (!stream) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kNotFound, 0, "thread list"});
    return {};
  }
  const std::map<std::uint32_t, std::string> names = ReadNames(dump, diagnostics);
  List list = OpenList(dump, *stream, {wire::kThreadSize, kMaxThreads, "thread list"}, diagnostics);
  std::vector<ThreadRecord> threads;
  threads.reserve(list.count);
  for (std::uint32_t i = 0; i < list.count; ++i) {
    // MINIDUMP_THREAD, minidumpapiset.h.
    ThreadRecord thread;
    thread.id = list.reader.Read<std::uint32_t>();
    list.reader.Skip(3 * sizeof(std::uint32_t));  // SuspendCount, PriorityClass, Priority
    thread.teb = {list.reader.Read<std::uint64_t>()};
    thread.stack_start = {list.reader.Read<std::uint64_t>()};
    const Location stack = ReadLocation(list.reader);
    const Location context = ReadLocation(list.reader);
    // Windows writes rva 0 for a stack that is only in the memory list.
    const std::optional<base::Bytes> bytes = stack.rva == 0 ? std::nullopt : dump.At(stack);
    if (bytes && bytes->size() - 1 <= ~thread.stack_start.value) {
      thread.stack = model::MemoryView{thread.stack_start, *bytes};
    } else if (stack.rva != 0 && stack.size != 0) {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kTruncated, list.reader.offset(), "thread stack"});
    }
    thread.context = dump.At(context);
    if (!thread.context && context.size != 0) {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kTruncated, list.reader.offset(), "thread context"});
    }
    if (const auto name = names.find(thread.id); name != names.end()) thread.name = name->second;
    threads.push_back(std::move(thread));
  }
  return threads;
}

}  // namespace cairn::minidump
