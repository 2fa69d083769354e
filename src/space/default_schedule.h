#pragma once

#include "schedule/state.h"
#include "space/search_space.h"

namespace tilewright::space {

/// A sensible schedule without search, from shapes, accesses and the register file alone; always lowers.
schedule::State default_schedule(const te::DagRef& dag, const Hardware& hardware);

}  // namespace tilewright::space
