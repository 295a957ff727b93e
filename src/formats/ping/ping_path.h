// PingPath is what the URL of a ping says, in either of the two families of paths.
//
//   /submit/telemetry/<docId>/<docType>/<app>/<version>/<channel>/<build>   six elements behind the namespace
//   /submit/<namespace>/<docType>/<docVersion>/<docId>                      four with it
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cairn::ping {

struct PingPath {
  std::string name_space;
  std::string document_id;  // In the form 8-4-4-4-12, lower case; empty if what stands in its place is none.
  std::string type;
  std::optional<int> version;  // Absent in the namespace telemetry; nothing either if it is no number.
  std::string app_name;        // These four in the namespace telemetry only.
  std::string app_version;
  std::string app_channel;
  std::string app_build_id;
};

// Why a path is none of a ping; `reason` is the decoder's sentence.
struct BadPath {
  std::string reason;
};

// `segments` are those of the whole path, decoded, as http::SplitPath gives them: a slash at the end is an
// empty last segment, which does not count.
std::variant<PingPath, BadPath> ReadPingPath(const std::vector<std::string>& segments);

// A namespace that could be: [a-z][a-z0-9-]*.
bool IsNamespace(std::string_view text);

// A UUID in the form 8-4-4-4-12 and lower case; leading zeros of a group may be missing, as some senders
// leave them out. Empty if it is none.
std::string ReadDocumentId(std::string_view text);

}  // namespace cairn::ping
