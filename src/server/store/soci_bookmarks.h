// The Bookmarks of SociDirectory.
#pragma once

#include "server/store/bookmarks.h"
#include "server/store/soci_directory.h"

namespace cairn::store {

class SociBookmarks final : public Bookmarks {
 public:
  // Borrows the directory's state.
  explicit SociBookmarks(SociDirectory::State& state) : state_(state) {}

  base::Result<SavedSearch> SaveSearch(std::int64_t user_id, const std::string& name,
                                       const std::string& url) override;
  base::Result<std::vector<SavedSearch>> ListSearches(std::int64_t user_id) const override;
  base::Status RemoveSearch(std::int64_t user_id, std::int64_t id) override;
  base::Result<std::string> Shorten(const std::string& url) override;
  base::Result<std::optional<std::string>> FindShortLink(const std::string& id) override;

 private:
  SociDirectory::State& state_;
};

}  // namespace cairn::store
