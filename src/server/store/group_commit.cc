#include "server/store/group_commit.h"

#include <utility>

namespace cairn::store {

base::Status GroupCommit::Run(const std::function<base::Status()>& work) {
  Ticket ticket{.work = &work};
  std::unique_lock lock(mutex_);
  pending_.push_back(&ticket);
  while (!ticket.done) {
    if (leading_) {
      done_.wait(lock);
      continue;
    }
    leading_ = true;
    const std::vector<Ticket*> batch = std::exchange(pending_, {});
    lock.unlock();
    Commit(batch);
    lock.lock();
    leading_ = false;
    for (Ticket* const member : batch) member->done = true;
    done_.notify_all();
  }
  return ticket.status;
}

void GroupCommit::Commit(const std::vector<Ticket*>& batch) {
  base::Status status = database_.Execute("BEGIN IMMEDIATE");
  if (status) {
    for (Ticket* const ticket : batch) ticket->status = (*ticket->work)();
    status = database_.Execute("COMMIT");
    if (!status) {
      // A full disk may have rolled back already; then there is nothing to roll back, which is no further
      // failure.
      (void)database_.Execute("ROLLBACK");
    }
  }
  if (status) return;
  for (Ticket* const ticket : batch) ticket->status = status;
}

}  // namespace cairn::store
