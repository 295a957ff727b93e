// A request for names of addresses, as Eliot's API has it, read from JSON.
//
//   {"jobs": [{"memoryMap": [["xul.pdb", "44E4EC8C2F41492B9369D6B9A059577C2"]],
//              "stacks": [[[0, 11723767], [-1, 4096]]]}]}
//
// One job may stand there without "jobs" around it; other members are ignored. Texts of errors are Eliot's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/address.h"

namespace cairn::symbolication {

inline constexpr std::size_t kMaxJobs = 10;             // Eliot's.
inline constexpr std::size_t kMaxModules = 4096;        // Of a job; as many as a dump may have.
inline constexpr std::size_t kMaxStacks = 20'000;       // Of all jobs; Eliot's documentation advises 1,000.
inline constexpr std::size_t kMaxFrames = 200'000;      // Of all jobs: some tenth of a second of work.
inline constexpr std::size_t kMaxBodyBytes = 16 << 20;  // As many frames with addresses of 64 bits.

// v4 has one job and another answer (answer.h).
enum class ApiVersion : std::uint8_t { kV4, kV5 };

struct RequestModule {
  std::string debug_file;
  std::string debug_id;  // Hexadecimal digits as they came; may be empty.
  // Whether symbols may be looked for: it has a name and an id, and the name is one that a file may have.
  bool may_have_symbols = false;
};

struct RequestFrame {
  static constexpr std::uint32_t kNoModule = 0xffffffff;
  std::uint32_t module = kNoModule;  // Index in Request::modules.
  bool is_before_module = false;     // The offset is -1: nothing is there.
  model::ModuleOffset offset;
};

struct Job {
  std::vector<std::uint32_t> memory_map;  // Indices in Request::modules.
  std::vector<RequestFrame> frames;       // Of all stacks, one behind the other.
  std::vector<std::uint32_t> stack_ends;  // In frames.
};

struct Request {
  std::vector<RequestModule> modules;  // Of all jobs; each file and id once.
  std::vector<Job> jobs;
};

// Why a request was refused. `kind` is a fixed word for counting: bad_json, too_many_jobs, invalid_jobs,
// invalid_modules, invalid_stacks, too_large.
struct Refusal {
  std::string_view kind;
  std::string title;
};

// A module with an odd name is no mistake: it is one that nobody has symbols of.
std::variant<Request, Refusal> ReadRequest(std::string_view json, ApiVersion version);

}  // namespace cairn::symbolication
