#include "formats/minidump/thread_info.h"

#include <optional>

#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"

namespace cairn::minidump {

std::vector<ThreadInfo> ReadThreadInfo(const Minidump& dump, model::Diagnostics& diagnostics) {
  std::vector<ThreadInfo> infos;
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kThreadInfoList);
  if (!stream) return infos;
  const SizedList list = OpenSizedList(
      dump, *stream,
      {.element_bytes_min = wire::kThreadInfoSize, .count_max = kMaxThreads, .what = "thread information"},
      diagnostics);
  infos.reserve(list.count);
  for (std::uint32_t i = 0; i < list.count; ++i) {
    base::ByteReader reader = list.Entry(i);  // MINIDUMP_THREAD_INFO, minidumpapiset.h.
    ThreadInfo info;
    info.id = reader.Read<std::uint32_t>();
    info.dump_flags = reader.Read<std::uint32_t>();
    info.dump_error = reader.Read<std::uint32_t>();
    info.exit_status = reader.Read<std::uint32_t>();
    info.create_time = reader.Read<std::uint64_t>();
    info.exit_time = reader.Read<std::uint64_t>();
    info.kernel_time = reader.Read<std::uint64_t>();
    info.user_time = reader.Read<std::uint64_t>();
    info.start_address = {reader.Read<std::uint64_t>()};
    info.affinity = reader.Read<std::uint64_t>();
    infos.push_back(info);
  }
  return infos;
}

}  // namespace cairn::minidump
