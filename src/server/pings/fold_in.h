// FoldIn is the part of the edge behind the answers: it reads the spool, checks pings, and puts each where it
// belongs.
//
// A valid crash ping goes to be processed, what is counted of it and of pings of usage into the ledger and
// from there to the index, what is refused into the ledger with its reason. A batch of pings is one
// transaction of the ledger, so that kill -9 at any moment neither loses one nor counts one twice; what goes
// to be processed may be given twice, which changes nothing there.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "formats/ping/schema_set.h"
#include "server/pings/accepted_pings.h"
#include "server/pings/fold_in_metrics.h"
#include "server/pings/ledger.h"
#include "server/pings/spool.h"

namespace cairn::pings {

inline constexpr std::size_t kBatchPings = 1000;      // One sync of the disk for so many.
inline constexpr std::size_t kBatchBytes = 16 << 20;  // Of the spool, read at once.
// How long the first ping of a batch waits for others: each batch is a pack on the disk and a transaction.
inline constexpr int kFoldInGatherMs = 250;
inline constexpr int kFoldInIdleMs = 500;    // Commands mark rejections in the file, which wakes nobody.
inline constexpr int kHandOverMs = 2000;     // Between two times that sums go to the index.
inline constexpr int kTroubleWaitMs = 1000;  // A full disk is not less full at once.

struct FoldInParts {
  Spool& spool;
  Ledger& ledger;
  const ping::SchemaSet& schemas;
  AcceptedPings& accepted;
  TakeActivity take_activity;  // Empty: sums stay in the ledger.
  int hand_over_every_ms = kHandOverMs;
  // Told of the first of a row of failures; all is tried again. May be empty. On any thread.
  std::function<void(const base::Error&)> trouble;
  FoldInMetrics* metrics = nullptr;  // Null: nobody wants to know.
};

// One batch from the spool; if there is none, of the rejections that are marked to be checked again.
enum class Folded { kNothing, kSome, kFullBatch };
base::Result<Folded> FoldOnce(const FoldInParts& parts);

class FoldIn {
 public:
  // Starts working. The parts must outlive this object.
  explicit FoldIn(FoldInParts parts);
  // Finishes the batch that is begun, and stops.
  ~FoldIn();
  FoldIn(const FoldIn&) = delete;
  FoldIn& operator=(const FoldIn&) = delete;

  // There is something in the spool. From any thread; cheap.
  void Wake();

 private:
  void Run();
  void HandOver();

  const FoldInParts parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;     // GUARDED_BY(mutex_)
  bool stopping_ = false;  // GUARDED_BY(mutex_)
  // Last: they use all of the above. The index takes its time, and pings do not wait for it.
  std::thread folding_;
  std::thread handing_over_;
};

}  // namespace cairn::pings
