#pragma once

#include <string>

#include "base/rng.h"

namespace tilewright::fuzz {

/// Changes, drops, doubles or moves one value somewhere in a JSON text. Leaves what is no JSON as it is.
void mutate_json(std::string& text, Rng& rng);

}  // namespace tilewright::fuzz
