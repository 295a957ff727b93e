#include "server/store/group_commit.h"

namespace cairn::store {

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
