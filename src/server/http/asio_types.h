// The names under which the HTTP server uses Boost.Asio: coroutines on a strand, errors as values.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/rate_policy.hpp>

namespace cairn::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using beast::error_code;

using Strand = asio::strand<asio::io_context::executor_type>;
using Stream = beast::basic_stream<tcp, Strand, beast::unlimited_rate_policy>;
template <typename T>
using Awaitable = asio::awaitable<T, Strand>;
// Errors come back as values: co_await gives (error_code, ...).
inline constexpr auto kUse = asio::as_tuple(asio::use_awaitable_t<Strand>{});

}  // namespace cairn::http
