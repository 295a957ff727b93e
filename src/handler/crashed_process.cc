#include "handler/crashed_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "os/file.h"
#include "wire/crash_note.h"

namespace cairn::handler {
namespace {

constexpr std::size_t kPageSize = 4096;

// Maps of 131,072 mappings with long paths; stat is one line.
constexpr std::size_t kMaxFileBytes = 32 * 1024 * 1024;

constexpr std::size_t kMaxNameBytes = 64;  // Of comm, which has 16.

// An answer comes at once from a process that lives; its whole time is bounded by the handler's supervisor.
constexpr int kAnswerTimeoutMs = 1000;

std::string ProcessPath(int process_id, wire::ProcessFile file) {
  return "/proc/" + std::to_string(process_id) + (file == wire::ProcessFile::kMaps ? "/maps" : "/stat");
}

std::string ReadThreadName(int process_id, std::uint32_t thread) {
  auto name = os::ReadFile(
      "/proc/" + std::to_string(process_id) + "/task/" + std::to_string(thread) + "/comm", kMaxNameBytes);
  if (!name) return {};
  if (name->ends_with('\n')) name->pop_back();
  return *std::move(name);
}

ssize_t ReadMemoryFile(int process_id, std::uint64_t address, const iovec& into) {
  const std::string path = "/proc/" + std::to_string(process_id) + "/mem";
  const os::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.valid() ? pread(file.get(), into.iov_base, into.iov_len, static_cast<off_t>(address)) : -1;
}

bool AwaitAnswer(int conversation) {
  pollfd ready{conversation, POLLIN, 0};
  return poll(&ready, 1, kAnswerTimeoutMs) > 0;
}

// One answer: a u64 size and as many bytes. Nothing if none came.
base::Result<std::vector<std::byte>> ReceiveAnswer(int conversation) {
  const base::Error lost{base::Code::kTimeout, 0, "an answer of the crashed process"};
  std::vector<std::byte> packet(sizeof(std::uint64_t) + wire::kMaxAnswerBytes);
  if (!AwaitAnswer(conversation)) return lost;
  const ssize_t size = recv(conversation, packet.data(), packet.size(), MSG_DONTWAIT);
  if (size < static_cast<ssize_t>(sizeof(std::uint64_t))) return lost;
  packet.resize(static_cast<std::size_t>(size));
  packet.erase(packet.begin(), packet.begin() + sizeof(std::uint64_t));
  return packet;
}

}  // namespace

std::vector<std::byte> CrashedProcess::ReadBlock(model::ProcessAddress address, std::size_t size) const {
  std::vector<std::byte> bytes(size);
  bytes.resize(Read(address, bytes));
  return bytes;
}

std::size_t LocalProcess::Read(model::ProcessAddress address, std::span<std::byte> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    iovec local{into.data() + done, into.size() - done};
    iovec remote{reinterpret_cast<void*>(address.value + done), into.size() - done};
    ssize_t size = process_vm_readv(process_id_, &local, 1, &remote, 1, 0);
    // Seccomp filters may refuse this call and still allow ptrace, with which comes the right to read this
    // file.
    if (size < 0 && (errno == EPERM || errno == ENOSYS))
      size = ReadMemoryFile(process_id_, address.value + done, local);
    if (size <= 0) break;
    done += static_cast<std::size_t>(size);
  }
  return done;
}

std::string LocalProcess::ThreadName(std::uint32_t thread) const {
  return ReadThreadName(process_id_, thread);
}

base::Result<std::string> LocalProcess::ReadFile(wire::ProcessFile file) const {
  return os::ReadFile(ProcessPath(process_id_, file), kMaxFileBytes);
}

std::size_t AnsweringProcess::Read(model::ProcessAddress address, std::span<std::byte> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    // Up to the end of a page first: what is asked for is all there or is not there.
    const std::uint64_t place = address.value + done;
    std::size_t size = std::min(into.size() - done, wire::kMaxAnswerBytes);
    const auto ask = [&](std::size_t bytes) -> std::size_t {
      if (is_silent_) return 0;
      const wire::MemoryQuery query{.size = static_cast<std::uint32_t>(bytes), .address = place};
      if (send(conversation_, &query, sizeof(query), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return 0;
      const auto answer = ReceiveAnswer(conversation_);
      is_silent_ = !answer;
      if (!answer || answer->size() > bytes) return 0;
      std::copy(answer->begin(), answer->end(), into.begin() + static_cast<std::ptrdiff_t>(done));
      return answer->size();
    };
    std::size_t got = ask(size);
    const std::size_t to_page_end = kPageSize - place % kPageSize;
    if (got == 0 && size > to_page_end) got = ask(to_page_end);
    if (got == 0) break;
    done += got;
  }
  return done;
}

std::string AnsweringProcess::ThreadName(std::uint32_t thread) const {
  return ReadThreadName(process_id_, thread);
}

base::Result<std::string> AnsweringProcess::ReadFile(wire::ProcessFile file) const {
  if (auto text = os::ReadFile(ProcessPath(process_id_, file), kMaxFileBytes); text && !text->empty())
    return text;
  const wire::FileQuery query{.file = file};
  if (is_silent_ || send(conversation_, &query, sizeof(query), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno),
                       "a question to the crashed process"};
  }
  std::string text;
  for (;;) {
    const auto part = ReceiveAnswer(conversation_);
    is_silent_ = !part;
    if (!part) return part.error();
    if (part->empty()) return text;
    text += base::AsText(*part);
    if (text.size() > kMaxFileBytes)
      return base::Error{base::Code::kLimitExceeded, text.size(), "a file of /proc"};
  }
}

base::Result<NotedProcess> NotedProcess::Create(base::Bytes note) {
  NotedProcess process;
  base::ByteReader reader(note);
  const base::Bytes request = reader.ReadBytes(sizeof(wire::CrashRequest));
  if (!reader.ok()) return base::Error{base::Code::kTruncated, 0, "crash note"};
  std::memcpy(&process.request_, request.data(), request.size());
  if (process.request_.version != wire::kCrashProtocolVersion ||
      process.request_.kind != wire::MessageKind::kCrash) {
    return base::Error{base::Code::kUnsupported, 0, "version of a crash note"};
  }
  // A note that is cut short gives what it holds.
  while (reader.remaining() > 0) {
    const auto kind = static_cast<wire::NoteRecordKind>(reader.Read<std::uint32_t>());
    const auto size = reader.Read<std::uint32_t>();
    const auto address = reader.Read<std::uint64_t>();
    const base::Bytes bytes = reader.ReadBytes(size);
    if (!reader.ok()) break;
    if (kind == wire::NoteRecordKind::kMemory) process.memory_[address] = bytes;
    if (kind == wire::NoteRecordKind::kMaps) process.maps_ += base::AsText(bytes);
    if (kind == wire::NoteRecordKind::kConfiguration) process.configuration_ = base::AsText(bytes);
  }
  return process;
}

std::size_t NotedProcess::Read(model::ProcessAddress address, std::span<std::byte> into) const {
  auto block = memory_.upper_bound(address.value);
  if (block == memory_.begin()) return 0;
  --block;
  const std::uint64_t skip = address.value - block->first;
  if (skip >= block->second.size()) return 0;
  const base::Bytes rest = block->second.subspan(static_cast<std::size_t>(skip));
  const std::size_t size = std::min(rest.size(), into.size());
  std::copy_n(rest.begin(), size, into.begin());
  return size;
}

base::Result<std::string> NotedProcess::ReadFile(wire::ProcessFile file) const {
  if (file == wire::ProcessFile::kMaps) return maps_;
  return base::Error{base::Code::kNotFound, 0, "this file of a process that is gone"};
}

}  // namespace cairn::handler
