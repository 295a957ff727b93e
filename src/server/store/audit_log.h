// AuditLog writes audit entries to the Directory on a thread of its own, so that reads of protected data do
// not wait for the disk.
//
// What is noted is written within a moment, many entries in one commit; a kill loses what was noted in that
// moment. While the directory cannot be written entries wait, up to kMaxWaitingEntries; then Note says so,
// and what was to be noted should not be done. Any thread may call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "server/store/directory.h"

namespace cairn::store {

inline constexpr std::size_t kMaxWaitingEntries = 10'000;  // Some seconds of the reads that a server answers.
inline constexpr int kAuditTroubleWaitMs = 1'000;
inline constexpr int kAuditFlushPatienceMs = 10'000;

class AuditLog {
 public:
  // The directory must outlive this object.
  explicit AuditLog(Directory& directory);
  // Writes what waits, if it can be written.
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  base::Status Note(AuditEntry entry);

  // What was noted before is durable when it returns; kTimeout if that is not to be had.
  base::Status Flush();

 private:
  void Run();

  Directory& directory_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<AuditEntry> waiting_;  // GUARDED_BY(mutex_): with those that are being written in front.
  std::uint64_t noted_ = 0;          // GUARDED_BY(mutex_)
  std::uint64_t written_ = 0;        // GUARDED_BY(mutex_)
  bool stopping_ = false;            // GUARDED_BY(mutex_)
  std::thread thread_;               // Last: it uses all of the above.
};

}  // namespace cairn::store
