#pragma once

#include <google/protobuf/message.h>

#include "base/rng.h"

namespace tilewright::fuzz {

/// Changes one field somewhere in the message: another number, a name that stands elsewhere in it, an element dropped,
/// doubled or moved.
void mutate_message(google::protobuf::Message& message, Rng& rng);

}  // namespace tilewright::fuzz
