// A CrashIndex that remembers rows, and fails or refuses when it is told to.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/search/crash_index.h"

namespace cairn::processor {

class IndexForTest final : public search::CrashIndex {
 public:
  base::Status Add(std::span<const search::CrashRow> rows) override {
    const std::lock_guard lock(mutex_);
    ++commits;
    for (const search::CrashRow& row : rows) {
      if (row.uuid == refused_uuid) return base::Error{base::Code::kBadValue, 0, "row"};
    }
    if (full) return base::Error{base::Code::kIo, 28, "disk"};
    for (const search::CrashRow& row : rows) {
      rows_[row.uuid] = row;
      order_.push_back(row.uuid);
    }
    return {};
  }
  base::Status Replace(std::span<const search::CrashRow> rows) override { return Add(rows); }
  base::Status SetNames(std::span<const search::StackFrame>) override { return {}; }
  base::Result<std::vector<search::StackFrame>> AddressesOf(const search::AddressQuestion&) const override {
    return std::vector<search::StackFrame>();
  }
  base::Result<std::vector<std::int64_t>> InputsOf(std::string_view) const override {
    return std::vector<std::int64_t>();
  }
  base::Status SetSignatures(std::span<const search::SignatureOf>) override { return {}; }
  base::Result<std::unique_ptr<search::InputReader>> ReadInputs(const search::InputQuestion&) const override {
    return base::Error{base::Code::kUnsupported, 0, "inputs of an index for tests"};
  }
  base::Result<std::vector<std::string>> FollowSignature(std::string_view,
                                                         const search::Deadline&) const override {
    return std::vector<std::string>{};
  }
  base::Result<search::AlikeInputs> FindAlike(const search::AlikeQuestion&) const override {
    return search::AlikeInputs{};
  }
  base::Status AddActivity(std::span<const stats::NumberedAggregate>) override { return {}; }
  base::Result<std::vector<search::ActivitySum>> SumActivity(const search::ActivityQuery&) const override {
    return std::vector<search::ActivitySum>{};
  }
  base::Result<std::vector<search::ExpiredCrash>> FindExpired(const search::Retention&,
                                                              const search::ExpiredCrash&,
                                                              std::size_t) const override {
    return std::vector<search::ExpiredCrash>{};
  }
  base::Result<std::uint64_t> Expire(const search::Retention&) override { return std::uint64_t{0}; }
  base::Result<std::uint64_t> Purge(std::span<const std::string>) override { return std::uint64_t{0}; }
  base::Status Sweep() override { return {}; }
  base::Result<search::SearchResult> Search(const search::Query&) const override {
    return search::SearchResult{};
  }
  base::Result<search::StackCounts> CountStacks(const search::Query&, search::ThreadScope,
                                                std::size_t) const override {
    return search::StackCounts{};
  }
  base::Result<std::vector<search::ModuleCount>> CountModules(const search::Query&) const override {
    return std::vector<search::ModuleCount>{};
  }
  base::Result<std::vector<search::FirstSeen>> FindFirstSeen(std::span<const std::string>,
                                                             std::span<const search::CrashKind>,
                                                             const search::Deadline&) const override {
    return std::vector<search::FirstSeen>{};
  }
  base::Result<std::optional<search::CrashReference>> Get(std::string_view uuid) const override {
    const std::lock_guard lock(mutex_);
    const auto row = rows_.find(std::string(uuid));
    if (row == rows_.end()) return std::optional<search::CrashReference>();
    return std::optional(
        search::CrashReference{.kind = row->second.kind, .uuid = row->second.uuid, .pack = row->second.pack});
  }
  base::Result<search::Snapshot> TakeSnapshot(const search::SnapshotQuestion&) const override {
    return base::Error{base::Code::kUnsupported, 0, "snapshot"};
  }
  base::Result<std::vector<std::string>> PacksOf(std::int64_t) const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> packs;
    for (const auto& [uuid, row] : rows_) packs.push_back(row.pack);
    return packs;
  }
  base::Result<std::vector<search::CrashReference>> FindByMinidumpHash(std::string_view) const override {
    return std::vector<search::CrashReference>{};
  }

  std::map<std::string, search::CrashRow> rows() const {
    const std::lock_guard lock(mutex_);
    return rows_;
  }

  std::vector<std::string> order() const {
    const std::lock_guard lock(mutex_);
    return order_;
  }

  std::string refused_uuid;
  bool full = false;
  int commits = 0;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, search::CrashRow> rows_;  // GUARDED_BY(mutex_)
  std::vector<std::string> order_;                // GUARDED_BY(mutex_); of adding.
};

}  // namespace cairn::processor
