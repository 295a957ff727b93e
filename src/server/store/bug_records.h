// BugRecords is the port to which bugs of which trackers are about which signatures, and to what was last
// heard of these bugs. A Directory has one.
//
// All methods may be called from many threads at once. A text that is too long, empty where it must not be,
// or has a NUL is kBadValue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cairn::store {

inline constexpr std::size_t kMaxLinkedSignatureBytes = 1024;  // 255 characters of four bytes.
inline constexpr std::size_t kMaxBugIdBytes = 60;
inline constexpr std::size_t kMaxBugTextBytes = 500;  // A summary; what is longer is cut.
inline constexpr std::size_t kMaxBugsOfSignature = 200;

struct BugId {
  std::string tracker;  // Its name in the configuration.
  std::string bug;      // As the tracker has it: "1234", "CRASH-12".

  friend bool operator==(const BugId&, const BugId&) = default;
};

// What the tracker says of a bug. Texts are empty where it says nothing.
struct BugState {
  std::string status;
  std::string resolution;
  std::string summary;

  friend bool operator==(const BugState&, const BugState&) = default;
};

struct BugLink {
  std::string signature;
  BugId id;
  BugState state;

  friend bool operator==(const BugLink&, const BugLink&) = default;
};

class BugRecords {
 public:
  virtual ~BugRecords() = default;

  // Adding twice changes nothing. kLimitExceeded beyond kMaxBugsOfSignature.
  virtual base::Status LinkBug(const std::string& signature, const BugId& id) = 0;
  // kNotFound if they are not linked.
  virtual base::Status UnlinkBug(const std::string& signature, const BugId& id) = 0;
  // In the order of the signatures, and of each in the order of linking.
  virtual base::Result<std::vector<BugLink>> BugsOf(std::span<const std::string> signatures) const = 0;
  // Bugs of any tracker by their ids, likewise.
  virtual base::Result<std::vector<BugLink>> SignaturesOf(std::span<const std::string> bugs) const = 0;

  // Bugs of a tracker that nothing was heard of since `before_ms`, those first that have waited longest.
  virtual base::Result<std::vector<BugId>> FindStale(const std::string& tracker, std::int64_t before_ms,
                                                     std::size_t bugs_max) const = 0;
  // What is heard now; nothing: the tracker did not say, and what was heard before stays.
  virtual base::Status NoteStates(std::span<const std::pair<BugId, std::optional<BugState>>> states) = 0;
};

}  // namespace cairn::store
