#include "codegen/vector_math.h"

namespace tilewright::codegen {

char vector_math_letter(const Target& target) {
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

}  // namespace tilewright::codegen
