// DuckDbDictionary is the small file beside the weekly ones: what crashes share, each thing once.
//
//   frames         (id, hash, module, function, file)        a name; ids are private to this file
//   addresses      (id, hash, module, debug_id, module_offset)
//   address_frames (address_id, position, frame_id, line)    the names that symbols give today, innermost
//                                                            first
//   stacks         (id, address_ids)                         a raw stack; the id is a content hash
//   postings       (address_id, stack_id)                    in which stacks an address occurs, each once
//   signature_inputs (id, stack_id, more_stack_ids, platform, reason, annotations)   the id is a content hash
//   signatures     (input_id, signature, proto_signature, signature_group)   of today
//   past_signatures (input_id, signature)                    what an input was called before
//
// Names are a view: a frame's stacks are those of its addresses, so symbols that come late change
// address_frames and signatures, and nothing else. Rows here may be orphans, because a batch commits here
// first and to the weekly files second; they harm nobody, and a sweep leaves them out. What is known is kept
// in memory by hash, so that a batch reads nothing. One writer; no method may be called by two threads at
// once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/search/crash_index.h"
#include "server/search/dictionary_batch.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_files.h"

namespace cairn::search {

class DuckDbDictionary {
 public:
  // Reads what the file holds. The connection is borrowed for as long as this lives.
  static base::Result<DuckDbDictionary> Load(DuckConnection& connection, DuckDbFileRef file);

  // Adds what is new in the rows in one transaction. After an Error nothing changed.
  base::Status Add(std::span<const CrashRow> rows);

  // Gives addresses new names; those that are not known, and frames without names, are passed over.
  base::Status SetNames(std::span<const StackFrame> frames);

  // Gives inputs new signatures; those that are not known are passed over.
  base::Status SetSignatures(std::span<const SignatureOf> signatures);

  const DuckDbFileRef& file() const { return file_; }
  // For when another file has taken this one's place with less in it.
  base::Status SwitchTo(DuckDbFileRef file);

 private:
  DuckDbDictionary(DuckConnection& connection, DuckDbFileRef file)
      : connection_(&connection), file_(std::move(file)) {}
  base::Status ReadKnown();
  base::Status Commit(const DictionaryBatch& batch);

  DuckConnection* connection_;
  DuckDbFileRef file_;
  KnownContent known_;
};

// The input of a row, an empty one if it has none.
const SignatureInput& InputOf(const CrashRow& row);

}  // namespace cairn::search
