// RuleSource holds the rules in force: of a file that may change while the server runs, or a built-in
// profile.
//
// A new file takes effect at the next Refresh; one that is broken changes nothing, and its faults are told.
// Each set of rules that takes effect is kept in the blob store under the time at which it did
// (store::ThrottleRulesKey): plots draw a line there, because numbers from before and after do not compare.
// Any thread may ask for the rules; one refreshes them.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/collector/rules.h"
#include "server/store/blob_store.h"

namespace cairn::collector {

class RuleSource {
 public:
  // One line about the rules, for whoever runs the server: "rules.toml: line 3: ...".
  using Tell = std::function<void(const std::string&)>;

  // `name` is a profile's ("general"), or else the path of a file. An empty pointer, after `tell`, if there
  // are no rules to begin with. `blobs` is borrowed.
  static std::unique_ptr<RuleSource> Open(std::string name, store::BlobStore& blobs, std::int64_t now_ms,
                                          Tell tell);

  // Shared, because a report that came under rules is judged by them whatever comes meanwhile.
  std::shared_ptr<const RuleSet> Current() const;

  // Looks whether the file has changed, and takes it. Cheap, for every moment.
  void Refresh(std::int64_t now_ms);
  // Takes the file whether it looks changed or not.
  void Reload(std::int64_t now_ms);

 private:
  RuleSource(std::string name, store::BlobStore& blobs, Tell tell);

  // What tells one state of the file from another.
  struct Stamp {
    std::int64_t modified_ns = 0;
    std::uint64_t size = 0;
    bool readable = false;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  bool IsProfile() const;
  Stamp Look() const;
  bool Load(std::int64_t now_ms);
  void Record(const RuleSet& rules, std::int64_t now_ms);

  const std::string name_;
  store::BlobStore& blobs_;
  const Tell tell_;
  Stamp stamp_;  // Of the file as it was last loaded, or refused.
  mutable std::mutex mutex_;
  std::shared_ptr<const RuleSet> current_;  // GUARDED_BY(mutex_)
};

// A set of rules that took effect.
struct RuleChange {
  std::int64_t time_ms = 0;  // Unix time.
  std::string revision;
  std::string name;  // The profile, or the file's base name.
};
// The newest, at most so many; of these the oldest comes first.
base::Result<std::vector<RuleChange>> ListRuleChanges(
    const store::BlobStore& blobs, std::size_t changes_max = std::numeric_limits<std::size_t>::max());

// The text of the rules of a revision that took effect at some time; kNotFound if none did.
base::Result<std::string> FindRules(const store::BlobStore& blobs, std::string_view revision);

}  // namespace cairn::collector
