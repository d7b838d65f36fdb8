/*
 * What the tests of timers and queues need from user space, each with its own clock:
 *   timing hog CPU MS              a SCHED_FIFO busy loop
 *   timing sleep CPU PERIOD_US N   SCHED_FIFO, N absolute sleeps; prints "<due ns> <awake ns>" (CLOCK_MONOTONIC)
 *   timing slack MS                a sleep of 5 ms with that much timer slack; prints the same
 *   timing past                    a timer that is set to a time one second ago; prints the same
 *   timing refresh CPU             SCHED_FIFO, a work item on every CPU; prints "<begin ns> <all done ns>"
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

static void real_time_on(int cpu)
{
	struct sched_param parameter = { .sched_priority = 50 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) || sched_setscheduler(0, SCHED_FIFO, &parameter)) {
		perror("timing");
		exit(1);
	}
}

static void sleep_until(int64_t due)
{
	struct timespec t = timespec_of(due);

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int64_t due;

	if (!strcmp(mode, "hog") && argc == 4) {
		real_time_on(atoi(argv[2]));
		due = now_ns() + atoll(argv[3]) * 1000000;
		while (now_ns() < due)
			;
	} else if (!strcmp(mode, "sleep") && argc == 5) {
		int count = atoi(argv[4]), i;
		int64_t(*times)[2] = calloc(count, sizeof(*times)), period = atoll(argv[3]) * 1000;

		real_time_on(atoi(argv[2]));
		for (i = 0; i < count; i++) {
			due = now_ns() + period;
			sleep_until(due);
			times[i][0] = due;
			times[i][1] = now_ns();
		}
		for (i = 0; i < count; i++)
			printf("%lld %lld\n", (long long)times[i][0], (long long)times[i][1]);
	} else if (!strcmp(mode, "slack") && argc == 3) {
		prctl(PR_SET_TIMERSLACK, atol(argv[2]) * 1000000);
		due = now_ns() + 5000000;
		sleep_until(due);
		printf("%lld %lld\n", (long long)due, (long long)now_ns());
	} else if (!strcmp(mode, "refresh") && argc == 3) {
		int fd = open("/proc/sys/vm/stat_refresh", O_WRONLY);

		real_time_on(atoi(argv[2]));
		due = now_ns();
		if (write(fd, "1", 1) != 1) {
			perror("timing");
			return 1;
		}
		printf("%lld %lld\n", (long long)due, (long long)now_ns());
	} else if (!strcmp(mode, "past")) {
		struct itimerspec when = { .it_value = timespec_of(due = now_ns() - 1000000000) };
		int fd = timerfd_create(CLOCK_MONOTONIC, 0);
		uint64_t expirations;

		if (timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL) ||
		    read(fd, &expirations, sizeof(expirations)) != sizeof(expirations)) {
			perror("timing");
			return 1;
		}
		printf("%lld %lld\n", (long long)due, (long long)now_ns());
	} else {
		fprintf(stderr, "usage: timing hog|sleep|slack|refresh|past ...\n");
		return 2;
	}
	return 0;
}
