/* Compiled for a fixed address: needs R_X86_64_32 or 32S. */
static int table[100];
int* tw_table(void) { return table; }
int tw_get(int i) { return table[i]; }
