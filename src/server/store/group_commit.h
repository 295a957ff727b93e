// GroupCommit lets many threads share one SQLite connection and one fsync: the waiting work of all runs in
// one transaction, and everybody returns after its commit.
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "server/store/shared_commit.h"
#include "server/store/sqlite_database.h"

namespace cairn::store {

class GroupCommit {
 public:
  // The database is borrowed, and used by nobody else.
  explicit GroupCommit(SqliteDatabase& database)
      : database_(database), commits_([this](const std::vector<Ticket*>& batch) { Commit(batch); }) {}

  // Runs `work` in a transaction and returns its status, or the commit's failure. Work that fails must have
  // changed nothing: its statements that came before would be committed. Work never runs twice at once, on
  // whichever thread.
  base::Status Run(const std::function<base::Status()>& work) {
    Work one{work};
    return commits_.Run(one);
  }

  // As Run, but outside of any transaction: for what SQLite does to the whole file.
  base::Status RunAlone(const std::function<base::Status()>& work) {
    Work one{work, true};
    return commits_.Run(one);
  }

 private:
  struct Work {
    const std::function<base::Status()>& run;
    bool alone = false;
  };
  using Ticket = SharedCommit<Work>::Ticket;

  void Commit(const std::vector<Ticket*>& batch);
  void CommitTogether(const std::vector<Ticket*>& batch);

  SqliteDatabase& database_;  // Used only by the thread that leads.
  SharedCommit<Work> commits_;
};

}  // namespace cairn::store
