// SigningIndex is a CrashIndex that signs what is added to it (Signing), and leaves all else to the index
// behind it: whoever processes crashes need not know what signatures are made by.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/search/crash_index.h"
#include "server/signing/signing.h"

namespace cairn::signing {

class SigningIndex final : public search::CrashIndex {
 public:
  // Both are borrowed; `signing` works on the same index.
  SigningIndex(search::CrashIndex& index, Signing& signing) : index_(index), signing_(signing) {}

  base::Status Add(std::span<const search::CrashRow> rows) override { return signing_.Add(rows); }
  base::Status Replace(std::span<const search::CrashRow> rows) override { return signing_.Replace(rows); }

  base::Status SetNames(std::span<const search::StackFrame> frames) override {
    return index_.SetNames(frames);
  }
  base::Result<std::vector<search::StackFrame>> AddressesOf(
      const search::AddressQuestion& question) const override {
    return index_.AddressesOf(question);
  }
  base::Result<std::vector<std::int64_t>> InputsOf(std::string_view debug_id) const override {
    return index_.InputsOf(debug_id);
  }
  base::Status SetSignatures(std::span<const search::SignatureOf> signatures) override {
    return index_.SetSignatures(signatures);
  }
  base::Result<std::unique_ptr<search::InputReader>> ReadInputs(
      const search::InputQuestion& question) const override {
    return index_.ReadInputs(question);
  }
  base::Result<std::vector<std::string>> FollowSignature(std::string_view signature,
                                                         const search::Deadline& deadline) const override {
    return index_.FollowSignature(signature, deadline);
  }
  base::Result<search::AlikeInputs> FindAlike(const search::AlikeQuestion& question) const override {
    return index_.FindAlike(question);
  }
  base::Status AddActivity(std::span<const stats::NumberedAggregate> sums) override {
    return index_.AddActivity(sums);
  }
  base::Result<std::vector<search::ActivitySum>> SumActivity(
      const search::ActivityQuery& query) const override {
    return index_.SumActivity(query);
  }
  base::Result<std::vector<search::ExpiredCrash>> FindExpired(const search::Retention& retention,
                                                              const search::ExpiredCrash& after,
                                                              std::size_t crashes_max) const override {
    return index_.FindExpired(retention, after, crashes_max);
  }
  base::Result<std::uint64_t> Expire(const search::Retention& retention) override {
    return index_.Expire(retention);
  }
  base::Result<std::uint64_t> Purge(std::span<const std::string> uuids) override {
    return index_.Purge(uuids);
  }
  base::Status Sweep() override { return index_.Sweep(); }
  base::Result<search::SearchResult> Search(const search::Query& query) const override {
    return index_.Search(query);
  }
  base::Result<search::StackCounts> CountStacks(const search::Query& query, search::ThreadScope scope,
                                                std::size_t stacks_max) const override {
    return index_.CountStacks(query, scope, stacks_max);
  }
  base::Result<std::vector<search::ModuleCount>> CountModules(const search::Query& query) const override {
    return index_.CountModules(query);
  }
  base::Result<std::vector<search::FirstSeen>> FindFirstSeen(
      std::span<const std::string> signatures, std::span<const search::CrashKind> kinds,
      const search::Deadline& deadline) const override {
    return index_.FindFirstSeen(signatures, kinds, deadline);
  }
  base::Result<search::Snapshot> TakeSnapshot(const search::SnapshotQuestion& question) const override {
    return index_.TakeSnapshot(question);
  }
  base::Result<std::vector<std::string>> PacksOf(std::int64_t day_ms) const override {
    return index_.PacksOf(day_ms);
  }
  base::Result<std::optional<search::CrashReference>> Get(std::string_view uuid) const override {
    return index_.Get(uuid);
  }
  base::Result<std::vector<search::CrashReference>> FindByMinidumpHash(
      std::string_view sha256_hex) const override {
    return index_.FindByMinidumpHash(sha256_hex);
  }

 private:
  search::CrashIndex& index_;
  Signing& signing_;
};

}  // namespace cairn::signing
