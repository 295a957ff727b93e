#include "server/intake/ping_pack.h"

#include <algorithm>

#include "server/intake/record.h"
#include "server/store/blob_keys.h"

namespace cairn::intake {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kDayLength = 8;
constexpr std::size_t kMaxPackName = 64;
constexpr std::size_t kPageKeys = 10'000;
constexpr Error kNoPlace{Code::kBadValue, 0, "place of a ping"};

bool IsPackName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxPackName && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

// Without the pings of these ids; how many that were is added to `removed`.
base::Result<std::string> WithoutPings(std::string_view pack, const std::set<std::string>& document_ids,
                                       std::size_t& removed) {
  ASSIGN_OR_RETURN(const std::vector<std::string_view> all, ReadPingPack(pack));
  std::vector<std::string_view> kept;
  for (const std::string_view stored : all) {
    const base::Result<StoredPing> ping = ReadStoredPing(stored);
    if (!ping || !document_ids.contains(ping->id)) kept.push_back(stored);
  }
  removed += all.size() - kept.size();
  return WritePingPack(kept);
}

}  // namespace

std::string PingPlace::Text() const {
  return day + "/" + pack + (document_id.empty() ? "" : "/" + document_id);
}

base::Result<PingPlace> ParsePingPlace(std::string_view text) {
  const std::size_t first = text.find('/');
  if (first != kDayLength) return kNoPlace;
  const std::size_t second = std::min(text.find('/', first + 1), text.size());
  PingPlace place{.day = std::string(text.substr(0, first)),
                  .pack = std::string(text.substr(first + 1, second - first - 1)),
                  .document_id = {}};
  if (second < text.size()) {
    place.document_id = CleanUuid(text.substr(second + 1));
    if (place.document_id.empty()) return kNoPlace;
  }
  if (!std::ranges::all_of(place.day, [](char c) { return c >= '0' && c <= '9'; }) || !IsPackName(place.pack))
    return kNoPlace;
  return place;
}

std::string WritePingPack(std::span<const std::string_view> stored_pings) {
  std::string pack;
  std::size_t bytes = 0;
  for (const std::string_view stored : stored_pings) bytes += kRecordHeadBytes + stored.size();
  pack.reserve(bytes);
  for (const std::string_view stored : stored_pings) {
    const auto head = RecordHead(stored);
    pack.append(head.data(), head.size()).append(stored);
  }
  return pack;
}

base::Result<std::vector<std::string_view>> ReadPingPack(std::string_view bytes) {
  std::vector<std::string_view> pings;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::optional<std::string_view> record = FirstRecord(bytes.substr(at));
    if (!record) return Error{Code::kBadValue, at, "pack of pings: a record"};
    pings.push_back(*record);
    at += kRecordHeadBytes + record->size();
  }
  return pings;
}

base::Result<std::string> FetchPingPack(const store::BlobStore& blobs, const PingPlace& place) {
  return blobs.Get(store::PingPackKey(place.day, place.pack), kMaxPackBytes);
}

base::Result<StoredPing> FetchPing(const store::BlobStore& blobs, const PingPlace& place) {
  ASSIGN_OR_RETURN(const std::string pack, FetchPingPack(blobs, place));
  ASSIGN_OR_RETURN(const std::vector<std::string_view> pings, ReadPingPack(pack));
  for (const std::string_view stored : pings) {
    // Its first line has the id; a search for it is far cheaper than reading the line of every ping.
    if (stored.substr(0, stored.find('\n')).find(place.document_id) == std::string_view::npos) continue;
    base::Result<StoredPing> ping = ReadStoredPing(stored);
    if (ping && ping->id == place.document_id) return ping;
  }
  return Error{Code::kNotFound, 0, "ping in its pack"};
}

base::Result<std::size_t> RemovePings(store::BlobStore& blobs, std::string_view day,
                                      const std::set<std::string>& document_ids) {
  const std::string prefix = store::PingPackKey(day, "");
  std::size_t removed = 0;
  std::string last;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<std::string> keys, blobs.List(prefix, last, kPageKeys));
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(const std::string pack, blobs.Get(key, kMaxPackBytes));
      const std::size_t before = removed;
      ASSIGN_OR_RETURN(const std::string rest, WithoutPings(pack, document_ids, removed));
      if (removed == before) continue;
      RETURN_IF_ERROR(rest.empty() ? blobs.Remove(key) : blobs.Put(key, base::AsBytes(rest)));
    }
    if (keys.size() < kPageKeys) return removed;
    last = keys.back();
  }
}

}  // namespace cairn::intake
