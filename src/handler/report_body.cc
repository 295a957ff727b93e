#include "handler/report_body.h"

#include <string_view>

#include "wire/annotation_registry.h"

namespace cairn::handler {
namespace {

// Within quotes three characters need escaping, as browsers do it (HTML standard, multipart/form-data).
std::string EscapeName(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    switch (c) {
      case '"': escaped += "%22"; break;
      case '\r': escaped += "%0D"; break;
      case '\n': escaped += "%0A"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

bool MayGoIntoReport(std::string_view name) {
  const wire::AnnotationRow* const row = wire::FindAnnotation(name);
  return row == nullptr || row->scope == wire::AnnotationScope::kReport ||
         row->scope == wire::AnnotationScope::kPing;
}

}  // namespace

ReportBody MakeReportBody(const std::map<std::string, std::string>& annotations, base::Bytes dump,
                          const std::string& boundary) {
  ReportBody body{.content_type = "multipart/form-data; boundary=" + boundary, .bytes = {}};
  const std::string line = "--" + boundary;
  for (const auto& [name, value] : annotations) {
    if (!MayGoIntoReport(name)) continue;
    body.bytes += line + "\r\nContent-Disposition: form-data; name=\"" + EscapeName(name) + "\"\r\n\r\n" +
                  value + "\r\n";
  }
  body.bytes +=
      line +
      "\r\nContent-Disposition: form-data; name=\"upload_file_minidump\"; filename=\"upload.dmp\"\r\n"
      "Content-Type: application/octet-stream\r\n\r\n";
  body.bytes += base::AsText(dump);
  body.bytes += "\r\n" + line + "--\r\n";
  return body;
}

}  // namespace cairn::handler
