// A pack is the object that holds the crash pings of a batch: a disk and an object store take one large
// object far better than a thousand small ones.
//
// It is a row of records (record.h), each a stored ping. Its name tells when its first ping came,
// where the batch lay in the spool and how many records it had, so that the same batch, folded in again,
// takes the place of its own pack. A pack is written whole; a ping is removed by writing the pack without it.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/intake/stored_ping.h"
#include "server/store/blob_store.h"

namespace cairn::intake {

inline constexpr std::size_t kMaxPackBytes = 32 << 20;  // The edge folds in 16 MiB at once.

// Where pings lie: a whole pack, or one ping of it.
struct PingPlace {
  std::string day;          // "20261122", by the server's clock at arrival.
  std::string pack;         // Lower case letters, digits and dashes.
  std::string document_id;  // Empty: the whole pack.

  // "20261122/093012345-7-0", with "/<document id>" behind it for one ping: what the queue knows it by.
  std::string Text() const;
};
base::Result<PingPlace> ParsePingPlace(std::string_view text);

std::string WritePingPack(std::span<const std::string_view> stored_pings);

// The stored pings of a pack; they point into `bytes`. kBadValue if it is damaged: then nothing is said of
// what may still be readable.
base::Result<std::vector<std::string_view>> ReadPingPack(std::string_view bytes);

// The pack's bytes from the store.
base::Result<std::string> FetchPingPack(const store::BlobStore& blobs, const PingPlace& place);

// One ping of a pack; kNotFound if it is not in it.
base::Result<StoredPing> FetchPing(const store::BlobStore& blobs, const PingPlace& place);

// Writes the packs of a day anew without the pings of these document ids, wherever they lie, and removes
// packs that have none left; how many pings went. Killed on the way, it may be done again.
base::Result<std::size_t> RemovePings(store::BlobStore& blobs, std::string_view day,
                                      const std::set<std::string>& document_ids);

}  // namespace cairn::intake
