// Signing is what gives crashes their signatures: the lists, custom rules and decisions in force, their
// history, and the work of signing all stored crashes again when they change.
//
// A signature is a function of the settings and of what the index keeps of a crash (InputSigner), and of
// nothing else. Therefore a preview is exact, an undo restores exactly, and a re-signing that was killed goes
// on where it was. What comes in is signed under the same lock by which settings change, so no crash is ever
// left behind with a signature of former settings. History is read and signed outside of that lock, and what
// changed meanwhile is read and signed once more. Any thread may call any method.
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
#include <unordered_set>
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

// Inputs that are read and signed again at once, beside what comes in; and signatures that are written at
// once, for which what comes in waits.
inline constexpr std::size_t kResignedAtOnce = 5000;
inline constexpr std::size_t kWrittenAtOnce = 500;

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

// What became of inputs that were signed again.
struct SignedAgain {
  std::shared_ptr<const SigningRules> rules;  // By which.
  bool is_current = true;  // False: others are in force by now, and some were left as they are.
  std::uint64_t inputs = 0;
  std::uint64_t changed = 0;
  std::optional<std::int64_t> last;  // The highest id; none: there were no inputs.
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
  base::Result<std::vector<std::string>> Resolve(const std::string& signature,
                                                 const search::Deadline& deadline) const;

  Progress progress() const;
  // Until history is signed by what is in force. For tests, and commands that wait.
  void WaitUntilSigned() const;

  // Signs up to `inputs_max` inputs again by what is in force, with the names that they have: at most
  // kResignedAtOnce.
  base::Result<SignedAgain> SignAgain(const search::InputQuestion& question, std::size_t inputs_max);

  // As the index's, signed by what is in force.
  base::Status Add(std::span<const search::CrashRow> rows);
  base::Status Replace(std::span<const search::CrashRow> rows);

 private:
  Signing(SigningParts parts, Revision revision, std::shared_ptr<const SigningRules> rules,
          Progress progress);

  base::Result<Change> Decide(Decision decision, Action action, const Author& author);
  base::Result<Change> PutInForce(Settings settings, RevisionHead head);
  std::vector<search::CrashRow> Sign(std::span<const search::CrashRow> rows);
  void NoteGiven(std::span<const search::CrashRow> rows);
  base::Result<std::vector<std::int64_t>> SignOnce(const search::InputQuestion& question,
                                                   std::size_t inputs_max, SignedAgain& done);
  base::Status Write(std::span<const search::SignatureOf> changed, SignedAgain& done);
  void Run();
  base::Result<Progress> SignPage();

  const SigningParts parts_;
  std::mutex orders_mutex_;  // One order at a time. Taken before the others.

  // Held while inputs are signed again, from reading to writing: what is read first is written first, so that
  // the last one to read the names of today is the last one to write. Taken before write_mutex_.
  std::mutex again_mutex_;
  std::unique_ptr<InputSigner> again_signer_;               // GUARDED_BY(again_mutex_)
  std::shared_ptr<const SigningRules> again_signer_rules_;  // GUARDED_BY(again_mutex_)

  // Held while rows are signed and written, while signatures of history are written, and while other rules
  // are put in force. Taken before mutex_.
  std::mutex write_mutex_;
  std::unique_ptr<InputSigner> signer_;  // GUARDED_BY(write_mutex_); of the rules in force.
  bool is_signing_again_ = false;        // GUARDED_BY(write_mutex_)
  // GUARDED_BY(write_mutex_). Inputs of rows that came while others were signed again: what was read of them
  // before may be old.
  std::unordered_set<std::int64_t> given_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Revision revision_;                          // GUARDED_BY(mutex_)
  std::shared_ptr<const SigningRules> rules_;  // GUARDED_BY(mutex_)
  Progress progress_;                          // GUARDED_BY(mutex_)
  bool stopping_ = false;                      // GUARDED_BY(mutex_)
  std::thread thread_;                         // Last: it uses all of the above.
};

}  // namespace cairn::signing
