/*
 * Makes tasks slow on purpose, and says by its own clock how slow: the independent witness of offcpu and syscall tests.
 * Every mode prints one JSON object per line: what was done, and how long it took in nanoseconds (CLOCK_MONOTONIC).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MAP_32BIT
#define MAP_32BIT 0 /* x86 only: the buffer of a 32-bit call lies below 4 GB */
#endif

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static void say(const char *what, uint64_t ns, long ret)
{
	printf("{\"what\":\"%s\",\"tid\":%d,\"ns\":%llu,\"ret\":%ld}\n", what, getpid(), (unsigned long long)ns, ret);
	fflush(stdout);
}

/* The parent of vfork() sleeps uninterruptibly until its child ends. */
static void disk_sleep(unsigned int ms)
{
	uint64_t begin = now_ns();
	pid_t child = vfork();

	if (child == 0) {
		sleep_ms(ms);
		_exit(0);
	}
	say("vfork", now_ns() - begin, 0);
	waitpid(child, NULL, 0);
}

/* A real-time task takes the CPU away for that long; the victim looks for the largest hole in its own time. */
static void preempted(unsigned int ms)
{
	cpu_set_t set;
	uint64_t last, end, hole = 0;
	pid_t child;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
	child = fork();
	if (child == 0) {
		struct sched_param fifo = { .sched_priority = 10 };

		sleep_ms(50);
		sched_setscheduler(0, SCHED_FIFO, &fifo);
		for (uint64_t until = now_ns() + ms * 1000000ULL; now_ns() < until;)
			;
		_exit(0);
	}
	last = now_ns();
	end = last + (ms + 200) * 1000000ULL;
	while (last < end) {
		uint64_t now = now_ns();

		if (now - last > hole)
			hole = now - last;
		last = now;
	}
	say("preempted", hole, 0);
	waitpid(child, NULL, 0);
}

static long write_32bit(int fd, const void *byte)
{
#ifdef __x86_64__
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(4L), "b"((long)fd), "c"(byte), "d"(1L) : "memory");
	return ret;
#else
	return -ENOSYS;
#endif
}

/* A write to a full pipe waits for its reader. */
static void blocked_write(unsigned int ms, int compat)
{
	static char page[4096];
	char *byte = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint64_t begin, end;
	int fds[2];
	pid_t child;
	long ret;

	if (pipe(fds) != 0)
		exit(1);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	while (write(fds[1], page, sizeof(page)) > 0)
		;
	fcntl(fds[1], F_SETFL, 0);
	child = fork();
	if (child == 0) {
		sleep_ms(ms);
		while (read(fds[0], page, sizeof(page)) == sizeof(page))
			;
		_exit(0);
	}
	close(fds[0]);
	begin = now_ns();
	ret = compat ? write_32bit(fds[1], byte) : write(fds[1], byte, 1);
	end = now_ns();
	say(compat ? "write32" : "write", end - begin, ret);
	close(fds[1]);
	waitpid(child, NULL, 0);
}

/* What waits by design: a sleep, and a read of a pipe. */
static void waits_by_design(unsigned int ms)
{
	uint64_t begin = now_ns();
	char byte;
	int fds[2];
	long ret;

	sleep_ms(ms);
	say("nanosleep", now_ns() - begin, 0);
	if (pipe(fds) != 0)
		exit(1);
	if (fork() == 0) {
		sleep_ms(ms);
		_exit(write(fds[1], "x", 1) == 1 ? 0 : 1);
	}
	begin = now_ns();
	ret = read(fds[0], &byte, 1);
	say("read", now_ns() - begin, ret);
	wait(NULL);
}

int main(int argc, char **argv)
{
	struct sched_param fifo = { .sched_priority = 1 }, other = { 0 };

	for (int i = 1; i + 1 < argc; i += 2) {
		unsigned int ms = atoi(argv[i + 1]);

		/* Real-time, lest the rest of the machine delays it where it does not mean to wait. */
		sched_setscheduler(0, SCHED_FIFO, &fifo);
		if (!strcmp(argv[i], "preempted"))
			sched_setscheduler(0, SCHED_OTHER, &other);
		if (!strcmp(argv[i], "vfork"))
			disk_sleep(ms);
		else if (!strcmp(argv[i], "preempted"))
			preempted(ms);
		else if (!strcmp(argv[i], "write"))
			blocked_write(ms, 0);
		else if (!strcmp(argv[i], "write32"))
			blocked_write(ms, 1);
		else if (!strcmp(argv[i], "design"))
			waits_by_design(ms);
		else
			return 2;
	}
	return 0;
}
