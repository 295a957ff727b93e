#include "server/store/soci_bookmarks.h"

#include <algorithm>

#include "base/time_units.h"
#include "server/store/soci_store.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

// 60 bits of the URL's hash: among 100,000 links two that are alike are not to be expected, and where they
// are, the second one is refused.
constexpr std::size_t kShortLinkLength = 12;
using base::kDayMs;
// Without those that people take for another: 32 of them.
constexpr std::string_view kShortLinkAlphabet = "23456789abcdefghijkmnpqrstuvwxyz";

// Of a hash's hexadecimal text, 5 bits for each letter.
std::string ShortIdOf(const std::string& hash) {
  std::uint64_t bits = std::stoull(hash.substr(0, 16), nullptr, 16);
  std::string id;
  for (std::size_t i = 0; i < kShortLinkLength; ++i, bits >>= 5U) id += kShortLinkAlphabet[bits & 31U];
  return id;
}

}  // namespace

bool IsSiteUrl(std::string_view url) {
  if (url.size() > kMaxBookmarkUrlBytes || !url.starts_with('/') || url.starts_with("//")) return false;
  return std::ranges::none_of(url, [](char c) { return c == '\\' || (c >= 0 && c <= ' ') || c == 0x7f; });
}

base::Result<SavedSearch> SociBookmarks::SaveSearch(std::int64_t user_id, const std::string& name,
                                                    const std::string& url) {
  if (name.empty() || !IsValidText(name)) return Error{Code::kBadValue, 0, "name"};
  if (!IsSiteUrl(url)) return Error{Code::kBadValue, 0, "url"};
  return WithoutThrowing("save search", [&]() -> base::Result<SavedSearch> {
    const long long user = user_id;
    const long long now_ms = state_.clock();
    long long id = 0;
    long long saved = 0;
    const std::lock_guard lock(state_.mutex);
    soci::transaction transaction(state_.session);
    state_.session << "INSERT INTO saved_searches (user_id, name, url, created_ms) VALUES (:user, :name, "
                      ":url, :now) ON CONFLICT (user_id, name) DO UPDATE SET url = excluded.url, created_ms "
                      "= excluded.created_ms RETURNING id",
        soci::use(user), soci::use(name), soci::use(url), soci::use(now_ms), soci::into(id);
    state_.session << "SELECT count(*) FROM saved_searches WHERE user_id = :user", soci::use(user),
        soci::into(saved);
    if (saved > static_cast<long long>(kMaxSavedSearchesOfUser))
      return Error{Code::kLimitExceeded, kMaxSavedSearchesOfUser, "saved searches"};
    transaction.commit();
    return SavedSearch{id, name, url, now_ms};
  });
}

base::Result<std::vector<SavedSearch>> SociBookmarks::ListSearches(std::int64_t user_id) const {
  return WithoutThrowing("list searches", [&]() -> base::Result<std::vector<SavedSearch>> {
    const long long user = user_id;
    std::vector<SavedSearch> searches;
    const std::lock_guard lock(state_.mutex);
    const soci::rowset<soci::row> rows =
        (state_.session.prepare << "SELECT CAST(id AS TEXT), name, url, CAST(created_ms AS TEXT) FROM "
                                   "saved_searches WHERE user_id = :user ORDER BY name",
         soci::use(user));
    for (const soci::row& row : rows) {
      searches.push_back(
          {NumberAt(row, 0), row.get<std::string>(1), row.get<std::string>(2), NumberAt(row, 3)});
    }
    return searches;
  });
}

base::Status SociBookmarks::RemoveSearch(std::int64_t user_id, std::int64_t id) {
  return WithoutThrowing("remove search", [&]() -> base::Status {
    const long long user = user_id;
    const long long search = id;
    long long removed = 0;
    const std::lock_guard lock(state_.mutex);
    state_.session << "DELETE FROM saved_searches WHERE id = :id AND user_id = :user RETURNING id",
        soci::use(search), soci::use(user), soci::into(removed);
    return removed == 0 ? Error{Code::kNotFound, 0, "saved search"} : base::Status();
  });
}

base::Result<std::string> SociBookmarks::Shorten(const std::string& url) {
  if (!IsSiteUrl(url)) return Error{Code::kBadValue, 0, "url"};
  const std::string id = ShortIdOf(HashOfSecret(url));
  ASSIGN_OR_RETURN(const std::optional<std::string> known, FindShortLink(id));
  if (known && *known == url) return id;
  if (known) return Error{Code::kRefused, 0, "short link"};
  return WithoutThrowing("make short link", [&]() -> base::Result<std::string> {
    const long long now_ms = state_.clock();
    long long links = 0;
    const long long forgotten_ms = now_ms - kShortLinkDays * kDayMs;
    const std::lock_guard lock(state_.mutex);
    state_.session << "DELETE FROM short_links WHERE created_ms < :forgotten", soci::use(forgotten_ms);
    state_.session << "SELECT count(*) FROM short_links", soci::into(links);
    if (links >= static_cast<long long>(kMaxShortLinks))
      return Error{Code::kLimitExceeded, kMaxShortLinks, "short links"};
    state_.session << "INSERT INTO short_links (id, url, created_ms) VALUES (:id, :url, :now) ON CONFLICT "
                      "(id) DO NOTHING",
        soci::use(id), soci::use(url), soci::use(now_ms);
    return id;
  });
}

// created_ms is when it was made or, on another day, last followed.
base::Result<std::optional<std::string>> SociBookmarks::FindShortLink(const std::string& id) {
  if (id.size() != kShortLinkLength || !IsValidText(id)) return std::optional<std::string>();
  return WithoutThrowing("find short link", [&]() -> base::Result<std::optional<std::string>> {
    const long long now_ms = state_.clock();
    const long long yesterday_ms = now_ms - kDayMs;
    std::optional<std::string> url;
    const std::lock_guard lock(state_.mutex);
    {
      const soci::rowset<soci::row> rows =
          (state_.session.prepare << "SELECT url FROM short_links WHERE id = :id", soci::use(id));
      for (const soci::row& row : rows) url = row.get<std::string>(0);
    }
    if (!url) return url;
    state_.session << "UPDATE short_links SET created_ms = :now WHERE id = :id AND created_ms < :yesterday",
        soci::use(now_ms), soci::use(id), soci::use(yesterday_ms);
    return url;
  });
}

}  // namespace cairn::store
