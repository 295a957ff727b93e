#include "server/search/dictionary_batch.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "server/search/duckdb_appender.h"

namespace cairn::search {
namespace {

template <typename T>
const T* Find(const HashTable<T>& first, const HashTable<T>& second, std::int64_t key) {
  if (const auto found = first.find(key); found != first.end()) return &found->second;
  if (const auto found = second.find(key); found != second.end()) return &found->second;
  return nullptr;
}

std::vector<std::int64_t> IdsOf(const std::vector<SharedStack>& stacks) {
  std::vector<std::int64_t> ids;
  ids.reserve(stacks.size());
  for (const SharedStack& stack : stacks) ids.push_back(stack->id());
  return ids;
}

}  // namespace

void DictionaryBatch::NoteInput(const SignatureInput& input) {
  NoteStack(*input.parts().stack);
  for (const SharedStack& stack : input.parts().more_stacks) NoteStack(*stack);
  const KnownContent::Input* const present = Find(fresh_.inputs, known_.inputs, input.id());
  if (present != nullptr && present->signature_hash == input.signature_hash()) return;
  const std::int64_t number =
      present == nullptr ? known_.input_numbers.Peek(inputs_.size()) : present->number;
  if (present == nullptr) inputs_.push_back(&input);
  fresh_.inputs[input.id()] = {number, input.signature_hash()};
  signatures_[input.id()] = &input.parts().signature;
  NoteText(input.parts().signature.signature);
}

void DictionaryBatch::NoteSignature(std::int64_t input_id, const Signature& signature) {
  const KnownContent::Input* const present = Find(fresh_.inputs, known_.inputs, input_id);
  const std::int64_t hash = HashOf(signature);
  if (present == nullptr || present->signature_hash == hash) return;
  fresh_.inputs[input_id] = {present->number, hash};
  signatures_[input_id] = &signature;
  NoteText(signature.signature);
}

void DictionaryBatch::NoteText(const std::string& signature) {
  if (signature.empty()) return;
  const std::int64_t hash = TextHashOf(signature);
  if (Find(fresh_.signatures, known_.signatures, hash) != nullptr) return;
  fresh_.signatures[hash] = known_.signature_numbers.Peek(texts_.size());
  texts_.push_back(&signature);
}

void DictionaryBatch::NoteStack(const RawStack& stack) {
  const KnownContent::Stack* const present = Find(fresh_.stacks, known_.stacks, stack.id());
  // Given with these names before: whatever its addresses are called now was learned later.
  if (present != nullptr && present->names_hash == stack.names_hash()) return;
  const bool is_new = present == nullptr;
  const std::int64_t number = is_new ? known_.stack_numbers.Peek(stacks_.size()) : present->number;
  fresh_.stacks[stack.id()] = {number, stack.names_hash()};
  std::vector<std::int64_t> address_ids;
  address_ids.reserve(stack.frames().size());
  for (const StackFrame& frame : stack.frames()) address_ids.push_back(NoteAddress(frame));
  if (is_new) stacks_.push_back({stack.id(), number, std::move(address_ids)});
}

std::int64_t DictionaryBatch::NoteAddress(const StackFrame& frame) {
  const std::int64_t hash = AddressHashOf(frame);
  KnownContent::Address address;
  if (const KnownContent::Address* const present = Find(fresh_.addresses, known_.addresses, hash)) {
    address = *present;
  } else {
    address.id = fresh_.next_address_id++;
    fresh_.addresses[hash] = address;
    addresses_.push_back({address.id, hash, &frame});
  }
  NoteNamesOf(frame, hash, address);
  return address.id;
}

void DictionaryBatch::NoteNames(const StackFrame& frame) {
  const std::int64_t hash = AddressHashOf(frame);
  const KnownContent::Address* const present = Find(fresh_.addresses, known_.addresses, hash);
  if (present != nullptr) NoteNamesOf(frame, hash, *present);
}

void DictionaryBatch::NoteNamesOf(const StackFrame& frame, std::int64_t address_hash,
                                  const KnownContent::Address& address) {
  // A crash that came without symbols does not take away the names that another one brought.
  if (frame.names.empty()) return;
  const std::int64_t names_hash = NamesHashOf(frame);
  if (address.names_hash == names_hash) return;
  const std::int64_t id = address.id;
  fresh_.addresses[address_hash] = {id, names_hash};
  const auto known = known_.addresses.find(address_hash);
  const auto [place, is_first] = names_.try_emplace(id);
  if (is_first && known != known_.addresses.end() && known->second.names_hash != 0) renamed_.push_back(id);
  place->second.clear();
  for (const NamedFrame& name : frame.names) {
    place->second.push_back({NoteFrame(name, frame.module), name.line});
  }
}

std::int64_t DictionaryBatch::NoteFrame(const NamedFrame& name, const std::string& module) {
  const std::int64_t hash = FrameHashOf(name, module);
  if (const std::int64_t* const present = Find(fresh_.frames, known_.frames, hash)) return *present;
  const std::int64_t id = fresh_.next_frame_id++;
  fresh_.frames[hash] = id;
  frames_.push_back({id, hash, &module, &name});
  return id;
}

base::Status DictionaryBatch::Write(DuckConnection& connection, const std::string& catalog) const {
  RETURN_IF_ERROR(WriteNames(connection, catalog));
  RETURN_IF_ERROR(WriteStacks(connection, catalog));
  return WriteSignatures(connection, catalog);
}

base::Status DictionaryBatch::WriteNames(DuckConnection& connection, const std::string& catalog) const {
  if (!renamed_.empty()) {
    RETURN_IF_ERROR(connection.QueryWithList(
        "DELETE FROM " + catalog + ".address_frames WHERE address_id IN (SELECT unnest(?::BIGINT[]))",
        renamed_));
  }
  ASSIGN_OR_RETURN(DuckAppender frame_rows, DuckAppender::Create(connection, catalog, "frames"));
  for (const Frame& frame : frames_) {
    frame_rows.Integer(frame.id).Integer(frame.hash);
    frame_rows.Text(*frame.module).Text(frame.name->function).Text(frame.name->file).EndRow();
  }
  RETURN_IF_ERROR(frame_rows.Finish());
  ASSIGN_OR_RETURN(DuckAppender address_rows, DuckAppender::Create(connection, catalog, "addresses"));
  for (const NewAddress& address : addresses_) {
    address_rows.Integer(address.id).Integer(address.hash);
    address_rows.Text(address.frame->module).Text(address.frame->debug_id);
    address_rows.Integer(static_cast<std::int64_t>(address.frame->module_offset)).EndRow();
  }
  RETURN_IF_ERROR(address_rows.Finish());
  ASSIGN_OR_RETURN(DuckAppender name_rows, DuckAppender::Create(connection, catalog, "address_frames"));
  for (const auto& [address_id, list] : names_) {
    for (std::size_t position = 0; position < list.size(); ++position) {
      name_rows.Integer(address_id).Integer(static_cast<std::int64_t>(position));
      name_rows.Integer(list[position].frame_id).Integer(list[position].line).EndRow();
    }
  }
  return name_rows.Finish();
}

base::Status DictionaryBatch::WriteStacks(DuckConnection& connection, const std::string& catalog) const {
  ASSIGN_OR_RETURN(DuckAppender stack_rows, DuckAppender::Create(connection, catalog, "stacks"));
  for (const NewStack& stack : stacks_) {
    stack_rows.Integer(stack.id).Integer(stack.number).Integers(stack.address_ids).EndRow();
  }
  RETURN_IF_ERROR(stack_rows.Finish());
  ASSIGN_OR_RETURN(DuckAppender postings, DuckAppender::Create(connection, catalog, "postings"));
  for (const NewStack& stack : stacks_) {
    std::vector<std::int64_t> distinct = stack.address_ids;
    std::ranges::sort(distinct);
    const auto repeated = std::ranges::unique(distinct);
    distinct.erase(repeated.begin(), repeated.end());
    for (const std::int64_t address_id : distinct)
      postings.Integer(address_id).Integer(stack.number).EndRow();
  }
  return postings.Finish();
}

base::Status DictionaryBatch::WriteSignatures(DuckConnection& connection, const std::string& catalog) const {
  ASSIGN_OR_RETURN(DuckAppender input_rows, DuckAppender::Create(connection, catalog, "signature_inputs"));
  for (const SignatureInput* const input : inputs_) {
    const SignatureInput::Parts& parts = input->parts();
    input_rows.Integer(input->id()).Integer(InputOf(input->id()).number).Integer(parts.stack->id());
    if (parts.more_stacks.empty()) {
      input_rows.Absent();
    } else {
      input_rows.Integers(IdsOf(parts.more_stacks));
    }
    input_rows.Text(parts.platform).Text(parts.reason).Text(input->annotations_json()).EndRow();
  }
  RETURN_IF_ERROR(input_rows.Finish());
  std::vector<std::int64_t> changed;
  for (const auto& [input_id, signature] : signatures_) {
    if (known_.inputs.contains(input_id)) changed.push_back(input_id);
  }
  if (!changed.empty()) {
    // What it was called before still leads to it.
    RETURN_IF_ERROR(connection.QueryWithList(
        "INSERT INTO " + catalog + ".past_signatures SELECT input_id, signature FROM " + catalog +
            ".signatures WHERE input_id IN (SELECT unnest(?::BIGINT[])) AND signature IS NOT NULL EXCEPT "
            "FROM " +
            catalog + ".past_signatures",
        changed));
    RETURN_IF_ERROR(connection.QueryWithList(
        "DELETE FROM " + catalog + ".signatures WHERE input_id IN (SELECT unnest(?::BIGINT[]))", changed));
  }
  ASSIGN_OR_RETURN(DuckAppender signature_rows, DuckAppender::Create(connection, catalog, "signatures"));
  for (const auto& [input_id, signature] : signatures_) {
    signature_rows.Integer(input_id).Integer(InputOf(input_id).number);
    signature_rows.Text(signature->signature).Text(signature->proto_signature);
    signature_rows.Text(signature->group).EndRow();
  }
  RETURN_IF_ERROR(signature_rows.Finish());
  ASSIGN_OR_RETURN(DuckAppender texts, DuckAppender::Create(connection, catalog, "signature_texts"));
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    texts.Integer(known_.signature_numbers.Peek(i)).Text(*texts_[i]).EndRow();
  }
  return texts.Finish();
}

const KnownContent::Input& DictionaryBatch::InputOf(std::int64_t input_id) const {
  return *Find(fresh_.inputs, known_.inputs, input_id);
}

std::vector<SignatureNumbers::Entry> DictionaryBatch::NewSignatures() const {
  std::vector<SignatureNumbers::Entry> entries;
  entries.reserve(signatures_.size());
  for (const auto& [input_id, signature] : signatures_) {
    const std::int64_t* const number =
        Find(fresh_.signatures, known_.signatures, TextHashOf(signature->signature));
    entries.emplace_back(InputOf(input_id).number, number == nullptr ? SignatureNumbers::kNone : *number);
  }
  return entries;
}

void DictionaryBatch::MergeInto(KnownContent& known) const {
  known.next_frame_id = fresh_.next_frame_id;
  known.next_address_id = fresh_.next_address_id;
  known.stack_numbers.Take(stacks_.size());
  known.input_numbers.Take(inputs_.size());
  known.signature_numbers.Take(texts_.size());
  for (const auto& [hash, id] : fresh_.frames) known.frames[hash] = id;
  for (const auto& [hash, address] : fresh_.addresses) known.addresses[hash] = address;
  for (const auto& [id, stack] : fresh_.stacks) known.stacks[id] = stack;
  for (const auto& [id, input] : fresh_.inputs) known.inputs[id] = input;
  for (const auto& [hash, number] : fresh_.signatures) known.signatures[hash] = number;
}

}  // namespace cairn::search
