#include "test/crowd.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER = 1 << 20 };

static int
good_socket(const struct plan *p)
{
	struct timeval patience = { .tv_sec = 15 };
	int fd = crowd_socket(p);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&p->at, sizeof p->at) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Bytes of the whole answer whose beginning stands in text, or 0 when that cannot be said yet. */
static size_t
whole(const char *text)
{
	const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "\r\nContent-Length: ");

	return end && length && length < end ? (size_t)(end + 4 - text) + strtoul(length + 18, NULL, 10) : 0;
}

/* One request and its answer; the answer must be whole and the page must be there. *heard: something came. */
static bool
ask(int fd, const char *path, bool *heard)
{
	static char text[ANSWER];
	size_t n = 0, want;
	ssize_t k;
	int size = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: door.example\r\n\r\n", path);

	*heard = false;
	if (send(fd, text, (size_t)size, MSG_NOSIGNAL) != size)
		return false;
	while ((k = recv(fd, text + n, sizeof text - 1 - n, 0)) > 0) {
		*heard = true;
		n += (size_t)k;
		text[n] = 0;
		if ((want = whole(text)) != 0 && n >= want)
			return n == want && !strncmp(text, "HTTP/1.1 200 ", 13);
	}
	return false;
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* As browsers do it: a connection that stood and was closed meanwhile is made again, once. */
static bool
get(const struct plan *p, int *fd, const char *path)
{
	bool heard, stood = *fd >= 0;

	if (!stood)
		*fd = good_socket(p);
	if (*fd >= 0 && ask(*fd, path, &heard))
		return true;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return stood && !heard && get(p, fd, path);
}

void
crowd_good(const struct plan *p, int asked, int to)
{
	const char *const pages[] = { "/", "/follow", "/help", "/sign-in", "/privacy", p->asset };
	double *took = calloc((size_t)asked, sizeof *took);
	struct good g = { .asked = asked };
	int fd = -1;

	for (int i = 0; i < asked; i++) {
		const char *page = pages[(size_t)i % (sizeof pages / sizeof *pages)];
		double began = crowd_seconds();

		if (i % 3 == 0 && fd >= 0) { /* two of three come by a connection that stands */
			close(fd);
			fd = -1;
		}
		if (!get(p, &fd, page)) {
			fprintf(stderr, "the good client did not get %s\n", page);
			g.failed++;
		}
		took[i] = crowd_seconds() - began;
		usleep(10000);
	}
	qsort(took, (size_t)asked, sizeof *took, by_size);
	g.median = took[asked / 2] * 1e3;
	g.p99 = took[asked * 99 / 100] * 1e3;
	g.worst = took[asked - 1] * 1e3;
	_exit(write(to, &g, sizeof g) == sizeof g ? 0 : 1);
}

static long
memory_of(int pid)
{
	char line[256];
	long kib = -1, pages;
	FILE *f;

	snprintf(line, sizeof line, "/proc/%d/smaps_rollup", pid);
	if ((f = fopen(line, "r")) != NULL) {
		while (kib < 0 && fgets(line, sizeof line, f))
			if (sscanf(line, "Pss: %ld", &kib) != 1)
				kib = -1;
		fclose(f);
	}
	snprintf(line, sizeof line, "/proc/%d/statm", pid);
	if (kib < 0 && (f = fopen(line, "r")) != NULL) { /* not ours to look into: what is resident is a little more */
		if (fscanf(f, "%*d %ld", &pages) == 1)
			kib = pages * (sysconf(_SC_PAGESIZE) / 1024);
		fclose(f);
	}
	return kib;
}

long
crowd_memory(const struct plan *p)
{
	long all = 0;

	for (int i = 0; i < p->n_workers; i++) {
		long one = memory_of(p->workers[i]);

		if (one < 0)
			return -1;
		all += one;
	}
	return all;
}

long
crowd_files(const struct plan *p)
{
	long n = 0;

	for (int i = 0; i < p->n_workers; i++) {
		char path[64];
		DIR *d;

		snprintf(path, sizeof path, "/proc/%d/fd", p->workers[i]);
		if (!(d = opendir(path)))
			return -1;
		while (readdir(d))
			n++;
		closedir(d);
	}
	return n;
}
