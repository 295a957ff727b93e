// DuckDbDictionary is the small file beside the weekly ones: what crashes share, each thing once.
//
//   frames         (id, hash, module, function, file)        a name; ids are private to this file
//   addresses      (id, hash, module, debug_id, module_offset)
//   address_frames (address_id, position, frame_id, line)    the names that symbols give today, innermost
//                                                            first
//   stacks         (id, number, address_ids)                 a raw stack; the id is a content hash
//   postings       (address_id, stack_number)                in which stacks an address occurs, each once
//   signature_inputs (id, number, stack_id, more_stack_ids, platform, reason, annotations)   likewise
//   signatures     (input_id, input_number, signature, proto_signature, signature_group)   of today
//   signature_texts (number, signature)                      each signature once
//   past_signatures (input_id, signature)                    what an input was called before
//
// Ids say the same in every engine and are what callers name things by; numbers are this file's own, small,
// and what crash rows hold: they compress to a few bits, and a table by number is an array (NumberPool).
// Postings lie in the order in which stacks came, until a sweep sorts them by address.
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
  // Reads what the file holds. The connection is borrowed for as long as this lives, and so are the
  // signatures' numbers, which are those of what is committed.
  static base::Result<DuckDbDictionary> Load(DuckConnection& connection, DuckDbFileRef file,
                                             SignatureNumbers& signatures);

  // Adds what is new in the rows in one transaction. After an Error nothing changed.
  base::Status Add(std::span<const CrashRow> rows);

  // Gives addresses new names; those that are not known, and frames without names, are passed over.
  base::Status SetNames(std::span<const StackFrame> frames);

  // Gives inputs new signatures; those that are not known are passed over.
  base::Status SetSignatures(std::span<const SignatureOf> signatures);

  // Of what was added.
  std::int64_t InputNumberOf(std::int64_t id) const { return known_.inputs.at(id).number; }
  std::int64_t StackNumberOf(std::int64_t id) const { return known_.stacks.at(id).number; }

  const DuckDbFileRef& file() const { return file_; }
  // For when another file has taken this one's place with less in it.
  base::Status SwitchTo(DuckDbFileRef file);

 private:
  DuckDbDictionary(DuckConnection& connection, DuckDbFileRef file, SignatureNumbers& signatures)
      : connection_(&connection), file_(std::move(file)), signatures_(&signatures) {}
  base::Status ReadKnown();
  base::Status ReadNames();
  base::Status ReadStacks();
  base::Status ReadSignatures();
  base::Status Commit(const DictionaryBatch& batch);

  DuckConnection* connection_;
  DuckDbFileRef file_;
  SignatureNumbers* signatures_;
  KnownContent known_;
};

// The input of a row, an empty one if it has none.
const SignatureInput& InputOf(const CrashRow& row);

}  // namespace cairn::search
