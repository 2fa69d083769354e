#include "search/evolve/program_dedup_cache.h"

#include "backend/cpu/passes.h"
#include "loop/lower.h"

namespace tilewright::search {

bool ProgramDedupCache::add(const schedule::State& state) {
  const Result<loop::Program> program = loop::lower(state);
  return !program || hashes_.insert(loop::structural_hash(cpu::run_target_passes(*program, target_))).second;
}

}  // namespace tilewright::search
