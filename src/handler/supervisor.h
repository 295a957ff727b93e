// The handler's main loop: hears of crashes, has each captured by a process of its own, and has what waits
// delivered by another. It does nothing itself that could hang, and alone waits for its children.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "handler/capture.h"
#include "handler/database.h"
#include "handler/log.h"
#include "handler/settings.h"
#include "os/file.h"

namespace cairn::handler {

// Delivery ends by itself: requests have deadlines. This bounds what no deadline covers.
inline constexpr int kDeliveryTimeoutMs = 15 * 60 * 1000;

class Supervisor {
 public:
  // Reads the application's settings from the channel and greets it.
  static base::Result<Supervisor> Create(os::FileDescriptor channel);

  // Until the application is gone and all is done.
  base::Status Run();

 private:
  // A process that this one started, and until when it may run.
  struct Child {
    int process_id = 0;
    std::int64_t end_ms = 0;  // Of the clock that only goes forward.
  };
  struct ActiveCapture {
    Child child;
    CaptureJob job;
    os::FileDescriptor conversation;
    std::unique_ptr<SharedDump> dump;
    std::string end_reason;  // Why the child was ended, once it was.
  };

  Supervisor(os::FileDescriptor channel, os::FileDescriptor child_signals, Settings settings,
             Database database)
      : channel_(std::move(channel)),
        child_signals_(std::move(child_signals)),
        settings_(std::move(settings)),
        database_(std::move(database)),
        log_(database_.LogPath()) {}

  bool HasWork() const {
    return channel_.valid() || !captures_.empty() || !memory_deliveries_.empty() || delivery_ ||
           delivery_wanted_;
  }
  int NextTimeoutMs() const;
  void Receive();
  void EndChannel();
  void StartCapture(const wire::CrashRequest& request, os::FileDescriptor conversation);
  bool RunCapture(ActiveCapture& capture, int timeout_ms);
  void ReapChildren();
  void EndOverdueChildren();
  void FinishCapture(ActiveCapture capture, int status);
  void KeepDump(const ActiveCapture& capture);
  void StartDelivery();
  void DeliverInChild(const SharedDump* dump, const std::string& id);
  int Fork();

  os::FileDescriptor channel_;        // Closed once the application is gone.
  os::FileDescriptor child_signals_;  // A signalfd of SIGCHLD.
  Settings settings_;
  Database database_;
  Log log_;
  std::vector<ActiveCapture> captures_;
  std::vector<int> memory_deliveries_;  // Processes that send a dump that is not on the disk.
  std::optional<Child> delivery_;
  bool delivery_wanted_ = true;  // What earlier runs left.
  bool note_expected_ = false;   // A crash was not captured, so the application writes one.
};

}  // namespace cairn::handler
