/* crowd: what the two files of the crowd share. */
#ifndef TEST_CROWD_H
#define TEST_CROWD_H
#include <netinet/in.h>
#include <stdbool.h>

struct plan {
	struct sockaddr_in at;    /* where the server listens */
	int many, asked;          /* how many there are in the crowd; how often the good client asks */
	int slots;                /* with those that have been sent away and are on their way back */
	int hold;                 /* seconds the crowd stays at least */
	int most_kib;             /* bound of a worker's memory for each of them; 0: only printed */
	const char *asset;        /* a path whose answer is long */
	int n_workers;
	int *workers;             /* processes */
};

double crowd_seconds(void);
/* The crowd's own chance: below n. */
int crowd_pick(int n);
/* A socket towards the server, from one of several addresses of this machine; -1 when there is none to be had. */
int crowd_socket(const struct plan *);

/* The client that must not suffer, in a process of its own: asks and writes what it saw to fd `to`. */
struct good { int asked, failed; double median, p99, worst; };
_Noreturn void crowd_good(const struct plan *, int asked, int to);

/* KiB that belong to the workers: their own and their share of what they share. -1 when it cannot be read. */
long crowd_memory(const struct plan *);
/* Files that the workers have open; -1 when it cannot be read. */
long crowd_files(const struct plan *);
#endif
