#include "server/search/duckdb_dictionary.h"

#include <algorithm>
#include <optional>

#include "server/search/content_hash.h"

namespace cairn::search {

const SignatureInput& InputOf(const CrashRow& row) {
  static const SignatureInput empty({});
  return row.input == nullptr ? empty : *row.input;
}

base::Result<DuckDbDictionary> DuckDbDictionary::Load(DuckConnection& connection, DuckDbFileRef file) {
  DuckDbDictionary dictionary(connection, std::move(file));
  RETURN_IF_ERROR(dictionary.ReadKnown());
  return dictionary;
}

base::Status DuckDbDictionary::SwitchTo(DuckDbFileRef file) {
  file_ = std::move(file);
  return ReadKnown();
}

base::Status DuckDbDictionary::ReadKnown() {
  known_ = {};
  const std::string& catalog = file_->catalog;
  ASSIGN_OR_RETURN(DuckRows frames, connection_->Query("SELECT hash, id FROM " + catalog + ".frames"));
  while (frames.Next()) {
    known_.frames[frames.Integer(0)] = frames.Integer(1);
    known_.next_frame_id = std::max(known_.next_frame_id, frames.Integer(1) + 1);
  }
  HashTable<std::int64_t> hash_of_address;
  ASSIGN_OR_RETURN(DuckRows addresses, connection_->Query("SELECT hash, id FROM " + catalog + ".addresses"));
  while (addresses.Next()) {
    known_.addresses[addresses.Integer(0)] = {.id = addresses.Integer(1)};
    hash_of_address[addresses.Integer(1)] = addresses.Integer(0);
    known_.next_address_id = std::max(known_.next_address_id, addresses.Integer(1) + 1);
  }
  // The hash of an address's names is made again from its frames' hashes, in their order.
  ASSIGN_OR_RETURN(
      DuckRows names,
      connection_->Query("SELECT address_id, f.hash, line FROM " + catalog + ".address_frames JOIN " +
                         catalog + ".frames f ON f.id = frame_id ORDER BY address_id, position"));
  std::optional<std::int64_t> address_id;
  ContentHash hash;
  const auto keep = [&] {
    if (address_id) known_.addresses[hash_of_address[*address_id]].names_hash = hash.Finish();
    hash = ContentHash();
  };
  while (names.Next()) {
    if (address_id != names.Integer(0)) keep();
    address_id = names.Integer(0);
    hash.Add(static_cast<std::uint64_t>(names.Integer(1))).Add(static_cast<std::uint64_t>(names.Integer(2)));
  }
  keep();
  ASSIGN_OR_RETURN(DuckRows stacks, connection_->Query("SELECT id FROM " + catalog + ".stacks"));
  while (stacks.Next()) known_.stacks[stacks.Integer(0)] = KnownContent::kNotCompared;
  ASSIGN_OR_RETURN(DuckRows signatures,
                   connection_->Query("SELECT input_id, signature, proto_signature, signature_group FROM " +
                                      catalog + ".signatures"));
  while (signatures.Next()) {
    known_.inputs[signatures.Integer(0)] =
        HashOf(Signature{signatures.Text(1), signatures.Text(2), signatures.Text(3)});
  }
  return {};
}

base::Status DuckDbDictionary::Commit(const DictionaryBatch& batch) {
  if (!batch.empty()) {
    RETURN_IF_ERROR(connection_->InTransaction([&] { return batch.Write(*connection_, file_->catalog); }));
  }
  batch.MergeInto(known_);
  return {};
}

base::Status DuckDbDictionary::Add(std::span<const CrashRow> rows) {
  DictionaryBatch batch(known_);
  for (const CrashRow& row : rows) {
    batch.NoteInput(InputOf(row));
    for (const SharedStack& stack : row.other_threads) batch.NoteStack(*stack);
  }
  return Commit(batch);
}

base::Status DuckDbDictionary::SetNames(std::span<const StackFrame> frames) {
  DictionaryBatch batch(known_);
  for (const StackFrame& frame : frames) batch.NoteNames(frame);
  return Commit(batch);
}

base::Status DuckDbDictionary::SetSignatures(std::span<const SignatureOf> signatures) {
  DictionaryBatch batch(known_);
  for (const auto& [input_id, signature] : signatures) batch.NoteSignature(input_id, signature);
  return Commit(batch);
}

}  // namespace cairn::search
