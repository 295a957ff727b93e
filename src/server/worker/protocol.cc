#include "server/worker/protocol.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/byte_reader.h"

namespace cairn::worker {
namespace {

using base::Code;
using base::Error;

// verb u32, code u32, offset u64, in the machine's byte order: both ends are the same machine.
constexpr std::size_t kHeadBytes = 16;

Error SocketError(std::string_view what) { return {Code::kIo, static_cast<std::uint64_t>(errno), what}; }

base::Status SendPacket(int socket, Verb verb, Code code, std::uint64_t offset, std::string_view text,
                        const std::vector<int>& files) {
  if (files.size() > kMaxMessageFiles)
    return Error{Code::kLimitExceeded, files.size(), "worker message: files"};
  const std::string_view kept = text.substr(0, kMaxMessageText);
  std::array<std::byte, kHeadBytes> head{};
  const auto verb_number = static_cast<std::uint32_t>(verb);
  const auto code_number = static_cast<std::uint32_t>(code);
  std::memcpy(head.data(), &verb_number, 4);
  std::memcpy(head.data() + 4, &code_number, 4);
  std::memcpy(head.data() + 8, &offset, 8);
  std::string body(kept);
  std::array<iovec, 2> parts = {iovec{head.data(), head.size()}, iovec{body.data(), body.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxMessageFiles)> control{};
  if (!files.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(sizeof(int) * files.size());
    cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int) * files.size());
    std::memcpy(CMSG_DATA(rights), files.data(), sizeof(int) * files.size());
  }
  while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    if (errno == EPIPE || errno == ECONNRESET)
      return Error{Code::kNotFound, 0, "worker message: nobody listens"};
    if (errno != EINTR) return SocketError("worker message: send");
  }
  return {};
}

void TakeFiles(msghdr& message, std::vector<os::FileDescriptor>& files) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      files.emplace_back(fd);
    }
  }
}

}  // namespace

base::Status Send(int socket, Verb verb, std::string_view text, const std::vector<int>& files) {
  return SendPacket(socket, verb, Code::kBadValue, 0, text, files);
}

base::Status SendFailure(int socket, Code code, std::uint64_t offset, std::string_view what) {
  return SendPacket(socket, Verb::kFailed, code, offset, what, {});
}

base::Result<Message> Receive(int socket, int timeout_ms) {
  if (timeout_ms >= 0) {
    pollfd ready{socket, POLLIN, 0};
    int count = 0;
    do {
      count = poll(&ready, 1, timeout_ms);
    } while (count < 0 && errno == EINTR);
    if (count == 0) return Error{Code::kTimeout, 0, "worker message"};
    if (count < 0) return SocketError("worker message: wait");
  }
  std::vector<std::byte> packet(kHeadBytes + kMaxMessageText);
  iovec part{packet.data(), packet.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxMessageFiles)> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t size = 0;
  do {
    size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  if (size == 0 || (size < 0 && errno == ECONNRESET))
    return Error{Code::kNotFound, 0, "worker message: the end"};
  if (size < 0) return SocketError("worker message: receive");

  Message message;
  TakeFiles(header, message.files);
  base::ByteReader reader(base::Bytes(packet.data(), static_cast<std::size_t>(size)), std::endian::native);
  const auto verb = reader.Read<std::uint32_t>();
  const auto code = reader.Read<std::uint32_t>();
  message.offset = reader.Read<std::uint64_t>();
  if (!reader.ok() || verb < static_cast<std::uint32_t>(Verb::kProcessReport) ||
      verb > static_cast<std::uint32_t>(Verb::kFailed) || code > static_cast<std::uint32_t>(Code::kRefused)) {
    return Error{Code::kBadValue, 0, "worker message"};
  }
  message.verb = static_cast<Verb>(verb);
  message.code = static_cast<Code>(code);
  message.text = std::string(base::AsText(reader.ReadBytes(reader.remaining())));
  return message;
}

std::string WriteModuleNames(const model::Module& module) {
  std::string text;
  // No name has a line feed but one that was made up; it would only shift the others.
  for (const std::string* const name :
       {&module.debug_file, &module.debug_id.text, &module.code_file, &module.code_id}) {
    text += *name + "\n";
  }
  return text;
}

model::Module ReadModuleNames(std::string_view text) {
  model::Module module;
  for (std::string* const name :
       {&module.debug_file, &module.debug_id.text, &module.code_file, &module.code_id}) {
    *name = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(name->size() + 1, text.size()));
  }
  return module;
}

}  // namespace cairn::worker
