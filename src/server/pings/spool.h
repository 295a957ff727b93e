// Spool keeps pings safe between their arrival and the moment when they are folded in.
//
// Records are appended to a file of the folder, whichever comes; one that was appended survives kill -9 and a
// power cut. A thread of the spool writes: what comes within a moment shares one write and one sync to disk,
// so that the disk's latency limits how long an answer takes and not how many there are.
// docs/formats/data-folder.md has the layout.
//
// Any thread may append. One thread reads on and removes what it is done with.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "os/append_file.h"

namespace cairn::pings {

inline constexpr std::uint64_t kSegmentBytes = 64 << 20;  // A file of the spool is closed at this size.
// A file that was read to its end is removed once nothing was written to it for so long.
inline constexpr int kQuietMs = 5000;
// How long the first record of a write waits for others. A sync costs the system as much as reading a dozen
// pings, and no client cares.
inline constexpr int kGatherMs = 2;

// Where a reader stands: everything before it is done. The first segment is 1.
struct SpoolPosition {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;

  friend auto operator<=>(const SpoolPosition&, const SpoolPosition&) = default;
};

struct SpoolBatch {
  std::vector<std::string> records;
  SpoolPosition next;                  // Behind the last of them.
  std::uint64_t unreadable_bytes = 0;  // That were passed over on the way there.
};

class Spool {
 public:
  // Takes over what an earlier process left in the folder, which is made if need be. `done` is where its
  // reader stood: what lies before is removed, and no number of a segment is given twice.
  static base::Result<std::unique_ptr<Spool>> Open(const std::string& folder, SpoolPosition done,
                                                   int quiet_ms = kQuietMs);

  // Writes what waits.
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Durable when `kept` is called without an error; kIo with ENOSPC, EDQUOT or EFBIG as offset if the disk is
  // full. It is called once, on the spool's thread, which it must not hold up.
  using Kept = std::function<void(base::Status)>;
  void Append(std::string record, Kept kept);
  // Waits until it is.
  base::Status Append(std::string record);

  // Records from `position` on, until there are `records_max` or `bytes_max` are passed. No records: there
  // are no more.
  base::Result<SpoolBatch> Read(SpoolPosition position, std::size_t records_max, std::size_t bytes_max) const;

  // How much lies behind `position` and is still to be read.
  base::Result<std::uint64_t> BytesBehind(SpoolPosition position) const;
  // The same of the folder of a spool that another process may have open.
  static base::Result<std::uint64_t> BytesBehind(const std::string& folder, SpoolPosition position);

  // What is appended from now on goes into another file; returns where that one begins. Once everything
  // before is read and removed, nothing of what was appended until now is left in the spool.
  base::Result<SpoolPosition> CloseSegment();
  // Whether no file of what lies before `position` is left.
  base::Result<bool> IsRemovedBefore(SpoolPosition position) const;

  // Overwrites the records that are meant, those that were read already among them, with records of the same
  // size that are no pings. While nobody appends or reads; killed on the way, it may be done again.
  base::Status Blank(const std::function<bool(std::string_view record)>& is_meant);

  // Removes what lies before `position`: nobody will ask for it again. When everything was read and it is
  // quiet, nothing of a ping is left in the spool.
  base::Status RemoveBefore(SpoolPosition position);

 private:
  struct Waiting {
    std::string record;
    Kept kept;
  };

  Spool(std::string folder, int quiet_ms) : folder_(std::move(folder)), quiet_ms_(quiet_ms) {}
  std::string PathOf(std::uint64_t segment) const;
  void Run();
  std::vector<Waiting> TakeBatch();
  base::Status Write(const std::vector<Waiting>& batch);
  base::Status OpenSegment();
  // Up to where a segment may be read, and whether more may come; nothing if there is no such segment.
  struct Extent {
    std::uint64_t bytes = 0;
    bool is_growing = false;
  };
  base::Result<std::optional<Extent>> ExtentOf(std::uint64_t segment) const;
  std::optional<std::uint64_t> SegmentFrom(std::uint64_t segment) const;

  const std::string folder_;
  const int quiet_ms_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;         // GUARDED_BY(mutex_)
  bool writing_ = false;                // GUARDED_BY(mutex_): a batch is on its way to the disk.
  bool stopping_ = false;               // GUARDED_BY(mutex_)
  std::set<std::uint64_t> segments_;    // GUARDED_BY(mutex_): those that exist.
  std::uint64_t active_ = 0;            // GUARDED_BY(mutex_): the one that is written; 0 if none is.
  std::uint64_t durable_bytes_ = 0;     // GUARDED_BY(mutex_): of the active segment.
  std::int64_t appended_ms_ = 0;        // GUARDED_BY(mutex_): when, by the monotonic clock.
  std::uint64_t last_ = 0;              // GUARDED_BY(mutex_): the highest number that was ever given.
  std::optional<os::AppendFile> file_;  // Of the active segment; used only while a batch is written.
  std::thread thread_;                  // Last: it uses all of the above.
};

}  // namespace cairn::pings
