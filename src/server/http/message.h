// A request and a response as handlers see them: plain values, without a word of sockets.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "os/file.h"

namespace cairn::http {

struct Header {
  std::string name;  // In a request in lower case.
  std::string value;
};

// Who asks, as far as the server may know: what the token or the session allows, or what everybody is
// allowed.
struct Caller {
  std::string name;  // Of the user, or a token's label; empty: nobody in particular. For the audit.
  std::vector<std::string> permissions;
  // Whether a token or the cookie of a session was brought that is known and in force. The next three are of
  // it.
  bool has_token = false;
  std::int64_t user_id = 0;                      // 0: the token is nobody's.
  std::optional<std::int64_t> token_expires_ms;  // Unix time; of a session as well.
  std::int64_t session_id = 0;                   // 0: a token was brought.
  // What else is allowed with single products: names of permissions by a product's name.
  std::map<std::string, std::vector<std::string>, std::less<>> grants = {};

  // With all products.
  bool Has(std::string_view permission) const;
  // With this one: because with all, or by a grant.
  bool Has(std::string_view permission, std::string_view product) const;
  // With those of which a grant says so; what is allowed with all is not among them.
  std::vector<std::string> ProductsWith(std::string_view permission) const;
};

struct Request {
  std::string method;                 // "GET"; HEAD arrives as "HEAD".
  std::vector<std::string> segments;  // Of the path between slashes, percent-decoded; "/" has none.
  std::string query;                  // Behind "?", still encoded. See ParseQuery.
  std::vector<Header> headers;
  std::map<std::string, std::string> captures;  // Of the route's pattern.
  std::string peer_address;  // The IP address of who is connected, which may be a proxy. Never for logs.
  Caller caller;

  // One of the two, as the route wants it. Not inflated; chunks are joined.
  std::string body;
  os::FileDescriptor body_file;  // Without a name on disk: it is gone when it is closed.
  std::uint64_t body_bytes = 0;

  // Becomes true when the client hangs up while a search is made for it; null: nobody looks. Shared, because
  // a handler may leave work that goes on when the connection is closed.
  std::shared_ptr<const std::atomic<bool>> client_gone;

  // The first header of that name (lower case), or an empty text.
  std::string_view FindHeader(std::string_view name) const;
  // "/a/b" of the segments, for messages to whom sent it; never for logs.
  std::string Path() const;
};

// A body that is made while it is sent, so that nothing holds the whole of it. Called from threads that are
// there for it, one call after the other; it may block.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece; empty: that was all. An error breaks the body off, so that no client takes it for whole.
  virtual base::Result<std::string> Next() = 0;
  // Fields that follow on the whole body, where the protocol has a place for them (RFC 9110, section 6.5).
  virtual std::vector<Header> Trailers() const { return {}; }
};

// The status that is noted where nobody is there to hear an answer (nginx' number).
inline constexpr int kClientIsGone = 499;

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<Header> headers;
  std::string body;
  std::vector<std::string> more;            // Follow on `body`: a large answer is not copied together.
  os::FileDescriptor file;                  // If valid it is the body, whole, in place of these.
  std::unique_ptr<BodySource> source = {};  // If there is one, it gives the body.
  // Whether a client may ask for a range of `file` (RFC 9110, section 14). A 200 then becomes a 206 or a 416.
  bool takes_ranges = false;
};

Response TextResponse(int status, std::string body);
Response JsonResponse(int status, std::string json);
// {"error": message}
Response ErrorResponse(int status, std::string_view message);

// "%41+b" of a query to "A b"; nothing if an escape is broken. `plus_is_space` is true for queries, false for
// paths.
enum class Plus { kSpace, kPlus };
std::optional<std::string> PercentDecode(std::string_view text, Plus plus);

// "a=1&b=&a=2" in order of appearance; nothing if an escape is broken or there are more than kMaxQueryFields.
inline constexpr std::size_t kMaxQueryFields = 500;
using QueryFields = std::vector<std::pair<std::string, std::string>>;
std::optional<QueryFields> ParseQuery(std::string_view query);
// The first of that name; empty if there is none. Borrows from `fields`.
std::string_view FindQueryField(const QueryFields& fields, std::string_view name);

// The path of a request target to decoded segments; nothing for what is no absolute path, a broken escape, a
// control byte or a "." or ".." segment. A slash at the end is kept as an empty last segment.
std::optional<std::vector<std::string>> SplitPath(std::string_view path);

}  // namespace cairn::http
