#include "loop/passes.h"

namespace tilewright::loop {

Passes& pass_manager() {
  static Passes manager("loop",
                        {
                            // First, on the loops as the schedule names them: it makes copies of their bodies.
                            {"split-guards", split_guards},
                            // After split-guards: each version of a loop has its own extent, and a body without guards
                            // comes to fewer stores.
                            {"auto-unroll", auto_unroll},
                        },
                        verify, to_text);
  return manager;
}

}  // namespace tilewright::loop
