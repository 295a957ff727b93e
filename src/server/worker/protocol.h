// The messages between cairn-server and cairn-worker: small packets over a Unix socketpair, with open files
// attached.
//
// Inputs and outputs are files, so a packet is never large. The worker is not trusted: whatever it sends is
// at most a well-formed message with wrong contents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/module.h"
#include "os/file.h"

namespace cairn::worker {

// The descriptor on which a worker finds its socket.
inline constexpr int kSocketFd = 3;

inline constexpr std::size_t kMaxMessageText = 32 << 10;  // Names of modules, a sentence, or annotations.
inline constexpr std::size_t kMaxMessageFiles = 2;
inline constexpr std::size_t kMaxPingsPerJob = 64;

enum class Verb : std::uint32_t {
  // Server to worker. The first file is the input, the second is empty and takes the output.
  // A minidump, `text` the annotations that the signature rules read; the output is a crash outcome
  // (outcome.h).
  kProcessReport = 1,
  kProcessPing,  // A ping as JSON; the output is a crash outcome.
  // Pings as JSON, several in one file (parts.h); the output has a named stack (outcome.h) for each, empty
  // for
  // what is no ping.
  kNameStacks,
  kCompileSymbols,  // A text symbol file; the output is a symbol cache.
  kScrubDump,       // A minidump; the output is the same without private parts, empty if it has none.
  kInspectObject,   // A raw debug file; the output are its facts (object_facts.h).
  kSymbols,         // The answer to kNeedSymbols: a symbol cache, or no file.
  // Worker to server.
  kReady,        // The sandbox is closed; jobs may come.
  kNeedSymbols,  // `text` is what WriteModuleNames makes of the module.
  kDone,         // The output is written.
  kFailed,       // `code`, `offset` and `text` say why.
};

struct Message {
  Verb verb = Verb::kDone;
  base::Code code = base::Code::kBadValue;
  std::uint64_t offset = 0;
  std::string text;
  std::vector<os::FileDescriptor> files;
};

// A packet with the message. `files` are borrowed: the receiver gets copies.
base::Status Send(int socket, Verb verb, std::string_view text, const std::vector<int>& files);
base::Status SendFailure(int socket, base::Code code, std::uint64_t offset, std::string_view what);

// kNotFound when the other side is gone; kTimeout when nothing came for `timeout_ms` (negative: waits for
// ever).
base::Result<Message> Receive(int socket, int timeout_ms);

// The debug file, debug id, code file and code id of a module, a line each; all else of a module is left out.
std::string WriteModuleNames(const model::Module& module);
model::Module ReadModuleNames(std::string_view text);

}  // namespace cairn::worker
