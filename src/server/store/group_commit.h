// GroupCommit lets many threads share one SQLite connection and one fsync: whoever comes first runs the
// waiting work of all in one transaction, and everybody returns after its commit.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "server/store/sqlite_database.h"

namespace cairn::store {

class GroupCommit {
 public:
  // The database is borrowed, and used by nobody else.
  explicit GroupCommit(SqliteDatabase& database) : database_(database) {}

  // Runs `work` in a transaction and returns its status, or the commit's failure. Work that fails must have
  // changed nothing: its statements that came before would be committed. Work never runs twice at once, on
  // whichever thread.
  base::Status Run(const std::function<base::Status()>& work);

 private:
  struct Ticket {
    const std::function<base::Status()>* work;
    base::Status status;
    bool done = false;
  };

  void Commit(const std::vector<Ticket*>& batch);

  SqliteDatabase& database_;  // Used only by the thread that leads.
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<Ticket*> pending_;  // Guarded by mutex_.
  bool leading_ = false;          // Guarded by mutex_: a thread runs a batch.
};

}  // namespace cairn::store
