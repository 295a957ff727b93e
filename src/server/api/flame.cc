#include "server/api/flame.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "base/json_writer.h"
#include "server/api/search_request.h"

namespace cairn::api {
namespace {

using search::CountedFrame;
using search::ThreadScope;

struct Node {
  std::uint64_t count = 0;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Node>> children;  // By name and module.
};

// A frame without symbols is its place.
std::string NameOf(const CountedFrame& frame) {
  if (!frame.function.empty()) return frame.function;
  const std::string offset = "0x" + base::ToHex(frame.module_offset);
  return frame.module.empty() ? offset : frame.module + "+" + offset;
}

void Add(const search::CountedStack& stack, Node& root) {
  root.count += stack.count;
  Node* node = &root;
  const std::size_t depth = std::min(stack.frames.size(), kFlameDepth);
  for (std::size_t i = 0; i < depth; ++i) {
    const CountedFrame& frame = stack.frames[stack.frames.size() - 1 - i];
    std::unique_ptr<Node>& child = node->children[{NameOf(frame), frame.module}];
    if (child == nullptr) child = std::make_unique<Node>();
    child->count += stack.count;
    node = child.get();
  }
}

using Child = std::pair<const std::pair<std::string, std::string>, std::unique_ptr<Node>>;

void Write(const std::pair<std::string, std::string>& name, const Node& node, std::uint64_t count_min,
           base::JsonWriter& json) {
  json.BeginObject();
  json.TextField("name", name.first);
  if (!name.second.empty()) json.TextField("module", name.second);
  json.NumberField("count", node.count);
  std::vector<const Child*> shown;
  std::uint64_t cut = 0;
  for (const Child& child : node.children) {
    if (child.second->count >= count_min) {
      shown.push_back(&child);
    } else {
      cut += child.second->count;
    }
  }
  std::ranges::stable_sort(shown, std::greater(), [](const Child* child) { return child->second->count; });
  if (!shown.empty()) {
    json.Key("children");
    json.BeginArray();
    for (const Child* const child : shown) Write(child->first, *child->second, count_min, json);
    json.EndArray();
  }
  if (cut > 0) json.NumberField("cut", cut);
  json.EndObject();
}

}  // namespace

http::Response Flame(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> read = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  auto& parameters = std::get<http::QueryFields>(read);
  const std::string thread = TakeParameter(parameters, "thread", "crashing");
  if (thread != "crashing" && thread != "any")
    return http::ErrorResponse(400, "thread: neither crashing nor any");
  const std::string stacks_text = TakeParameter(parameters, "stacks_max", std::to_string(kFlameStacks));
  std::size_t stacks_max = 0;
  const char* const end = stacks_text.data() + stacks_text.size();
  const auto [stop, error] = std::from_chars(stacks_text.data(), end, stacks_max);
  if (error != std::errc() || stop != end || stacks_max == 0 || stacks_max > search::kMaxCountedStacks)
    return http::ErrorResponse(
        400, "stacks_max: not a number from 1 to " + std::to_string(search::kMaxCountedStacks));
  std::variant<search::Query, http::Response> query = ReadSearch(parts, request, parameters);
  if (auto* const refusal = std::get_if<http::Response>(&query)) return std::move(*refusal);
  const base::Result<search::StackCounts> counts = parts.index.CountStacks(
      std::get<search::Query>(query),
      thread == "any" ? ThreadScope::kAnyThread : ThreadScope::kCrashingThread, stacks_max);
  if (!counts) return SearchTrouble(counts.error());
  Node root;
  for (const search::CountedStack& stack : counts->stacks) Add(stack, root);
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("total", counts->total);
  json.NumberField("shown", root.count);
  json.Key("root");
  Write({}, root, static_cast<std::uint64_t>(std::ceil(static_cast<double>(root.count) * kFlameShareMin)),
        json);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::api
