/*
 * A program to be tracked, with a clock of its own. Prints "<id> <begin ns> <end ns>" (CLOCK_MONOTONIC) per operation.
 *   tracked sleep US...          nanosleep system calls, one per number
 *   tracked calls US...          work(id, us), between begin(id) and finish(7, id), which are USDT probes, too
 *   tracked overlap N MS         begin(1) .. begin(N), MS later finish() of all in another thread, the last one first
 *   tracked nested MS            begin(5), MS later begin(5) again, MS later finish(5)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleep_us(int64_t us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	syscall(SYS_nanosleep, &t, NULL);
}

/* What <sys/sdt.h> makes of DTRACE_PROBE2(tracked, name, a, b): a nop, and a note that says where it is. */
#define PROBE2(name, a, b)                                                                           \
	asm volatile("990: nop\n"                                                                    \
		     ".pushsection .note.stapsdt, \"\", \"note\"\n"                                  \
		     ".balign 4\n .4byte 992f-991f, 994f-993f, 3\n"                                  \
		     "991: .asciz \"stapsdt\"\n 992: .balign 4\n"                                    \
		     "993: .8byte 990b, 0, tracked_" #name "_semaphore\n"                            \
		     ".asciz \"tracked\"\n .asciz \"" #name "\"\n .asciz \"8@%0 -4@%1\"\n"           \
		     "994: .balign 4\n .popsection\n" ::"r"((int64_t)(a)),                           \
		     "m"(b))

/* Counted up by the kernel while someone is attached. */
__attribute__((section(".probes"), used)) volatile unsigned short tracked_begin_semaphore;
__attribute__((section(".probes"), used)) volatile unsigned short tracked_finish_semaphore;

__attribute__((noinline)) void begin(long id)
{
	int small = id;

	if (tracked_begin_semaphore)
		PROBE2(begin, id, small);
	asm volatile("" ::"r"(id) : "memory");
}

__attribute__((noinline)) void finish(long unused, long id)
{
	int small = id;

	if (tracked_finish_semaphore)
		PROBE2(finish, id, small);
	asm volatile("" ::"r"(unused), "r"(id) : "memory");
}

__attribute__((noinline)) long work(long id, int64_t us)
{
	sleep_us(us);
	return id;
}

static int64_t begun[64];
static int count;

static void *finish_all(void *unused)
{
	for (int id = count; id > 0; id--) {
		finish(7, id);
		printf("%d %lld %lld\n", id, (long long)begun[id], (long long)now_ns());
	}
	return unused;
}

static void operation(const char *mode, long id, int64_t us)
{
	int64_t begin_ns = now_ns();

	if (!strcmp(mode, "sleep")) {
		sleep_us(us);
	} else {
		begin(id);
		work(id, us);
		finish(7, id);
	}
	printf("%ld %lld %lld\n", id, (long long)begin_ns, (long long)now_ns());
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	struct sched_param real_time = { .sched_priority = 50 };
	pthread_t thread;

	/* Else other programs run between a probe and the reading of the clock. */
	sched_setscheduler(0, SCHED_FIFO, &real_time);
	/* The first trap of each probe copies its page: not a part of what is measured. */
	begin(1000);
	finish(7, 1000);
	if (!strcmp(mode, "overlap")) {
		count = atoi(argv[2]);
		for (int id = 1; id <= count; id++) {
			begun[id] = now_ns();
			begin(id);
		}
		sleep_us(atoll(argv[3]) * 1000);
		pthread_create(&thread, NULL, finish_all, NULL);
		pthread_join(thread, NULL);
	} else if (!strcmp(mode, "nested")) {
		int64_t outer = now_ns(), inner;

		begin(5);
		sleep_us(atoll(argv[2]) * 1000);
		inner = now_ns();
		begin(5);
		sleep_us(atoll(argv[2]) * 1000);
		finish(7, 5);
		printf("1 %lld %lld\n2 %lld %lld\n", (long long)outer, (long long)now_ns(), (long long)inner,
		       (long long)now_ns());
	} else {
		for (int i = 2; i < argc; i++)
			operation(mode, i - 1, atoll(argv[i]));
	}
	return 0;
}
