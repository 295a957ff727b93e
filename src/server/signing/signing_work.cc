// Signing's work on crashes: those that come in, and those that are there and are signed again.
#include <algorithm>
#include <chrono>
#include <thread>
#include <unordered_map>
#include <utility>

#include "os/thread.h"
#include "server/signing/signing.h"
#include "server/store/blob_keys.h"

namespace cairn::signing {
namespace {

using search::SharedInput;

constexpr std::uint64_t kInputsPerNote = 10 * kResignedAtOnce;  // A note costs a write to the disk.
constexpr std::chrono::seconds kRetryAfter(10);
// Between pages, and between two times that signatures are written: a mutex goes to whoever asks first.
constexpr std::chrono::milliseconds kPause(2);
// How often inputs are read again that came in while they were signed. Those that still do come all the time,
// and have been signed as they came.
constexpr int kMaxRounds = 3;

}  // namespace

std::vector<search::CrashRow> Signing::Sign(std::span<const search::CrashRow> rows) {
  std::vector<search::CrashRow> signed_rows(rows.begin(), rows.end());
  std::unordered_map<const search::SignatureInput*, SharedInput> made;  // Many crashes have one input.
  for (search::CrashRow& row : signed_rows) {
    if (row.input == nullptr) continue;
    SharedInput& input = made[row.input.get()];
    if (input == nullptr) {
      search::Signature signature = signer_->Sign(*row.input);
      input = row.input;
      if (signature != row.input->parts().signature) {
        search::SignatureInput::Parts parts = row.input->parts();
        parts.signature = std::move(signature);
        input = search::MakeInput(std::move(parts));
      }
    }
    row.input = input;
  }
  return signed_rows;
}

base::Status Signing::Add(std::span<const search::CrashRow> rows) {
  const std::lock_guard lock(write_mutex_);
  NoteGiven(rows);
  return parts_.index.Add(Sign(rows));
}

base::Status Signing::Replace(std::span<const search::CrashRow> rows) {
  const std::lock_guard lock(write_mutex_);
  NoteGiven(rows);
  return parts_.index.Replace(Sign(rows));
}

// Under write_mutex_.
void Signing::NoteGiven(std::span<const search::CrashRow> rows) {
  if (!is_signing_again_) return;
  for (const search::CrashRow& row : rows) {
    if (row.input != nullptr) given_.insert(row.input->id());
  }
}

base::Result<SignedAgain> Signing::SignAgain(const search::InputQuestion& question, std::size_t inputs_max) {
  const std::lock_guard again_lock(again_mutex_);
  SignedAgain done;
  search::InputQuestion asked = question;
  for (int round = 0; round < kMaxRounds; ++round) {
    auto left = SignOnce(asked, round == 0 ? inputs_max : asked.only.size(), done);
    {
      const std::lock_guard write_lock(write_mutex_);
      is_signing_again_ = false;
      given_.clear();
    }
    if (!left) return left.error();
    if (!done.is_current || left->empty()) break;
    asked = {.only = *std::move(left)};
  }
  return done;
}

// The ids of inputs that came in meanwhile, and must be looked at once more.
base::Result<std::vector<std::int64_t>> Signing::SignOnce(const search::InputQuestion& question,
                                                          std::size_t inputs_max, SignedAgain& done) {
  {
    const std::lock_guard write_lock(write_mutex_);
    is_signing_again_ = true;
    const std::shared_ptr<const SigningRules> in_force = rules();
    // A later round is by the rules of the first, or by none.
    if (done.rules == nullptr) done.rules = in_force;
    done.is_current = done.rules == in_force;
  }
  if (!done.is_current) return std::vector<std::int64_t>();
  if (again_signer_rules_ != done.rules) {
    again_signer_ = std::make_unique<InputSigner>(done.rules);
    again_signer_rules_ = done.rules;
  }
  // A reader for each page: what took the dictionary's place meanwhile, and names that came, are seen.
  ASSIGN_OR_RETURN(const std::unique_ptr<search::InputReader> reader, parts_.index.ReadInputs(question));
  ASSIGN_OR_RETURN(const std::span<const search::StoredInput> page,
                   reader->Next(std::min(inputs_max, kResignedAtOnce)));
  std::vector<search::SignatureOf> changed;
  for (const search::StoredInput& input : page) {
    search::Signature signature = again_signer_->Sign(input);
    if (signature != input.signature) changed.emplace_back(input.id, std::move(signature));
  }
  if (!done.last) {
    done.inputs = page.size();
    if (!page.empty()) done.last = page.back().id;
  }
  RETURN_IF_ERROR(Write(changed, done));
  // What came in may have come with other names than the dictionary has.
  std::vector<std::int64_t> left;
  const std::lock_guard write_lock(write_mutex_);
  for (const search::StoredInput& input : page) {
    if (given_.contains(input.id)) left.push_back(input.id);
  }
  return left;
}

// Piece by piece, so that nobody waits long. Leaves what came in meanwhile.
base::Status Signing::Write(std::span<const search::SignatureOf> changed, SignedAgain& done) {
  while (!changed.empty()) {
    const std::span<const search::SignatureOf> piece =
        changed.first(std::min(kWrittenAtOnce, changed.size()));
    changed = changed.subspan(piece.size());
    {
      const std::lock_guard write_lock(write_mutex_);
      done.is_current = done.rules == rules();
      if (!done.is_current) break;
      std::vector<search::SignatureOf> kept;
      for (const search::SignatureOf& signature : piece) {
        if (!given_.contains(signature.first)) kept.push_back(signature);
      }
      RETURN_IF_ERROR(parts_.index.SetSignatures(kept));
      done.changed += kept.size();
    }
    if (!changed.empty()) std::this_thread::sleep_for(kPause);
  }
  return {};
}

void Signing::Run() {
  os::NameThread("signing");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (progress_.is_done) {
      changed_.wait(lock, [this] { return stopping_ || !progress_.is_done; });
      continue;
    }
    lock.unlock();
    const base::Result<Progress> page = SignPage();
    lock.lock();
    const std::int64_t stamp = progress_.stamp;
    const auto is_called = [&] { return stopping_ || progress_.stamp != stamp; };
    if (page) {
      changed_.wait_for(lock, kPause, is_called);
      continue;
    }
    progress_.trouble = base::Describe(page.error());
    changed_.wait_for(lock, kRetryAfter, is_called);
  }
}

base::Result<Progress> Signing::SignPage() {
  Progress done;
  std::shared_ptr<const SigningRules> in_force;
  {
    const std::lock_guard lock(mutex_);
    done = progress_;
    in_force = rules_;
  }
  ASSIGN_OR_RETURN(const SignedAgain page,
                   SignAgain({.after = done.after, .with_crashes = false}, kResignedAtOnce));
  const std::lock_guard write_lock(write_mutex_);
  // If others are in force by now, they have begun anew.
  if (!page.is_current || page.rules != in_force || rules() != in_force) return progress();
  const std::uint64_t notes_before = done.inputs / kInputsPerNote;
  done.inputs += page.inputs;
  done.changed += page.changed;
  done.trouble.clear();
  if (page.last) done.after = page.last;
  done.is_done = page.inputs < kResignedAtOnce;
  if (done.is_done || done.inputs / kInputsPerNote != notes_before) {
    RETURN_IF_ERROR(parts_.blobs.Put(store::kSigningProgressKey, base::AsBytes(WriteProgress(done))));
  }
  const std::lock_guard lock(mutex_);
  progress_ = done;
  changed_.notify_all();
  return done;
}

}  // namespace cairn::signing
