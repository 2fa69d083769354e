/* Something of everything: code that calls outwards, read-only data (merged constants and strings too), initialised and
   zeroed data, pointers to be relocated, functions in sections of their own. */
#include <stdint.h>

double cos(double);
extern double sin(double);
void* memcpy(void*, const void*, __SIZE_TYPE__);

static const int32_t kPrimes[] = {2, 3, 5, 7, 11, 13};
const char* const tw_greeting[] = {"hello", "world"};
int32_t tw_counter = 40;
int32_t tw_zeroed[10000];

__attribute__((noinline)) int32_t tw_prime(int32_t i) { return kPrimes[i % 6]; }
const char* tw_word(int32_t i) { return tw_greeting[i & 1]; }
int32_t tw_count(void) { return ++tw_counter + tw_zeroed[9999]; }
__attribute__((section(".text.far_away"))) double tw_circle(double x) { return sin(x) * sin(x) + cos(x) * cos(x); }
int32_t tw_sum_of_primes(void) {
  int32_t sum = 0;
  for (int32_t i = 0; i < 6; ++i) sum += tw_prime(i);
  return sum;
}
int32_t tw_switch(int32_t x) { /* a jump table in .rodata */
  switch (x) {
    case 0:
      return tw_prime(3);
    case 1:
      return -17;
    case 2:
      return tw_counter;
    case 3:
      return 99 * tw_prime(1);
    case 4:
      return 1234;
    case 5:
      return tw_sum_of_primes();
    default:
      return 0;
  }
}
typedef double (*function)(double);
function tw_address_of_sin(void) { return sin; }
void tw_copy(char* to, const char* from, int64_t n) { memcpy(to, from, (__SIZE_TYPE__)n); }

#if defined(__x86_64__)
typedef double vec2 __attribute__((vector_size(16)));
vec2 _ZGVbN2v_exp(vec2);
void tw_exp2(double* x) {
  vec2 v = {x[0], x[1]};
  v = _ZGVbN2v_exp(v);
  x[0] = v[0];
  x[1] = v[1];
}
#endif
