// StaticSite serves the built site from memory.
//
// All files are read once, at the start, and found by their exact path: no request ever becomes a path on
// disk. What gets smaller by it is packed then, too, for clients that take gzip. A path that is no file and
// does not look like one gives index.html, because the site's pages are made in the browser; where the site
// has pages/NAME.html, paths that begin with NAME get that: it names the files of these pages
// (web/vite_pages.ts).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/http/message.h"

namespace cairn::http {

inline constexpr std::size_t kMaxSiteFiles = 2'000;
inline constexpr std::size_t kMaxSiteBytes = std::size_t{64} << 20;

class StaticSite {
 public:
  // kNotFound if the folder has no index.html.
  static base::Result<StaticSite> Load(const std::string& folder);

  // A site that says that it is not built.
  static StaticSite Missing();

  Response Serve(const Request& request) const;

 private:
  struct File {
    std::string content_type;
    std::string content;
    std::string entity_tag;
    std::string packed;  // The content as gzip; empty if that is not smaller, or the file is no text.
    std::string packed_entity_tag;
  };

  static File MakeFile(std::string_view name, std::string content);

  const File& PageOf(const Request& request) const;
  static Response Send(const File& file, const Request& request, bool is_asset);
  base::Status LoadFolder(const std::string& folder, const std::string& prefix, std::size_t& bytes);

  std::map<std::string, File> files_;  // "assets/index-1a2b.js" to what it holds.
};

}  // namespace cairn::http
