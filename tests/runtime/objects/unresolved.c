int tw_nobody_defines_this(int);
int tw_call(int x) { return tw_nobody_defines_this(x) + 1; }
