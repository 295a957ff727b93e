// What commands ask a running server to do.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cairn::apps {

struct ServerOrder {
  std::string url;    // Of the server.
  std::string path;   // "/api/Purge/"
  std::string token;  // Empty: none is sent.
  std::string content_type;
  std::string_view body;
  int timeout_ms = 0;
  std::size_t max_answer_bytes = 1 << 20;
  std::function<bool(std::string_view)> take_body = {};  // As of net::HttpRequest.
};

struct ServerAnswer {
  std::string url;  // That was asked.
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // Names in lower case.
};

// An answer of 200; or an exit code, and `verb` has said why there is none.
std::variant<ServerAnswer, int> PostToServer(std::string_view verb, const ServerOrder& order);
// The same by GET, without a body.
std::variant<ServerAnswer, int> AskServer(std::string_view verb, const ServerOrder& order);

}  // namespace cairn::apps
