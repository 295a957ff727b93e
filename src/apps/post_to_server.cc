#include "apps/post_to_server.h"

#include <algorithm>
#include <utility>

#include "apps/command.h"
#include "base/parse_json.h"
#include "net/http_client.h"

namespace cairn::apps {

namespace {

// The sentence of {"error": sentence}, or the begin of what came instead, on one line.
std::string SentenceOf(std::string_view body) {
  simdjson::dom::parser parser;
  std::string_view sentence;
  if (base::ParseJson(parser, body)["error"].get(sentence) != simdjson::SUCCESS)
    sentence = body.substr(0, 500);
  std::string line(sentence);
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return line;
}

std::variant<ServerAnswer, int> Send(std::string_view verb, const std::string& method,
                                     const ServerOrder& order) {
  std::string url = order.url;
  while (url.ends_with('/')) url.pop_back();
  net::HttpRequest request{.method = method, .url = url + order.path};
  if (!order.token.empty()) request.headers.emplace_back("Auth-Token", order.token);
  if (!order.content_type.empty()) request.headers.emplace_back("Content-Type", order.content_type);
  request.body = base::AsBytes(order.body);
  request.total_timeout_ms = order.timeout_ms;
  request.max_answer_bytes = order.max_answer_bytes;
  request.take_body = order.take_body;
  base::Result<net::HttpResponse> answer = net::SendHttp(request);
  if (!answer) {
    const bool has_answered =
        answer.error().code == base::Code::kLimitExceeded || answer.error().code == base::Code::kIo;
    PrintError(verb, request.url + ": " + base::Describe(answer.error()) +
                         (has_answered ? "" : ": is the server there?"));
    return kExitFailure;
  }
  if (answer->status != 200) {
    PrintError(verb, request.url + ": the server answered " + std::to_string(answer->status) + ": " +
                         SentenceOf(answer->body));
    return answer->status >= 500 ? kExitFailure : kExitProblem;
  }
  return ServerAnswer{std::move(request.url), std::move(answer->body), std::move(answer->headers)};
}

}  // namespace

std::variant<ServerAnswer, int> PostToServer(std::string_view verb, const ServerOrder& order) {
  return Send(verb, "POST", order);
}

std::variant<ServerAnswer, int> AskServer(std::string_view verb, const ServerOrder& order) {
  return Send(verb, "GET", order);
}

}  // namespace cairn::apps
