#include "backend/cpu/vector_math.h"

namespace tilewright::cpu {

char vector_math_letter(const target::TargetSpec& target) {
  if (target.is_aarch64()) return 0;
  switch (target.vector_bytes) {
    case 64:
      return 'e';
    case 32:
      return 'd';
    default:
      return 'b';
  }
}

}  // namespace tilewright::cpu
