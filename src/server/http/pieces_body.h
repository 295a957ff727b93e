// A body of a Beast message in pieces, one behind the other; each is given back once it was sent.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cairn::http {

struct PiecesBody {
  using value_type = std::vector<std::string>;

  static std::uint64_t size(const value_type& pieces) {
    std::uint64_t bytes = 0;
    for (const std::string& piece : pieces) bytes += piece.size();
    return bytes;
  }

  class writer {
   public:
    using const_buffers_type = boost::asio::const_buffer;

    template <bool is_request, typename Fields>
    writer(boost::beast::http::header<is_request, Fields>& /*header*/, value_type& pieces)
        : pieces_(pieces) {}

    void init(boost::beast::error_code& error) { error = {}; }

    boost::optional<std::pair<const_buffers_type, bool>> get(boost::beast::error_code& error) {
      error = {};
      if (next_ > 0) pieces_[next_ - 1] = std::string();
      while (next_ < pieces_.size() && pieces_[next_].empty()) ++next_;
      if (next_ == pieces_.size()) return boost::none;
      const std::string& piece = pieces_[next_++];
      return {{boost::asio::buffer(piece), next_ < pieces_.size()}};
    }

   private:
    value_type& pieces_;
    std::size_t next_ = 0;
  };
};

}  // namespace cairn::http
