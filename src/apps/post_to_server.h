// What commands ask a running server to do.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace cairn::apps {

struct ServerOrder {
  std::string url;    // Of the server.
  std::string path;   // "/api/Purge/"
  std::string token;  // Empty: none is sent.
  std::string content_type;
  std::string_view body;
  int timeout_ms = 0;
};

struct ServerAnswer {
  std::string url;  // That was asked.
  std::string body;
};

// An answer of 200; or an exit code, and `verb` has said why there is none.
std::variant<ServerAnswer, int> PostToServer(std::string_view verb, const ServerOrder& order);
// The same by GET, without a body.
std::variant<ServerAnswer, int> AskServer(std::string_view verb, const ServerOrder& order);

}  // namespace cairn::apps
