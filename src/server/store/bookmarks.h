// Bookmarks is the port to pages that people keep: searches under names, of one user each, and short links,
// which anybody may follow. A Directory has one.
//
// A URL is a path of this site with its query, "/search?product=Crashy": nothing that leads elsewhere. All
// methods may be called from many threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

inline constexpr std::size_t kMaxBookmarkUrlBytes = 4096;
inline constexpr std::size_t kMaxSavedSearchesOfUser = 500;
// Of some hundred bytes each, and 400 MB at the very most.
inline constexpr std::size_t kMaxShortLinks = 100'000;
inline constexpr std::int64_t kShortLinkDays = 365;  // One that nobody follows for so long is forgotten.

struct SavedSearch {
  std::int64_t id = 0;
  std::string name;
  std::string url;
  std::int64_t created_ms = 0;
};

// Whether it is a path of this site: begins with one slash, and has no backslash, blank or control byte.
bool IsSiteUrl(std::string_view url);

class Bookmarks {
 public:
  virtual ~Bookmarks() = default;

  // Takes the place of the user's one of that name. kBadValue for a name or URL that will not do,
  // kLimitExceeded beyond kMaxSavedSearchesOfUser.
  virtual base::Result<SavedSearch> SaveSearch(std::int64_t user_id, const std::string& name,
                                               const std::string& url) = 0;
  // By name.
  virtual base::Result<std::vector<SavedSearch>> ListSearches(std::int64_t user_id) const = 0;
  // kNotFound if the user has none of that id.
  virtual base::Status RemoveSearch(std::int64_t user_id, std::int64_t id) = 0;

  // Its id, which is the same for the same URL. kLimitExceeded beyond kMaxShortLinks, of which none is old.
  virtual base::Result<std::string> Shorten(const std::string& url) = 0;
  // Follows one.
  virtual base::Result<std::optional<std::string>> FindShortLink(const std::string& id) = 0;
};

}  // namespace cairn::store
