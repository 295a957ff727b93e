// Normal forms of what clients say of themselves, so that counts over them make sense.
//
// The rules are those of Mozilla's decoder; what fits none is "Other". Its rule of channels serves comparison
// alone: crashes and sums keep the channel that the client says, because programs have channels of their own,
// and a rate needs both sides by one name.
#pragma once

#include <string>
#include <string_view>

namespace cairn::ping {

std::string NormalizeChannel(std::string_view channel);  // "nightly-cck-x" to "nightly"
std::string NormalizeOs(std::string_view os);            // "Windows_NT" to "Windows"
std::string NormalizeOsVersion(
    std::string_view text);  // "3.13.0-168-generic" to "3.13.0"; "" if it begins otherwise
// "x86-64" to "amd64", the name that crash reports use; empty for what no dump could come from.
std::string NormalizeArchitecture(std::string_view architecture);
std::string NormalizeCountry(std::string_view country);  // "fi" to "FI"

// In lower case and without braces; what is no UUID is left otherwise as it is.
std::string NormalizeClientId(std::string_view client_id);

// 0 to 99, the same for all pings of a client: a share of clients, where one must be drawn.
unsigned SampleId(std::string_view client_id);

}  // namespace cairn::ping
