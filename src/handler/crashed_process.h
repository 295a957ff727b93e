// CrashedProcess is where a capture reads from: a traced process, one that answers by itself, or a note that
// it left.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/address.h"
#include "wire/crash_request.h"

namespace cairn::handler {

class CrashedProcess {
 public:
  virtual ~CrashedProcess() = default;

  // Copies the memory at `address` into `into`, as much from the start as there is, and says how much that
  // was.
  virtual std::size_t Read(model::ProcessAddress address, std::span<std::byte> into) const = 0;

  virtual base::Result<std::string> ReadFile(wire::ProcessFile file) const = 0;

  // What the thread calls itself; empty if that cannot be known any more.
  virtual std::string ThreadName(std::uint32_t) const { return {}; }

  // All of [address, address + size), or the part from the start that is there.
  std::vector<std::byte> ReadBlock(model::ProcessAddress address, std::size_t size) const;
};

// A process that this process may look at: another one under ptrace.
class LocalProcess final : public CrashedProcess {
 public:
  explicit LocalProcess(int process_id) : process_id_(process_id) {}
  std::size_t Read(model::ProcessAddress address, std::span<std::byte> into) const override;
  std::string ThreadName(std::uint32_t thread) const override;
  base::Result<std::string> ReadFile(wire::ProcessFile file) const override;

 private:
  int process_id_;
};

// A process that may not be looked at and answers questions instead (wire/crash_request.h, conversation).
// Once it fails to answer, it is not asked again.
class AnsweringProcess final : public CrashedProcess {
 public:
  // The descriptor stays the caller's.
  AnsweringProcess(int process_id, int conversation) : process_id_(process_id), conversation_(conversation) {}
  std::size_t Read(model::ProcessAddress address, std::span<std::byte> into) const override;
  std::string ThreadName(std::uint32_t thread) const override;
  base::Result<std::string> ReadFile(wire::ProcessFile file) const override;

 private:
  int process_id_;
  int conversation_;
  // A late answer would be taken for that to the next question.
  mutable bool is_silent_ = false;
};

// A process that is gone, and left a note (wire/crash_note.h). Borrows the note's bytes.
class NotedProcess final : public CrashedProcess {
 public:
  static base::Result<NotedProcess> Create(base::Bytes note);
  const wire::CrashRequest& request() const { return request_; }
  // Of the run that crashed (wire/configuration.h); empty if the note does not say.
  const std::string& configuration() const { return configuration_; }
  std::size_t Read(model::ProcessAddress address, std::span<std::byte> into) const override;
  base::Result<std::string> ReadFile(wire::ProcessFile file) const override;

 private:
  wire::CrashRequest request_;
  std::map<std::uint64_t, base::Bytes> memory_;  // By address.
  std::string maps_;
  std::string configuration_;
};

}  // namespace cairn::handler
