#include "handler/capture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/hex.h"
#include "handler/crashed_process.h"
#include "handler/minidump_writer.h"
#include "handler/snapshot_taker.h"
#include "handler/tracer.h"

namespace cairn::handler {

struct SharedDump::Header {
  std::atomic<State> state;
  std::uint64_t size;
};

base::Result<SharedDump> SharedDump::Create() {
  void* const memory = mmap(nullptr, sizeof(Header) + kMaxDumpBytes, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "shared memory"};
  return SharedDump(memory);
}

SharedDump::SharedDump(SharedDump&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}

SharedDump::~SharedDump() {
  if (memory_ != nullptr) munmap(memory_, sizeof(Header) + kMaxDumpBytes);
}

SharedDump::Header& SharedDump::header() const { return *static_cast<Header*>(memory_); }
SharedDump::State SharedDump::state() const { return header().state.load(); }

void SharedDump::Set(State state, base::Bytes dump) {
  if (state == State::kInMemory) {
    const std::size_t size = std::min(dump.size(), kMaxDumpBytes);
    std::memcpy(static_cast<std::byte*>(memory_) + sizeof(Header), dump.data(), size);
    header().size = size;
  }
  header().state.store(state);
}

base::Bytes SharedDump::bytes() const {
  if (state() != State::kInMemory) return {};
  const std::uint64_t size = std::min<std::uint64_t>(header().size, kMaxDumpBytes);
  return {static_cast<const std::byte*>(memory_) + sizeof(Header), static_cast<std::size_t>(size)};
}

namespace {

std::array<std::byte, 16> BytesOfUuid(std::string uuid) {
  std::erase(uuid, '-');
  std::array<std::byte, 16> bytes{};
  if (const auto parsed = base::HexToBytes(uuid); parsed && parsed->size() == bytes.size()) {
    std::ranges::copy(*parsed, bytes.begin());
  }
  return bytes;
}

SnapshotInput MakeInput(const wire::CrashRequest& request, const Settings& settings,
                        const std::string& report_id, std::int64_t crash_time_ms) {
  return {
      .request = request,
      .threads = {},
      .main_path = settings.executable,
      .report_id = BytesOfUuid(report_id),
      .annotations = CommonAnnotations(settings, report_id, crash_time_ms),
      .crash_time_ms = crash_time_ms,
      .start_time_ms = settings.start_time_ms,
  };
}

base::Status WriteDump(const std::string& path, base::Bytes dump) {
  const os::FileDescriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid())
    return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "making the dump's file"};
  return os::WriteAll(file.get(), dump);
}

}  // namespace

base::Status Capture(const CaptureJob& job, const Settings& settings, SharedDump& dump) {
  SnapshotInput input = MakeInput(job.request, settings, job.report_id, job.crash_time_ms);
  std::unique_ptr<CrashedProcess> process = std::make_unique<LocalProcess>(job.request.process_id);
  std::string diagnostic = job.no_trace_reason;
  if (diagnostic.empty()) {
    auto threads = StopThreads(job.request.process_id, job.request.thread_id);
    if (threads) {
      input.threads = *std::move(threads);
    } else if (threads.error().offset == ESRCH) {
      return threads.error();  // The process is gone.
    } else {
      diagnostic =
          base::Describe(threads.error()) + ": " + std::strerror(static_cast<int>(threads.error().offset));
    }
  }
  if (!diagnostic.empty()) {
    process = std::make_unique<AnsweringProcess>(job.request.process_id, job.conversation);
    input.annotations.emplace_back(kDiagnosticAnnotation, "only the crashing thread is here: " + diagnostic);
  }
  const std::vector<std::byte> bytes = WriteMinidump(TakeSnapshot(*process, std::move(input)));

  base::Status kept;
  if (!job.path.empty()) kept = WriteDump(job.path, bytes);
  if (!job.path.empty() && kept) {
    dump.Set(SharedDump::State::kInFile, {});
  } else {
    dump.Set(SharedDump::State::kInMemory, bytes);
  }
  const wire::Done done;
  send(job.conversation, &done, sizeof(done), MSG_NOSIGNAL | MSG_DONTWAIT);
  return kept;
}

base::Result<std::vector<std::byte>> CaptureNote(base::Bytes note, const Settings& settings,
                                                 const std::string& report_id, std::int64_t crash_time_ms) {
  ASSIGN_OR_RETURN(const NotedProcess process, NotedProcess::Create(note));
  SnapshotInput input = MakeInput(process.request(), settings, report_id, crash_time_ms);
  input.annotations.emplace_back(kDiagnosticAnnotation,
                                 "only the crashing thread is here: no handler answered the process in time");
  return WriteMinidump(TakeSnapshot(process, std::move(input)));
}

}  // namespace cairn::handler
