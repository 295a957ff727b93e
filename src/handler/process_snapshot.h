// What a dump is written from: the crashed process as it stood, copied out of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/address.h"
#include "wire/crash_request.h"
#include "wire/minidump.h"

namespace cairn::handler {

// CONTEXT for amd64, ready to be written.
using ContextBytes = std::array<std::byte, wire::kContextAmd64Size>;

struct MemoryBlock {
  model::ProcessAddress start;
  std::vector<std::byte> bytes;
};

struct ThreadSnapshot {
  std::uint32_t id = 0;
  std::string name;
  ContextBytes context{};
  MemoryBlock stack;  // Empty if it could not be read.
};

struct ModuleSnapshot {
  model::ProcessAddress base;
  std::uint32_t size = 0;
  std::string path;
  std::vector<std::byte> build_id;  // Empty if the file has none.
};

// The machine, from uname and cpuid.
struct SystemSnapshot {
  std::array<std::uint32_t, 3> version{};  // The kernel's, "6.1.0".
  std::string version_rest;                // "-18-amd64 #1 SMP ...".
  std::array<char, 12> cpu_vendor{};
  std::uint32_t cpu_signature = 0;  // cpuid leaf 1, eax: family, model, stepping.
  std::uint32_t cpu_features = 0;   // cpuid leaf 1, edx.
  std::uint8_t cpu_count = 0;
};

struct ExceptionSnapshot {
  std::uint32_t thread_id = 0;
  std::uint32_t signal_number = 0;
  std::uint32_t signal_code = 0;
  model::ProcessAddress address;
  ContextBytes context{};
};

struct ProcessSnapshot {
  std::uint32_t process_id = 0;
  std::uint32_t start_time_s = 0;  // Unix time; 0 if unknown.
  std::uint32_t crash_time_s = 0;
  SystemSnapshot system;
  ExceptionSnapshot exception;
  std::vector<ThreadSnapshot> threads;
  std::vector<ModuleSnapshot> modules;  // The main one first.
  std::vector<MemoryBlock> memory;      // Beside the stacks.
  std::string maps;                     // /proc/PID/maps.
  std::array<std::byte, 16> report_id{};
  std::vector<std::pair<std::string, std::string>> annotations;
};

}  // namespace cairn::handler
