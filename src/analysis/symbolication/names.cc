#include "analysis/symbolication/names.h"

namespace cairn::symbolication {
namespace {

void AppendPlace(std::string& out, const NamedCall& call) {
  if (call.file.empty()) return;
  out.append(R"(,"file":)").append(call.file);
  if (call.line != 0) out.append(R"(,"line":)").append(std::to_string(call.line));
}

}  // namespace

std::string WriteRest(const NamedCall& place, std::span<const NamedCall> inlines) {
  std::string out;
  AppendPlace(out, place);
  for (const NamedCall& call : inlines) {
    out += &call == inlines.data() ? R"(,"inlines":[)" : ",";
    out.append(R"({"function":)").append(call.function.empty() ? R"("")" : call.function);
    AppendPlace(out, call);
    out += '}';
  }
  if (!inlines.empty()) out += ']';
  return out;
}

}  // namespace cairn::symbolication
