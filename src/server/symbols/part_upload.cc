#include "server/symbols/part_upload.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json_writer.h"
#include "os/append_file.h"
#include "server/http/limits.h"
#include "server/symbols/content_range.h"
#include "server/symbols/stored_response.h"
#include "server/symbols/upload_run.h"

namespace cairn::symbols {
namespace {

using base::Code;
using http::Request;
using http::Response;

constexpr int kResumeIncomplete = 308;

std::optional<SessionPlace> PlaceOf(const Request& request) {
  const auto session = request.captures.find("session");
  const auto index = request.captures.find("index");
  if (session == request.captures.end() || index == request.captures.end()) return std::nullopt;
  SessionPlace place{session->second, 0};
  const std::string& digits = index->second;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), place.index);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return place;
}

Response Incomplete(std::uint64_t bytes) {
  Response response = http::TextResponse(kResumeIncomplete, "");
  if (bytes > 0) response.headers.push_back({"Range", "bytes=0-" + std::to_string(bytes - 1)});
  return response;
}

Response Complete(const SessionFile& file) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("key", file.key);
  json.TextField("state", "stored");
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

// Takes the body of one PUT.
class PartSink final : public http::BodySink {
 public:
  PartSink(UploadSessions& sessions, const FinishPart& finish, const Request& request)
      : sessions_(sessions),
        finish_(finish),
        request_(request),
        has_range_(!request.FindHeader("content-range").empty()) {}

  std::optional<Response> Take(base::Bytes bytes) override {
    // Here and not before, because making a sink must not wait for the disk.
    if (!std::exchange(has_begun_, true)) {
      if (std::optional<Response> refusal = Begin()) return refusal;
    }
    if (is_done_) return std::nullopt;
    const std::size_t skipped = static_cast<std::size_t>(std::min<std::uint64_t>(to_skip_, bytes.size()));
    to_skip_ -= skipped;
    bytes = bytes.subspan(skipped);
    if (bytes.empty()) return std::nullopt;
    if (bytes_ + bytes.size() > bytes_max_) {
      return http::ErrorResponse(400, "more bytes came than Content-Range said");
    }
    if (!os::WriteAll(part_.get(), bytes)) return TryAgainLater();
    bytes_ += bytes.size();
    return std::nullopt;
  }

  Response Finish() override {
    if (is_done_) return Complete(session_.files[place_.index]);
    const bool is_whole = has_range_ ? total_ && bytes_ == *total_ : true;
    if (!is_whole) return Incomplete(bytes_);
    std::string why;
    if (const base::Status finished = finish_(session_, place_.index, part_.get(), why); !finished) {
      const Response refusal = RefuseUpload(finished.error(), why);
      // What is wrong stays wrong; what this machine could not do may be tried again with what is here.
      if (refusal.status < 500 && !sessions_.DropPart(place_)) return TryAgainLater();
      return http::ErrorResponse(refusal.status, why.empty() ? base::Describe(finished.error()) : why);
    }
    return Complete(session_.files[place_.index]);
  }

  std::size_t memory_bytes() const override { return 0; }

 private:
  // A response if the body is not wanted.
  std::optional<Response> Begin() {
    const std::optional<SessionPlace> place = PlaceOf(request_);
    base::Result<Session> session = place ? sessions_.Find(place->session_id)
                                          : base::Result<Session>(base::Error{Code::kNotFound, 0, "session"});
    if (!session && session.error().code != Code::kNotFound) return TryAgainLater();
    if (!session || place->index >= session->files.size()) {
      return http::ErrorResponse(404,
                                 "there is no such upload session, or it has ended: begin the upload anew");
    }
    session_ = *std::move(session);
    place_ = *place;
    is_done_ = sessions_.IsDone(place_);
    if (is_done_) return std::nullopt;
    hold_ = sessions_.TakeHold(place_);
    if (!hold_) return http::ErrorResponse(503, "another request sends this file now: try again later");
    base::Result<os::FileDescriptor> part = sessions_.OpenPart(place_);
    const base::Result<os::FileInfo> info = part ? os::InspectOpen(part->get()) : part.error();
    if (!info) return TryAgainLater();
    part_ = *std::move(part);
    bytes_ = info->size;
    return has_range_ ? BeginPiece() : BeginWhole();
  }

  std::optional<Response> BeginWhole() {
    bytes_ = 0;
    bytes_max_ = http::kMaxSymbolUploadBytes;
    if (!os::Resize(part_.get(), 0)) return TryAgainLater();
    return std::nullopt;
  }

  std::optional<Response> BeginPiece() {
    const std::optional<ContentRange> range = ParseContentRange(request_.FindHeader("content-range"));
    if (!range) return http::ErrorResponse(400, "Content-Range is not understood: bytes A-B/N or bytes */N");
    if (range->total.value_or(range->end) > http::kMaxSymbolUploadBytes) {
      return http::ErrorResponse(413, "a file may have 2 GiB");
    }
    total_ = range->total;
    bytes_max_ = range->is_question ? bytes_ : range->end;
    if (total_ && bytes_ > *total_) {  // Another file was begun: it takes the place of what is here.
      if (range->begin > 0 || range->is_question || !os::Resize(part_.get(), 0)) return Incomplete(0);
      bytes_ = 0;
    }
    if (!range->is_question && range->begin > bytes_) return Incomplete(bytes_);
    to_skip_ = range->is_question ? 0 : bytes_ - range->begin;
    bytes_max_ = std::max(bytes_max_, bytes_);
    return std::nullopt;
  }

  UploadSessions& sessions_;
  const FinishPart& finish_;
  const Request& request_;
  const bool has_range_;
  bool has_begun_ = false;
  Session session_;
  SessionPlace place_;
  std::optional<UploadSessions::Hold> hold_;
  os::FileDescriptor part_;
  bool is_done_ = false;
  std::optional<std::uint64_t> total_;
  std::uint64_t bytes_ = 0;      // In the part.
  std::uint64_t bytes_max_ = 0;  // That it may have when this body has ended.
  std::uint64_t to_skip_ = 0;    // Of this body: they are there already.
};

}  // namespace

std::string PartUrlPath(const SessionPlace& place) {
  return "/upload/session/" + place.session_id + "/" + std::to_string(place.index);
}

std::vector<http::Route> MakePartUploadRoutes(UploadSessions& sessions, FinishPart finish) {
  std::vector<http::Route> routes;
  routes.push_back({.method = "PUT",
                    .pattern = "/upload/session/{session}/{index}",
                    .permission = std::string(http::kAnybody),
                    .body = http::BodyPlace::kStream,
                    .max_body_bytes = http::kMaxSymbolUploadBytes,
                    .open_sink = [&sessions, finish = std::move(finish)](
                                     const Request& request) -> std::unique_ptr<http::BodySink> {
                      return std::make_unique<PartSink>(sessions, finish, request);
                    },
                    .may_take_long = true});
  return routes;
}

}  // namespace cairn::symbols
