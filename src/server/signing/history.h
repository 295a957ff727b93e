// History keeps each state that the settings of signatures ever had, with who made it, when and why.
//
// In the BlobStore, and not in the Directory: the index is made from blobs, and what its signatures are made
// by must be there when it is made again; and lists are documents of some 100 KB, where the Directory holds
// short texts. A revision is one object, written once: after a kill it is there whole or not at all. Undoing
// writes a new revision as well, so nothing is ever lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/signing/settings.h"
#include "server/store/blob_store.h"

namespace cairn::signing {

inline constexpr std::size_t kMaxRevisionBytes = 32 << 20;  // Lists, rules and 10,000 decisions.

enum class Action : std::uint8_t { kSave, kMerge, kRename, kSplit, kUndo };
// "save", "merge", "rename", "split", "undo".
std::string_view ActionName(Action action);

// All of a revision but the settings.
struct RevisionHead {
  std::int64_t number = 0;   // From 1. 0: Cairn's own lists, before anybody changed anything.
  std::int64_t content = 0;  // The revision that first had these settings: another one if this is an undo.
  std::int64_t parent = 0;   // The content that those settings were made from, to which an undo goes back.
  Action action = Action::kSave;
  std::string about;  // Such as "a, b into c".
  std::string who;
  std::string why;
  std::int64_t when_ms = 0;

  friend bool operator==(const RevisionHead&, const RevisionHead&) = default;
};

struct Revision {
  RevisionHead head;
  Settings settings;

  friend bool operator==(const Revision&, const Revision&) = default;
};

class History {
 public:
  explicit History(store::BlobStore& blobs) : blobs_(&blobs) {}

  // Number 0 with empty settings if nothing was ever changed.
  base::Result<Revision> Newest() const;
  // kNotFound if there is none.
  base::Result<Revision> Get(std::int64_t number) const;
  // The newest first, those below `before` (0: all).
  base::Result<std::vector<RevisionHead>> List(std::int64_t before, std::size_t revisions_max) const;
  // Durable when it returns.
  base::Status Put(const Revision& revision);

 private:
  base::Result<std::vector<std::string>> Keys() const;

  store::BlobStore* blobs_;
};

// As an object of the store.
std::string WriteRevision(const Revision& revision);
base::Result<Revision> ReadRevision(std::string_view json);

}  // namespace cairn::signing
