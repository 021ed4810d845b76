#include "sys/sys.h"

#include "base/test.h"
#include "core/id.h"
#include <sys/wait.h>
#include <unistd.h>

/* The next sixteen bytes, as a child gets them that is forked now. */
static void
of_a_child(uint8_t out[16])
{
	int ends[2], status;
	pid_t pid;

	EXPECT(pipe(ends) == 0);
	pid = fork();
	if (pid == 0) {
		uint8_t own[16];

		sys_chance(own, sizeof own);
		_exit(write(ends[1], own, sizeof own) == sizeof own ? 0 : 1);
	}
	EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
	EXPECT(read(ends[0], out, 16) == 16);
	close(ends[0]);
	close(ends[1]);
}

TEST(no_two_processes_have_the_same_chance)
{
	uint8_t one[16], two[16], own[16];

	sys_chance(own, sizeof own); /* something lies ready for whoever asks next */
	of_a_child(one);
	of_a_child(two);
	sys_chance(own, sizeof own);
	EXPECT(memcmp(one, two, 16) != 0 && memcmp(one, own, 16) != 0 && memcmp(two, own, 16) != 0);
	(void)cx;
}

TEST(chance_never_repeats_itself_whatever_its_length)
{
	enum { MOST = 200 };
	uint8_t all[MOST][16], some[4096];

	for (size_t i = 0; i < MOST; i++) {
		sys_chance(some, 1 + i * 7 % 90);
		sys_chance(all[i], 16);
		for (size_t j = 0; j < i; j++)
			EXPECT(memcmp(all[i], all[j], 16));
	}
	memset(some, 0, sizeof some);
	sys_chance(some, sizeof some);
	EXPECT(some[4095] | some[4094] | some[4093] | some[4092] | some[4091] | some[4090] | some[4089] | some[4088]);
	(void)cx;
}

TEST(later_ids_sort_behind_earlier_ones)
{
	struct id a = id_next(cx), b;

	cx->now += SECOND;
	b = id_next(cx);
	EXPECT(memcmp(a.b, b.b, 16) < 0);
	cx->now -= SECOND;
	EXPECT(!id_eq(id_next(cx), a));
}
