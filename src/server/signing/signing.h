// Signing is what gives crashes their signatures: the lists, custom rules and decisions in force, their
// history, and the work of signing all stored crashes again when they change.
//
// A signature is a function of the settings and of what the index keeps of a crash (InputSigner), and of
// nothing else. Therefore a preview is exact, an undo restores exactly, and a re-signing that was killed goes
// on where it was. What comes in is signed under the same lock by which settings change, so no crash is ever
// left behind with a signature of former settings. Any thread may call any method.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "base/result.h"
#include "os/clock.h"
#include "server/search/crash_index.h"
#include "server/signing/history.h"
#include "server/signing/input_signer.h"
#include "server/signing/preview.h"
#include "server/signing/progress.h"
#include "server/store/blob_store.h"

namespace cairn::signing {

// Inputs that are signed again at once; what comes in waits so long, some half a second.
inline constexpr std::size_t kResignedAtOnce = 5000;

// Borrowed.
struct SigningParts {
  search::CrashIndex& index;
  store::BlobStore& blobs;
  std::function<std::int64_t()> clock = os::UnixMillis;
};

struct Author {
  std::string who;
  std::string why;
};

// What an order came to: a new revision, or why it cannot be followed.
using Change = std::variant<RevisionHead, Mistakes>;

class Signing {
 public:
  // Takes up what is in force, and signs again what is not signed by it.
  static base::Result<std::unique_ptr<Signing>> Open(SigningParts parts);
  ~Signing();
  Signing(const Signing&) = delete;
  Signing& operator=(const Signing&) = delete;

  // What is in force.
  Revision Current() const;
  std::shared_ptr<const SigningRules> rules() const;
  base::Result<std::vector<RevisionHead>> ListHistory(std::int64_t before, std::size_t revisions_max) const;
  base::Result<Revision> GetRevision(std::int64_t number) const { return History(parts_.blobs).Get(number); }

  // What would become of all crashes; decisions stay.
  base::Result<std::variant<Preview, Mistakes>> PreviewOf(const SettingsText& text) const;

  // Each is durable when it returns, holds for what comes in from then on, and history follows.
  base::Result<Change> Save(const SettingsText& text, const Author& author);
  // The crashes of `from`, which must be signatures of today, get the signature `to`.
  base::Result<Change> Merge(const std::vector<std::string>& from, const std::string& to,
                             const Author& author);
  // As a merge, to a name that no crash has.
  base::Result<Change> Rename(const std::string& from, const std::string& to, const Author& author);
  // Takes a merge or a renaming back, whatever came after it.
  base::Result<Change> Split(std::int64_t decision, const Author& author);
  // Puts in force what was before the newest change that is not undone.
  base::Result<Change> Undo(const Author& author);

  // Where the crashes are now that have this signature, or ever had it.
  base::Result<std::vector<std::string>> Resolve(const std::string& signature) const;

  Progress progress() const;
  // Until history is signed by what is in force. For tests, and commands that wait.
  void WaitUntilSigned() const;

  // As the index's, signed by what is in force.
  base::Status Add(std::span<const search::CrashRow> rows);
  base::Status Replace(std::span<const search::CrashRow> rows);

 private:
  Signing(SigningParts parts, Revision revision, std::shared_ptr<const SigningRules> rules,
          Progress progress);

  base::Result<Change> Decide(Decision decision, Action action, const Author& author);
  base::Result<Change> PutInForce(Settings settings, RevisionHead head);
  std::vector<search::CrashRow> Sign(std::span<const search::CrashRow> rows);
  void Run();
  base::Result<Progress> SignPage();

  const SigningParts parts_;
  std::mutex orders_mutex_;  // One order at a time. Taken before the others.

  // Held while rows or a page of history are signed and written, and while other rules are put in force.
  // Taken before mutex_.
  std::mutex write_mutex_;
  std::unique_ptr<InputSigner> signer_;  // GUARDED_BY(write_mutex_); of the rules in force.

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Revision revision_;                          // GUARDED_BY(mutex_)
  std::shared_ptr<const SigningRules> rules_;  // GUARDED_BY(mutex_)
  Progress progress_;                          // GUARDED_BY(mutex_)
  bool stopping_ = false;                      // GUARDED_BY(mutex_)
  std::thread thread_;                         // Last: it uses all of the above.
};

}  // namespace cairn::signing
