#include "search/known_programs.h"

#include "codegen/passes.h"
#include "loop/lower.h"

namespace tilewright::search {

bool KnownPrograms::add(const schedule::State& state) {
  const Result<loop::Program> program = loop::lower(state);
  return !program || hashes_.insert(loop::structural_hash(codegen::finish(*program, target_))).second;
}

}  // namespace tilewright::search
