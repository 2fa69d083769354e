int tw_common[4];
int* tw_common_address(void) { return tw_common; }
