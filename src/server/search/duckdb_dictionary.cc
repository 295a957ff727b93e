#include "server/search/duckdb_dictionary.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/json_writer.h"
#include "server/search/content_hash.h"

namespace cairn::search {
namespace {

std::int64_t HashOf(const NamedFrame& name, const std::string& module) {
  return ContentHash().Add(module).Add(name.function).Add(name.file).Finish();
}

// Without a debug id the module's build is not known, and the names belong to the identity.
std::int64_t AddressHashOf(const StackFrame& frame) {
  ContentHash hash;
  hash.Add(frame.module).Add(frame.debug_id).Add(frame.module_offset);
  if (frame.debug_id.empty()) {
    for (const NamedFrame& name : frame.names) hash.Add(name.function).Add(name.file);
  }
  return hash.Finish();
}

std::int64_t NamesHashOf(const StackFrame& frame) {
  ContentHash hash;
  for (const NamedFrame& name : frame.names)
    hash.Add(static_cast<std::uint64_t>(HashOf(name, frame.module))).Add(std::uint64_t{name.line});
  return hash.Finish();
}

std::string AnnotationsOf(const CrashRow& row) {
  base::JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : row.signature_annotations) {
    json.Key(name);
    json.String(value);
  }
  json.EndObject();
  return json.Take();
}

template <typename Key, typename Value>
const Value* Find(const std::unordered_map<Key, Value>& first, const std::unordered_map<Key, Value>& second,
                  const Key& key) {
  if (const auto found = first.find(key); found != first.end()) return &found->second;
  if (const auto found = second.find(key); found != second.end()) return &found->second;
  return nullptr;
}

}  // namespace

// One call of Add: what is new is noted here, and known to the dictionary only once it is committed.
class DuckDbDictionary::Batch {
 public:
  explicit Batch(const Known& known) : known_(known) {
    fresh.next_frame_id = known.next_frame_id;
    fresh.next_address_id = known.next_address_id;
  }

  DictionaryIds Note(const CrashRow& row) {
    DictionaryIds ids;
    ids.stack = NoteStack(row.stack);
    const std::string annotations = AnnotationsOf(row);
    ContentHash input;
    input.Add(static_cast<std::uint64_t>(ids.stack)).Add(row.platform).Add(row.reason).Add(annotations);
    ids.signature_input = input.Finish();
    const std::int64_t signature = ContentHash().Add(row.signature).Add(row.proto_signature).Finish();
    const std::int64_t* const present = Find(fresh.signatures, known_.signatures, ids.signature_input);
    if (present == nullptr) inputs.push_back({ids, row.platform, row.reason, annotations});
    if (present == nullptr || *present != signature) {
      fresh.signatures[ids.signature_input] = signature;
      signatures[ids.signature_input] = &row;
    }
    return ids;
  }

  bool empty() const { return inputs.empty() && signatures.empty() && stacks.empty() && names.empty(); }

  base::Status Write(DuckConnection& connection) const;

  Known fresh;  // What is new, or has changed.

 private:
  struct Frame {
    std::int64_t id;
    std::int64_t hash;
    std::string module, function, file;
  };
  struct Address {
    std::int64_t id;
    std::int64_t hash;
    std::string module, debug_id;
    std::uint64_t module_offset;
  };
  struct Name {
    std::int64_t frame_id;
    std::uint32_t line;
  };
  struct Stack {
    std::int64_t id;
    std::vector<std::int64_t> address_ids;
  };
  struct Input {
    DictionaryIds ids;
    std::string platform, reason, annotations;
  };

  std::int64_t NoteStack(const std::vector<StackFrame>& stack) {
    ContentHash hash;
    std::vector<std::int64_t> address_ids;
    for (const StackFrame& frame : stack) {
      const std::int64_t address_hash = AddressHashOf(frame);
      hash.Add(static_cast<std::uint64_t>(address_hash));
      address_ids.push_back(NoteAddress(frame, address_hash));
    }
    const std::int64_t id = hash.Finish();
    if (!known_.stacks.contains(id) && fresh.stacks.insert(id).second)
      stacks.push_back({id, std::move(address_ids)});
    return id;
  }

  std::int64_t NoteAddress(const StackFrame& frame, std::int64_t hash) {
    std::int64_t id = 0;
    if (const std::int64_t* const present = Find(fresh.addresses, known_.addresses, hash)) {
      id = *present;
    } else {
      id = fresh.next_address_id++;
      fresh.addresses[hash] = id;
      addresses.push_back({id, hash, frame.module, frame.debug_id, frame.module_offset});
    }
    // A crash that came without symbols does not take away the names that another one brought.
    if (frame.names.empty()) return id;
    const std::int64_t names_hash = NamesHashOf(frame);
    const std::int64_t* const present = Find(fresh.address_names, known_.address_names, id);
    if (present != nullptr && *present == names_hash) return id;
    fresh.address_names[id] = names_hash;
    std::vector<Name>& list = names[id];
    list.clear();
    for (const NamedFrame& name : frame.names) list.push_back({NoteFrame(name, frame.module), name.line});
    return id;
  }

  std::int64_t NoteFrame(const NamedFrame& name, const std::string& module) {
    const std::int64_t hash = HashOf(name, module);
    if (const std::int64_t* const present = Find(fresh.frames, known_.frames, hash)) return *present;
    const std::int64_t id = fresh.next_frame_id++;
    fresh.frames[hash] = id;
    frames.push_back({id, hash, module, name.function, name.file});
    return id;
  }

  base::Status WriteNames(DuckConnection& connection) const;
  base::Status WriteStacks(DuckConnection& connection) const;
  base::Status WriteSignatures(DuckConnection& connection) const;

  const Known& known_;
  std::vector<Frame> frames;
  std::vector<Address> addresses;
  std::map<std::int64_t, std::vector<Name>>
      names;  // By address id: all of its names, in place of what was there.
  std::vector<Stack> stacks;
  std::vector<Input> inputs;
  std::map<std::int64_t, const CrashRow*> signatures;  // By input id; the rows outlive the batch.
};

base::Status DuckDbDictionary::Batch::Write(DuckConnection& connection) const {
  RETURN_IF_ERROR(WriteNames(connection));
  RETURN_IF_ERROR(WriteStacks(connection));
  return WriteSignatures(connection);
}

base::Status DuckDbDictionary::Batch::WriteNames(DuckConnection& connection) const {
  for (const auto& [address_id, list] : names) {
    if (!known_.address_names.contains(address_id)) continue;
    const Value id = address_id;
    RETURN_IF_ERROR(connection.Query("DELETE FROM address_frames WHERE address_id = ?", std::span(&id, 1)));
  }
  ASSIGN_OR_RETURN(DuckAppender frame_rows, DuckAppender::Create(connection, "", "frames"));
  for (const Frame& frame : frames) {
    frame_rows.Integer(frame.id)
        .Integer(frame.hash)
        .Text(frame.module)
        .Text(frame.function)
        .Text(frame.file)
        .EndRow();
  }
  RETURN_IF_ERROR(frame_rows.Finish());
  ASSIGN_OR_RETURN(DuckAppender address_rows, DuckAppender::Create(connection, "", "addresses"));
  for (const Address& address : addresses) {
    address_rows.Integer(address.id).Integer(address.hash).Text(address.module).Text(address.debug_id);
    address_rows.Integer(static_cast<std::int64_t>(address.module_offset)).EndRow();
  }
  RETURN_IF_ERROR(address_rows.Finish());
  ASSIGN_OR_RETURN(DuckAppender name_rows, DuckAppender::Create(connection, "", "address_frames"));
  for (const auto& [address_id, list] : names) {
    for (std::size_t position = 0; position < list.size(); ++position) {
      name_rows.Integer(address_id).Integer(static_cast<std::int64_t>(position));
      name_rows.Integer(list[position].frame_id).Integer(list[position].line).EndRow();
    }
  }
  return name_rows.Finish();
}

base::Status DuckDbDictionary::Batch::WriteStacks(DuckConnection& connection) const {
  ASSIGN_OR_RETURN(DuckAppender stack_rows, DuckAppender::Create(connection, "", "stacks"));
  for (const Stack& stack : stacks) stack_rows.Integer(stack.id).Integers(stack.address_ids).EndRow();
  RETURN_IF_ERROR(stack_rows.Finish());
  ASSIGN_OR_RETURN(DuckAppender postings, DuckAppender::Create(connection, "", "postings"));
  for (const Stack& stack : stacks) {
    const std::unordered_set<std::int64_t> distinct(stack.address_ids.begin(), stack.address_ids.end());
    for (const std::int64_t address_id : distinct) postings.Integer(address_id).Integer(stack.id).EndRow();
  }
  return postings.Finish();
}

base::Status DuckDbDictionary::Batch::WriteSignatures(DuckConnection& connection) const {
  ASSIGN_OR_RETURN(DuckAppender input_rows, DuckAppender::Create(connection, "", "signature_inputs"));
  for (const Input& input : inputs) {
    input_rows.Integer(input.ids.signature_input).Integer(input.ids.stack);
    input_rows.Text(input.platform).Text(input.reason).Text(input.annotations).EndRow();
  }
  RETURN_IF_ERROR(input_rows.Finish());
  for (const auto& [input_id, row] : signatures) {
    if (!known_.signatures.contains(input_id)) continue;
    const Value id = input_id;
    RETURN_IF_ERROR(connection.Query("DELETE FROM signatures WHERE input_id = ?", std::span(&id, 1)));
  }
  ASSIGN_OR_RETURN(DuckAppender signature_rows, DuckAppender::Create(connection, "", "signatures"));
  for (const auto& [input_id, row] : signatures) {
    signature_rows.Integer(input_id).Text(row->signature).Text(row->proto_signature).EndRow();
  }
  return signature_rows.Finish();
}

const std::string& DuckDbDictionary::Schema() {
  static const std::string schema = R"sql(
    CREATE TABLE frames (id BIGINT, hash BIGINT, module VARCHAR, function VARCHAR, file VARCHAR);
    CREATE TABLE addresses (id BIGINT, hash BIGINT, module VARCHAR, debug_id VARCHAR, module_offset BIGINT);
    CREATE TABLE address_frames (address_id BIGINT, position BIGINT, frame_id BIGINT, line BIGINT);
    CREATE TABLE stacks (id BIGINT, address_ids BIGINT[]);
    CREATE TABLE postings (address_id BIGINT, stack_id BIGINT);
    CREATE TABLE signature_inputs (id BIGINT, stack_id BIGINT, platform VARCHAR, reason VARCHAR, annotations VARCHAR);
    CREATE TABLE signatures (input_id BIGINT, signature VARCHAR, proto_signature VARCHAR);
  )sql";
  return schema;
}

base::Result<DuckDbDictionary> DuckDbDictionary::Load(DuckConnection& connection) {
  DuckDbDictionary dictionary(connection);
  RETURN_IF_ERROR(dictionary.ReadKnown());
  return dictionary;
}

base::Status DuckDbDictionary::ReadKnown() {
  ASSIGN_OR_RETURN(DuckRows frames, connection_->Query("SELECT hash, id FROM frames"));
  while (frames.Next()) {
    known_.frames[frames.Integer(0)] = frames.Integer(1);
    known_.next_frame_id = std::max(known_.next_frame_id, frames.Integer(1) + 1);
  }
  ASSIGN_OR_RETURN(DuckRows addresses, connection_->Query("SELECT hash, id FROM addresses"));
  while (addresses.Next()) {
    known_.addresses[addresses.Integer(0)] = addresses.Integer(1);
    known_.next_address_id = std::max(known_.next_address_id, addresses.Integer(1) + 1);
  }
  // The hash of an address's names is made again from its frames' hashes, in their order.
  ASSIGN_OR_RETURN(DuckRows names,
                   connection_->Query("SELECT address_id, f.hash, line FROM address_frames JOIN frames f "
                                      "ON f.id = frame_id ORDER BY address_id, position"));
  std::optional<std::int64_t> address_id;
  ContentHash hash;
  while (names.Next()) {
    if (address_id && *address_id != names.Integer(0)) {
      known_.address_names[*address_id] = hash.Finish();
      hash = ContentHash();
    }
    address_id = names.Integer(0);
    hash.Add(static_cast<std::uint64_t>(names.Integer(1))).Add(static_cast<std::uint64_t>(names.Integer(2)));
  }
  if (address_id) known_.address_names[*address_id] = hash.Finish();
  ASSIGN_OR_RETURN(DuckRows stacks, connection_->Query("SELECT id FROM stacks"));
  while (stacks.Next()) known_.stacks.insert(stacks.Integer(0));
  ASSIGN_OR_RETURN(DuckRows signatures,
                   connection_->Query("SELECT input_id, signature, proto_signature FROM signatures"));
  while (signatures.Next()) {
    known_.signatures[signatures.Integer(0)] =
        ContentHash().Add(signatures.Text(1)).Add(signatures.Text(2)).Finish();
  }
  return {};
}

base::Result<std::vector<DictionaryIds>> DuckDbDictionary::Add(std::span<const CrashRow> rows) {
  Batch batch(known_);
  std::vector<DictionaryIds> ids;
  ids.reserve(rows.size());
  for (const CrashRow& row : rows) ids.push_back(batch.Note(row));
  if (batch.empty()) return ids;

  RETURN_IF_ERROR(connection_->Execute("BEGIN TRANSACTION"));
  base::Status status = batch.Write(*connection_);
  if (status) status = connection_->Execute("COMMIT");
  if (!status) {
    (void)connection_->Execute("ROLLBACK");  // Where the commit failed it is rolled back already.
    return status.error();
  }
  known_.next_frame_id = batch.fresh.next_frame_id;
  known_.next_address_id = batch.fresh.next_address_id;
  for (const auto& [hash, id] : batch.fresh.frames) known_.frames[hash] = id;
  for (const auto& [hash, id] : batch.fresh.addresses) known_.addresses[hash] = id;
  for (const auto& [id, names] : batch.fresh.address_names) known_.address_names[id] = names;
  known_.stacks.insert(batch.fresh.stacks.begin(), batch.fresh.stacks.end());
  for (const auto& [id, signature] : batch.fresh.signatures) known_.signatures[id] = signature;
  return ids;
}

}  // namespace cairn::search
