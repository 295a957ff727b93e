// ThreadInfoList stream: times, start addresses and states of threads, from Windows.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/address.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

struct ThreadInfo {
  std::uint32_t id = 0;
  std::uint32_t dump_flags = 0;   // MINIDUMP_THREAD_INFO_...: why a thread has no stack or context.
  std::uint32_t dump_error = 0;   // An HRESULT.
  std::uint32_t exit_status = 0;  // STILL_ACTIVE is 259.
  std::uint64_t create_time = 0;  // In units of 100 ns since 1601, as FILETIME.
  std::uint64_t exit_time = 0;
  std::uint64_t kernel_time = 0;  // In units of 100 ns.
  std::uint64_t user_time = 0;
  model::ProcessAddress start_address;
  std::uint64_t affinity = 0;
};

// In the dump's order.
std::vector<ThreadInfo> ReadThreadInfo(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
