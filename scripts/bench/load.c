/* SPDX-License-Identifier: MIT */
/*
 * Load and clocks that must not depend on Node: its garbage collector would be measured instead.
 *
 *     load pipe PER_SECOND SECONDS CPU     two processes on one CPU pass a byte to and fro, that many rounds a second
 *                                          (two wake-ups a round); prints the rounds
 *     load late SECONDS                    sleeps 10 ms over and over, until SIGINT or that long; prints by how many
 *                                          microseconds it woke late: median, 99th percentile, maximum
 *     load serve SECONDS                   accepts TCP connections from itself and writes a byte to each; prints how many
 *     load datagrams SECONDS               sends itself UDP datagrams and receives each; prints how many
 *     load sleeps SECONDS                  sleeps 50 us over and over; prints how often
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000LL
#define TICK_NS 1000000LL
#define SLEEP_NS 10000000LL
#define SHORT_NS 50000LL
#define MAX_SLEEPS 100000

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void sleep_until(long long at_ns)
{
	struct timespec at = { at_ns / SECOND_NS, at_ns % SECOND_NS };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int load_pipe(long per_second, double seconds, int cpu)
{
	long long begin_ns = now_ns(), end_ns = begin_ns + seconds * SECOND_NS, tick = 0;
	long rounds = 0;
	int to[2], from[2];
	cpu_set_t set;
	char byte = 0;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) || pipe(to) || pipe(from))
		return fail("pipe");
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(to[1]);
		while (read(to[0], &byte, 1) == 1 && write(from[1], &byte, 1) == 1)
			;
		_exit(0);
	}
	/* A few rounds each millisecond, caught up when a tick came late: the rate holds on average. */
	while (now_ns() < end_ns) {
		long due = (now_ns() - begin_ns) * (double)per_second / SECOND_NS;

		for (; rounds < due; rounds++)
			if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
				return fail("round");
		while (begin_ns + tick * TICK_NS <= now_ns())
			tick++;
		sleep_until(begin_ns + tick * TICK_NS);
	}
	printf("%ld\n", rounds);
	return 0;
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

static int ascending(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static int load_late(double seconds)
{
	static long long late_ns[MAX_SLEEPS];
	long long end_ns = now_ns() + seconds * SECOND_NS;
	int n = 0;

	signal(SIGINT, stop);
	while (n < MAX_SLEEPS && !stopped && now_ns() < end_ns) {
		long long due_ns = now_ns() + SLEEP_NS;

		sleep_until(due_ns);
		if (!stopped)
			late_ns[n++] = now_ns() - due_ns;
	}
	if (!n)
		return 1;
	qsort(late_ns, n, sizeof(late_ns[0]), ascending);
	printf("%.0f %.0f %.0f\n", late_ns[n / 2] / 1e3, late_ns[n * 99 / 100] / 1e3, late_ns[n - 1] / 1e3);
	return 0;
}

static int load_serve(double seconds)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long long end_ns = now_ns() + seconds * SECOND_NS;
	/* A client that resets leaves no socket in TIME_WAIT: ports do not run out. */
	struct linger reset = { 1, 0 };
	socklen_t bytes = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	long served = 0;
	char byte = 0;

	if (bind(listener, (void *)&address, bytes) || listen(listener, 8) ||
	    getsockname(listener, (void *)&address, &bytes))
		return fail("listen");
	while (now_ns() < end_ns) {
		int client = socket(AF_INET, SOCK_STREAM, 0), server;

		if (connect(client, (void *)&address, bytes))
			return fail("connect");
		server = accept(listener, NULL, NULL);
		if (server < 0 || write(server, &byte, 1) != 1 || read(client, &byte, 1) != 1)
			return fail("serve");
		setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(client);
		close(server);
		served++;
	}
	printf("%ld\n", served);
	return 0;
}

static int load_datagrams(double seconds)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long long end_ns = now_ns() + seconds * SECOND_NS;
	int from = socket(AF_INET, SOCK_DGRAM, 0), to = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t bytes = sizeof(address);
	char message[64] = { 0 };
	long sent = 0;

	if (bind(to, (void *)&address, bytes) || getsockname(to, (void *)&address, &bytes) ||
	    connect(from, (void *)&address, bytes))
		return fail("bind");
	for (; now_ns() < end_ns; sent++)
		if (send(from, message, sizeof(message), 0) < 0 || recv(to, message, sizeof(message), 0) < 0)
			return fail("datagram");
	printf("%ld\n", sent);
	return 0;
}

static int load_sleeps(double seconds)
{
	long long end_ns = now_ns() + seconds * SECOND_NS;
	long slept = 0;

	for (; now_ns() < end_ns; slept++)
		sleep_until(now_ns() + SHORT_NS);
	printf("%ld\n", slept);
	return 0;
}

int main(int argc, char **argv)
{
	prctl(PR_SET_TIMERSLACK, 1);
	if (argc == 5 && !strcmp(argv[1], "pipe"))
		return load_pipe(atol(argv[2]), atof(argv[3]), atoi(argv[4]));
	if (argc == 3 && !strcmp(argv[1], "late"))
		return load_late(atof(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return load_serve(atof(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "datagrams"))
		return load_datagrams(atof(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "sleeps"))
		return load_sleeps(atof(argv[2]));
	fprintf(stderr, "usage: load pipe PER_SECOND SECONDS CPU | late|serve|datagrams|sleeps SECONDS\n");
	return 2;
}
