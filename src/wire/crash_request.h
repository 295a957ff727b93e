// What the client in the crashing process and cairn-handler say to each other.
//
// Both run on one machine, so numbers are in native order and the structures are sent as they lie in memory;
// the version keeps an old client and a new handler apart. Two kinds of SOCK_SEQPACKET connection carry them:
//   channel       made by Start: first the handler's Hello, then the client's configuration, then, at a
//   crash, one
//                 CrashRequest with one end of a conversation attached (SCM_RIGHTS).
//   conversation  one per crash. The handler asks (MemoryQuery, FileQuery), the client answers with bytes,
//   until the
//                 handler sends kDone. Where tracing is allowed the handler asks nothing. An end that closes
//                 is an end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cairn::wire {

inline constexpr std::uint32_t kCrashProtocolVersion = 1;

// The descriptor at which a new handler finds its end of the channel.
inline constexpr int kHandlerChannelDescriptor = 3;

// A configuration is pairs of zero-terminated strings, key then value, in one packet of at most this size:
// room for two URLs and two paths of the system's largest kind.
inline constexpr std::size_t kMaxConfigurationBytes = 32768;

// One answer's bytes. Small enough for the default socket buffer of 212,992 bytes to hold several.
inline constexpr std::size_t kMaxAnswerBytes = 32768;

// The dying process waits this long for its handler in all, whatever happens (Crashpad waits as long).
inline constexpr int kClientWaitMs = 5000;
// The handler ends a capture that takes longer; what is left of the client's time is for the second try
// without ptrace.
inline constexpr int kCaptureTimeoutMs = 4000;
inline constexpr int kSecondCaptureTimeoutMs = 800;

enum class MessageKind : std::uint32_t { kHello = 1, kCrash, kMemory, kFile, kDone };

// handler -> client, once it is ready.
struct Hello {
  std::uint32_t version = kCrashProtocolVersion;
  MessageKind kind = MessageKind::kHello;
  std::int32_t process_id = 0;
  std::uint32_t reserved = 0;
};
static_assert(sizeof(Hello) == 16);

inline constexpr std::size_t kGeneralRegisterCount = 23;  // REG_R8 ... REG_CR2 of <sys/ucontext.h> on x86-64.
inline constexpr std::size_t kFxSaveBytes = 512;

// client -> handler: a thread has crashed.
struct CrashRequest {
  std::uint32_t version = kCrashProtocolVersion;
  MessageKind kind = MessageKind::kCrash;
  std::int32_t process_id = 0;
  std::int32_t thread_id = 0;
  std::int32_t signal_number = 0;
  std::int32_t signal_code = 0;
  std::uint64_t fault_address = 0;  // siginfo's si_addr; 0 for signals that a process sent.
  std::uint64_t annotations_address =
      0;  // Of the pointer to the first annotation (wire/annotation_layout.h).
  std::uint64_t initial_stack_pointer = 0;  // Arguments and environment lie at and above it; 0 if unknown.
  std::array<std::uint64_t, kGeneralRegisterCount> registers{};  // mcontext_t.gregs.
  std::array<std::byte, kFxSaveBytes> floating_point{};          // FXSAVE layout; zero if there was none.
};
static_assert(sizeof(CrashRequest) == 48 + 8 * kGeneralRegisterCount + kFxSaveBytes);

// handler -> client: send [address, address + size), size at most kMaxAnswerBytes. The answer is one packet
// with those bytes, or an empty one if they cannot all be read.
struct MemoryQuery {
  MessageKind kind = MessageKind::kMemory;
  std::uint32_t size = 0;
  std::uint64_t address = 0;
};

// handler -> client: send the file of /proc/self. The answer is packets of its bytes and then an empty
// packet.
enum class ProcessFile : std::uint32_t { kMaps, kStat };

struct FileQuery {
  MessageKind kind = MessageKind::kFile;
  ProcessFile file = ProcessFile::kMaps;
  std::uint64_t reserved = 0;
};
static_assert(sizeof(MemoryQuery) == 16 && sizeof(FileQuery) == 16);

// handler -> client: no more is needed; die now.
struct Done {
  MessageKind kind = MessageKind::kDone;
  std::uint32_t reserved = 0;
  std::uint64_t reserved_too = 0;
};
static_assert(sizeof(Done) == 16);

}  // namespace cairn::wire
