// Makes the dump of one crash, in a process of its own.
//
// The dump goes to a file and, where that fails (a full disk), into memory that the supervisor shares: a
// crash that cannot be kept can still be sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "handler/settings.h"
#include "os/file.h"
#include "wire/crash_request.h"

namespace cairn::handler {

// Stacks are bounded to 16 MiB, LinuxMaps may take some more.
inline constexpr std::size_t kMaxDumpBytes = 64 * 1024 * 1024;

// Memory that a capture process and its supervisor share, for the dump and how it went. Pages that are not
// written cost nothing.
class SharedDump {
 public:
  enum class State : std::uint32_t { kNone, kInFile, kInMemory };

  static base::Result<SharedDump> Create();
  SharedDump(SharedDump&& other) noexcept;
  SharedDump& operator=(SharedDump&&) = delete;
  ~SharedDump();

  void Set(State state, base::Bytes dump);  // `dump` is copied if the state is kInMemory.
  State state() const;
  base::Bytes bytes() const;

 private:
  struct Header;
  explicit SharedDump(void* memory) : memory_(memory) {}
  Header& header() const;

  void* memory_;
};

struct CaptureJob {
  wire::CrashRequest request;
  int conversation = -1;  // To the crashed process; borrowed.
  std::string report_id;  // A UUID.
  std::string path;       // Of the dump; empty: it shall not touch the disk.
  std::int64_t crash_time_ms = 0;
  // Why the process may not be traced; empty: try to.
  std::string no_trace_reason;
};

// Writes the dump and tells the crashed process that it may die. What was lost is an annotation of the dump.
base::Status Capture(const CaptureJob& job, const Settings& settings, SharedDump& dump);

// The same for a process that is gone and left `note`.
base::Result<std::vector<std::byte>> CaptureNote(base::Bytes note, const Settings& settings,
                                                 const std::string& report_id, std::int64_t crash_time_ms);

// The annotation that says what a dump lacks, and why.
inline constexpr const char* kDiagnosticAnnotation = "CairnCaptureDiagnostic";

}  // namespace cairn::handler
