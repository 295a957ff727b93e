#include "apps/post_to_server.h"

#include <utility>

#include "apps/command.h"
#include "net/http_client.h"

namespace cairn::apps {

namespace {

std::variant<ServerAnswer, int> Send(std::string_view verb, const std::string& method,
                                     const ServerOrder& order) {
  std::string url = order.url;
  while (url.ends_with('/')) url.pop_back();
  net::HttpRequest request{.method = method, .url = url + order.path};
  if (!order.token.empty()) request.headers.emplace_back("Auth-Token", order.token);
  if (!order.content_type.empty()) request.headers.emplace_back("Content-Type", order.content_type);
  request.body = base::AsBytes(order.body);
  request.total_timeout_ms = order.timeout_ms;
  base::Result<net::HttpResponse> answer = net::SendHttp(request);
  if (!answer) {
    PrintError(verb, request.url + ": " + base::Describe(answer.error()) + ": is the server there?");
    return kExitFailure;
  }
  if (answer->status != 200) {
    PrintError(verb, request.url + ": the server answered " + std::to_string(answer->status) + ": " +
                         answer->body.substr(0, 500));
    return answer->status >= 500 ? kExitFailure : kExitProblem;
  }
  return ServerAnswer{std::move(request.url), std::move(answer->body)};
}

}  // namespace

std::variant<ServerAnswer, int> PostToServer(std::string_view verb, const ServerOrder& order) {
  return Send(verb, "POST", order);
}

std::variant<ServerAnswer, int> AskServer(std::string_view verb, const ServerOrder& order) {
  return Send(verb, "GET", order);
}

}  // namespace cairn::apps
