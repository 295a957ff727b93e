#include "server/search/signature_input.h"

#include <utility>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "server/search/content_hash.h"

namespace cairn::search {
namespace {

SignatureInput::Parts WithValidText(SignatureInput::Parts parts) {
  for (std::string* const text : {&parts.platform, &parts.reason, &parts.signature.signature,
                                  &parts.signature.proto_signature, &parts.signature.group}) {
    if (!base::IsUtf8(*text)) *text = base::ToValidUtf8(*text);
  }
  if (parts.stack == nullptr) parts.stack = MakeStack({});
  return parts;
}

std::string JsonOf(const std::map<std::string, std::string>& annotations) {
  base::JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : annotations) json.TextField(name, value);
  json.EndObject();
  return json.Take();
}

}  // namespace

std::int64_t TextHashOf(const std::string& signature) { return ContentHash().Add(signature).Finish(); }

std::int64_t HashOf(const Signature& signature) {
  ContentHash hash;
  hash.Add(signature.signature).Add(signature.proto_signature);
  if (!signature.group.empty()) hash.Add(signature.group);
  return hash.Finish();
}

SignatureInput::SignatureInput(Parts parts)
    : parts_(WithValidText(std::move(parts))),
      annotations_json_(JsonOf(parts_.annotations)),
      signature_hash_(HashOf(parts_.signature)) {
  ContentHash hash;
  hash.Add(static_cast<std::uint64_t>(parts_.stack->id())).Add(parts_.platform).Add(parts_.reason);
  hash.Add(annotations_json_);
  for (const SharedStack& stack : parts_.more_stacks) hash.Add(static_cast<std::uint64_t>(stack->id()));
  id_ = hash.Finish();
}

SharedInput MakeInput(SignatureInput::Parts parts) {
  return std::make_shared<const SignatureInput>(std::move(parts));
}

}  // namespace cairn::search
