/* sys: the real clocks and the real chance, for whoever begins a turn, and how many files the system allows. Pure code
 * gets clocks and chance through cx and never from here; tests never call it. */
#ifndef SYS_SYS_H
#define SYS_SYS_H
#include "base/cx.h"

/* UTC microseconds, and microseconds of the clock that counts through sleep and never steps. */
when sys_now(void);
when sys_boot(void);
/* Fill with randomness of the kernel; aborts if there is none. */
void sys_chance(void *p, size_t n);
/* Let this process and its children have as many files open as the system allows them; returns how many that is. */
int sys_files(void);
/* Give a turn all three, as of this moment. */
void sys_turn(struct cx *);
#endif
