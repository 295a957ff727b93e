#include "server/store/group_commit.h"

namespace cairn::store {

void GroupCommit::Commit(const std::vector<Ticket*>& batch) {
  std::vector<Ticket*> together;
  for (Ticket* const ticket : batch) {
    if (!ticket->work->alone) together.push_back(ticket);
  }
  CommitTogether(together);
  for (Ticket* const ticket : batch) {
    if (ticket->work->alone) ticket->status = ticket->work->run();
  }
}

void GroupCommit::CommitTogether(const std::vector<Ticket*>& batch) {
  if (batch.empty()) return;
  base::Status status = database_.Execute("BEGIN IMMEDIATE");
  if (status) {
    for (Ticket* const ticket : batch) ticket->status = ticket->work->run();
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
