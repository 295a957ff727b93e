// Ledger is what the edge remembers: which pings came already, what was counted and is not in the index yet,
// what was refused and why.
//
// One SQLite file. Everything that a batch of pings changes is one transaction, together with how far the
// spool was read: after kill -9 a batch counts once or not at all. Any thread may call; a command may have
// the file open at the same time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/stats/error_aggregates.h"
#include "base/result.h"
#include "server/pings/reading.h"
#include "server/pings/spool.h"

namespace cairn::pings {

inline constexpr int kDumpHashDays = 365;  // How long a dump's second ping is known as such.

// A ping that was refused, as it is listed.
struct RejectedPing {
  std::int64_t sequence = 0;  // Names it; rising with time.
  std::int64_t submitted_ms = 0;
  std::string document_id;
  std::string name_space;
  std::string type;
  Rejection rejection;
  bool is_marked = false;  // It is to be checked again.
};

// How many pings of a kind had which fate on one day: "crash", "usage", "duplicate", "duplicate_dump", or a
// fault.
struct PingCount {
  std::string day;
  std::string name_space;
  std::string type;
  std::string outcome;
  std::int64_t count = 0;
};

// Which rejections are meant; what is empty does not restrict.
struct RejectionFilter {
  std::string name_space;
  std::string type;
  std::string fault;
  std::optional<std::int64_t> sequence;
};

// Takes sums into the index, durably when it returns. It may be given the same ones again, and must know them
// by source and number; within a source numbers rise from call to call.
using TakeActivity = std::function<base::Status(std::span<const stats::NumberedAggregate>)>;

class Ledger {
 public:
  static base::Result<std::unique_ptr<Ledger>> Open(const std::string& path);
  ~Ledger();

  SpoolPosition position() const;

  // One batch of pings: nothing of it is kept unless Commit is called and returns no error. Other threads'
  // calls wait meanwhile.
  class Batch {
   public:
    Batch(Batch&&) noexcept;
    ~Batch();

    // False: it came already, on that day ("20261122").
    base::Result<bool> NoteDocument(std::string_view day, std::string_view document_id);
    // False: a ping of the dump with that hash came within kDumpHashDays.
    base::Result<bool> NoteDump(std::string_view sha256_hex, std::string_view day);
    // False: that client came already, on that day, with that application, version, build, channel and
    // system.
    base::Result<bool> NoteClient(std::string_view client_id, std::string_view day,
                                  const stats::Dimensions& of);
    // To be handed over.
    base::Status AddActivity(std::span<const stats::Aggregate> sums);
    // `submission` is the stored ping, for another try.
    base::Status AddRejection(const RejectedPing& ping, std::string_view submission);
    // Whether there was one.
    base::Result<bool> RemoveRejection(std::int64_t sequence);
    base::Status SetRejection(std::int64_t sequence, const Rejection& rejection);  // And takes the mark away.
    base::Status AddCount(const PingCount& count);
    base::Status Commit(SpoolPosition position);

   private:
    friend class Ledger;
    explicit Batch(Ledger& ledger);
    base::Status Finish();
    Ledger* ledger_;  // Null once it is over.
  };
  base::Result<Batch> Begin();

  // The newest first.
  base::Result<std::vector<RejectedPing>> ListRejections(const RejectionFilter& filter,
                                                         std::size_t count_max) const;
  // Marks them to be checked again; how many there are.
  base::Result<std::int64_t> MarkRejections(const RejectionFilter& filter);
  struct Marked {
    std::int64_t sequence = 0;
    std::string submission;
  };
  base::Result<std::vector<Marked>> ListMarked(std::size_t count_max) const;
  base::Result<std::vector<PingCount>> ListCounts(std::string_view since_day) const;

  // Forgets ids of documents and dumps that are past their time. Call it once a day.
  base::Status Expire(std::int64_t now_ms);
  // Forgets pings that were refused before that moment; how many there were.
  base::Result<std::uint64_t> ExpireRejections(std::int64_t before_ms);

  // Whether a ping of that id came on that day, as far as that is still known.
  base::Result<bool> HasDocument(std::string_view day, std::string_view document_id) const;

  // Removes what is known of pings by these document ids, refused ones among them, and of the dumps with
  // these hashes, so that no byte of them is left; how much there was of each id. Takes its time.
  base::Result<std::vector<std::uint64_t>> Purge(std::span<const std::string> document_ids,
                                                 std::span<const std::string> dump_sha256_hexes);

  // Gives `take` what batches added and that was not taken yet, in order, until it has everything; what it
  // took is forgotten. A kill in between gives it again. Other calls do not wait for `take`.
  base::Status HandOver(const TakeActivity& take);

 private:
  struct State;
  explicit Ledger(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cairn::pings
