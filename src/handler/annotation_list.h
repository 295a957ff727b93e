// Reads the application's annotations out of its memory (wire/annotation_layout.h).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "handler/crashed_process.h"
#include "model/address.h"

namespace cairn::handler {

// `list` is the address of the pointer to the first node. What a corrupted process offers is cut at the
// layout's limits; annotations without a value are left out. The list is newest first.
std::vector<std::pair<std::string, std::string>> ReadAnnotations(const CrashedProcess& process,
                                                                 model::ProcessAddress list);

}  // namespace cairn::handler
