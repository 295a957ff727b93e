#include "server/http/multipart.h"

#include <utility>

namespace cairn::http {
namespace {

// A body that is fed whole gives each part as pieces that follow on each other.
class PartCollector final : public PartTaker {
 public:
  base::Status BeginPart(PartHead head) override {
    if (parts.size() == kMaxParts) {
      return base::Error{base::Code::kLimitExceeded, parts.size(), "multipart: number of parts"};
    }
    parts.push_back({std::move(head.name), std::move(head.filename), std::move(head.content_type), {}});
    return {};
  }
  base::Status TakePartBytes(std::string_view bytes) override {
    std::string_view& body = parts.back().body;
    body = body.empty() ? bytes : std::string_view(body.data(), body.size() + bytes.size());
    return {};
  }
  base::Status EndPart() override { return {}; }

  std::vector<Part> parts;
};

}  // namespace

base::Result<std::vector<Part>> ParseMultipart(std::string_view body, std::string_view boundary) {
  PartCollector collector;
  MultipartReader reader(boundary, collector);
  RETURN_IF_ERROR(reader.Feed(body));
  RETURN_IF_ERROR(reader.Finish());
  return std::move(collector.parts);
}

}  // namespace cairn::http
