// DuckDbDictionary is the small file beside the weekly ones: what crashes share, each thing once.
//
//   frames         (id, hash, module, function, file)        a name; ids are private to this file
//   addresses      (id, hash, module, debug_id, module_offset)
//   address_frames (address_id, position, frame_id, line)    the names that symbols give today, innermost
//   first stacks         (id, address_ids)                         a raw stack; the id is a content hash
//   postings       (address_id, stack_id)                    in which stacks an address occurs
//   signature_inputs (id, stack_id, platform, reason, annotations)   the id is a content hash
//   signatures     (input_id, signature, proto_signature)
//
// Names are a view: symbols that come late change address_frames and signatures, and nothing else. Rows here
// may be orphans, because a batch commits here first and to the weekly files second; they harm nobody. What
// is known is kept in memory by hash, so that a batch reads nothing. One writer; no method may be called by
// two threads at once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "server/search/crash_row.h"
#include "server/search/duckdb_connection.h"

namespace cairn::search {

// The ids under which a row's shared parts lie.
struct DictionaryIds {
  std::int64_t stack = 0;
  std::int64_t signature_input = 0;
};

class DuckDbDictionary {
 public:
  // The statements that make the tables in a new file.
  static const std::string& Schema();

  // Reads what the file of `connection` holds. The connection is borrowed for as long as this lives.
  static base::Result<DuckDbDictionary> Load(DuckConnection& connection);

  // Adds what is new in the rows in one transaction, and returns the ids of each row. After an Error nothing
  // changed.
  base::Result<std::vector<DictionaryIds>> Add(std::span<const CrashRow> rows);

 private:
  struct Known {
    std::int64_t next_frame_id = 0;
    std::int64_t next_address_id = 0;
    std::unordered_map<std::int64_t, std::int64_t> frames;         // Hash to id.
    std::unordered_map<std::int64_t, std::int64_t> addresses;      // Hash to id.
    std::unordered_map<std::int64_t, std::int64_t> address_names;  // Address id to the hash of its names.
    std::unordered_set<std::int64_t> stacks;
    std::unordered_map<std::int64_t, std::int64_t> signatures;  // Input id to the hash of its signature.
  };
  class Batch;

  explicit DuckDbDictionary(DuckConnection& connection) : connection_(&connection) {}
  base::Status ReadKnown();

  DuckConnection* connection_;
  Known known_;
};

}  // namespace cairn::search
