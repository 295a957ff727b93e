#include "server/bugs/new_bug.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "base/parse_json.h"
#include "net/http_client.h"

namespace cairn::bugs {
namespace {

namespace dom = simdjson::dom;

std::string TextAt(const dom::element& element, std::string_view pointer) {
  std::string_view text;
  return element.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// At most so many characters, of which one is then "…". The further bytes of a character are 10xxxxxx.
std::string CutCharacters(std::string text, std::size_t characters_max) {
  std::size_t characters = 0;
  std::size_t end_of_cut = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (characters == characters_max - 1) end_of_cut = i;
    if (characters == characters_max) return text.substr(0, end_of_cut) + "…";
    ++characters;
  }
  return text;
}

// Likewise of bytes, not in the middle of a character.
std::string CutBytes(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  text.resize(size);
  return text;
}

// "libxul.so  f(int)  a.cc:12", with an offset where there is no name.
std::string FrameLine(const dom::element& frame) {
  std::string function = TextAt(frame, "/function");
  if (function.empty()) function = TextAt(frame, "/module_offset");
  if (function.empty()) function = TextAt(frame, "/offset");
  std::string line = TextAt(frame, "/module");
  line += (line.empty() ? "" : "  ") + function;
  const std::string file = TextAt(frame, "/file");
  std::uint64_t number = 0;
  const bool has_line = frame["line"].get(number) == simdjson::SUCCESS;
  if (!file.empty()) line += "  " + file + (has_line ? ":" + std::to_string(number) : "");
  std::ranges::replace_if(line, [](char c) { return c >= 0 && c < ' '; }, ' ');
  return line;
}

std::vector<std::string> ReadFrames(const dom::element& document) {
  dom::array frames;
  std::vector<std::string> lines;
  if (document.at_pointer("/json_dump/crashing_thread/frames").get(frames) != simdjson::SUCCESS) return lines;
  for (const dom::element frame : frames) {
    if (lines.size() == kMaxFramesOfBug) break;
    lines.push_back(
        CutCharacters(std::to_string(lines.size()) + "  " + FrameLine(frame), kMaxFrameCharacters));
  }
  return lines;
}

std::string DescriptionOf(const CrashFacts& facts, std::string_view page) {
  std::string text = page.empty() ? "" : "Crash: " + std::string(page) + "\n";
  const auto add = [&text](std::string_view name, const std::string& value) {
    if (!value.empty()) text += std::string(name) + ": " + value + "\n";
  };
  add("Reason", facts.reason);
  add("MOZ_CRASH reason", facts.moz_crash_reason);
  if (!facts.frames.empty()) {
    text += "\nThe first " + std::to_string(facts.frames.size()) + " frames of the thread that crashed:\n";
    for (const std::string& frame : facts.frames) text += "\n" + frame;
    text += "\n";
  }
  return CutBytes(std::move(text), kMaxDescriptionBytes);
}

}  // namespace

std::optional<CrashFacts> ReadFacts(std::string_view public_document) {
  dom::parser parser;
  dom::element document;
  if (base::ParseJson(parser, public_document).get(document) != simdjson::SUCCESS || !document.is_object())
    return std::nullopt;
  CrashFacts facts;
  facts.signature = TextAt(document, "/signature");
  facts.product = TextAt(document, "/product");
  facts.version = TextAt(document, "/version");
  facts.platform = TextAt(document, "/os_name");
  facts.reason = TextAt(document, "/reason");
  facts.moz_crash_reason = TextAt(document, "/moz_crash_reason");
  facts.frames = ReadFrames(document);
  return facts;
}

std::string FillTemplate(std::string_view url_template, const CrashFacts& facts, std::string_view page) {
  const std::pair<std::string_view, std::string> values[] = {
      {"{title}", "Crash in [@ " + facts.signature + "]"},
      {"{description}", DescriptionOf(facts, page)},
      {"{signature}", facts.signature},
      {"{product}", facts.product},
      {"{version}", facts.version},
      {"{platform}", facts.platform},
      {"{url}", std::string(page)},
  };
  std::string url;
  while (!url_template.empty()) {
    const auto* const value = std::ranges::find_if(
        values, [url_template](const auto& row) { return url_template.starts_with(row.first); });
    if (value == std::end(values)) {
      url += url_template.front();
      url_template.remove_prefix(1);
    } else {
      url += net::EscapeUrlPart(value->second);
      url_template.remove_prefix(value->first.size());
    }
  }
  return url;
}

}  // namespace cairn::bugs
