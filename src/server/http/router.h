// The one table of everything the server answers: method, path, needed permission, size of the body, handler.
//
// The permission is checked here and nowhere else, before the body is read. A handler may ask request.caller
// for more (what a caller without view_pings gets is less, not an error). Immutable once made; any thread may
// ask.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "server/http/message.h"

namespace cairn::http {

using Handler = std::function<Response(Request&)>;

// Gives the answer later, once and from any thread. Called where connections are read, so that it must not
// block: for what comes in great numbers and only waits for the disk. The request lives until the answer.
using Answer = std::function<void(Response)>;
using LaterHandler = std::function<void(Request&, Answer)>;

// The permission of a route that everybody may use. It must be said: what a route says nothing of, nobody
// may.
inline constexpr std::string_view kAnybody = "anybody";
// Of a route for everybody who is known at all, by a token or a session.
inline constexpr std::string_view kAnyCaller = "any caller";
// Of a route that every user may use, whatever the user may do else: it is about what is the user's own.
inline constexpr std::string_view kAnyUser = "any user";

enum class BodyPlace { kNone, kMemory, kFile, kStream };

// Takes a body as it comes, so that nothing holds the whole of it. Called from handler threads, one call
// after the other; it may block, and the client then waits.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // A response refuses the body: no more of it is read.
  virtual std::optional<Response> Take(base::Bytes bytes) = 0;
  // The body is whole: the answer to it.
  virtual Response Finish() = 0;
  // What it holds in memory now.
  virtual std::size_t memory_bytes() const = 0;
};
// The request is whole but for its body, and outlives the sink.
using OpenSink = std::function<std::unique_ptr<BodySink>(const Request&)>;

struct Route {
  std::string method;  // "GET" is asked for HEAD as well; the server leaves the body away.
  // Segments: "literal", "{name}" for one that is not empty, "id-{name}.sym" for one that begins and ends so
  // (what is captured is the whole segment), "{name:hex}" for one of hexadecimal digits alone, and as the
  // last one "{*name}" for all that follow, joined by slashes. Earlier routes win.
  std::string pattern;
  // Its name, or kAnybody, kAnyCaller or kAnyUser, or two names with "|" between, of which one is enough.
  // Empty: nobody gets in.
  std::string permission;
  BodyPlace body = BodyPlace::kNone;
  std::size_t max_body_bytes = 0;
  Handler handler;
  OpenSink open_sink = {};          // In place of the handler, for BodyPlace::kStream.
  LaterHandler later = {};          // In place of the handler, for BodyPlace::kMemory.
  std::string too_large_text = {};  // The answer's text where a body has more bytes; empty: an error as JSON.
  bool is_quick = false;  // Without a body, and answered even while all threads for searches are busy.
  // A body that is streamed may take kUploadTimeoutMs, as one that goes to a file always may.
  bool may_take_long = false;
  // A token may stand in the query, as "key": for clients that send nothing else of the kind.
  bool takes_key = false;
  // Whether a caller may ask only so often: RouterOptions::limit.
  bool is_limited = false;
  // Whether who has the permission for some products gets in as well. The handler then gives of each product
  // only what the caller may have of it.
  bool per_product = false;
};

// Who a token stands for and what it allows.
struct Identity {
  Identity(std::optional<Caller> who) : caller(std::move(who)) {}  // NOLINT: implicit on purpose.

  std::optional<Caller> caller;
  std::string refusal = "API Token not matched";  // Why there is none, for who brought the token.
};
// Blocks.
using Authenticate = std::function<Identity(std::string_view token)>;
// Whose session a request with a cookie belongs to; nothing: none that is in force. Blocks.
using FindSession = std::function<std::optional<Caller>(const Request& request)>;
// A refusal if the caller, who is known by now, has asked too often.
using Limit = std::function<std::optional<Response>(const Request& request)>;

struct RouterOptions {
  std::vector<std::string> anonymous_permissions;
  Authenticate authenticate;
  FindSession find_session = {};
  Limit limit = {};
  std::string public_url = {};  // What changes something by a cookie comes from its pages: cookies.h.
  Handler fallback;             // GET and HEAD of a path that no route knows: the site.
};

class Router {
 public:
  Router(std::vector<Route> routes, RouterOptions options);

  // Who takes a request, once its header is read.
  struct Admission {
    const Route* route = nullptr;     // Null: `refusal` is the answer, or the fallback takes it.
    std::optional<Response> refusal;  // To be sent without reading the body.
  };
  // Fills in request.captures and request.caller. Blocks only to look up a token or a session.
  Admission Admit(Request& request) const;
  // Whether there is one to look up.
  static bool HasToken(const Request& request);

  // The answer to a request that was admitted by `route` (null: by the fallback), which does not answer
  // later.
  Response Handle(const Route* route, Request& request) const;

 private:
  std::optional<Response> FindCaller(const Route& route, Request& request) const;
  std::optional<Response> FindCallerBySession(Request& request) const;
  Admission AdmitTo(const Route& route, Request& request) const;

  struct Pattern {
    std::vector<std::string> segments;
  };
  static std::optional<std::map<std::string, std::string>> Match(const Pattern& pattern,
                                                                 const std::vector<std::string>& segments);

  std::vector<Route> routes_;
  std::vector<Pattern> patterns_;  // Parallel to routes_.
  RouterOptions options_;
};

}  // namespace cairn::http
