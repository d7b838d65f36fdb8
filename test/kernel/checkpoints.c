/*
 * Does things with files, processes and sockets, one step for each line on stdin, and says what it did: one line of JSON
 * for each step. While it waits for the next line, others compare what they know of it with /proc.
 *
 *     checkpoints FOLDER PORT         "exec" as the first argument: the part after its own exec
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char buffer[16384];

/* Tells a step and waits until it may go on. The line is written at once: stdout is a pipe. */
static void step(const char *name, const char *format, long a, long b)
{
	char detail[200], c;

	snprintf(detail, sizeof(detail), format, a, b);
	dprintf(1, "{\"step\":\"%s\",\"pid\":%d,%s}\n", name, getpid(), detail);
	while (read(0, &c, 1) == 1 && c != '\n')
		;
}

static void *sleeper(void *unused)
{
	struct timespec long_time = { .tv_sec = 60 };

	nanosleep(&long_time, NULL);
	return unused;
}

static int in_folder(const char *folder, const char *name, int flags)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return open(path, flags | O_CREAT, 0600);
}

static void child_of(const char *folder)
{
	int fd = in_folder(folder, "child", O_WRONLY);

	close(30);
	if (write(fd, buffer, 1000) != 1000)
		_exit(1);
	step("child", "\"fd\":%ld,\"written\":%ld", fd, 1000);
	_exit(0);
}

static void calls_of_today(const char *folder)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT | O_CLOEXEC, .mode = 0600 };
	struct iovec part = { .iov_base = buffer, .iov_len = 500 };
	char path[4096];
	int fd, copy;

	snprintf(path, sizeof(path), "%s/openat2", folder);
	fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	copy = in_folder(folder, "copy", O_RDWR);
	if (pwritev2(fd, &part, 1, 0, 0) != 500 || preadv2(fd, &part, 1, 0, 0) != 500)
		exit(1);
	lseek(fd, 0, SEEK_SET);
	if (sendfile(copy, fd, NULL, 300) != 300)
		exit(1);
	step("today", "\"fd\":%ld,\"copy\":%ld", fd, copy);
	epoll_create1(EPOLL_CLOEXEC);
	eventfd(0, 0);
	timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	syscall(SYS_memfd_create, "checkpoint", 0);
	syscall(SYS_pidfd_open, getpid(), 0);
	step("special", "\"a\":%ld,\"b\":%ld", 0, 0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	const char *folder = argv[1];
	int fd, pair[2], end;
	pthread_t thread;
	pid_t child;

	if (!strcmp(folder, "exec")) {
		step("exec", "\"a\":%ld,\"b\":%ld", 0, 0);
		return 0;
	}
	if (argc < 3)
		return 2;
	step("begin", "\"a\":%ld,\"b\":%ld", 0, 0);
	fd = in_folder(folder, "first", O_RDWR);
	if (write(fd, buffer, 8192) != 8192 || pread(fd, buffer, 100, 0) != 100)
		return 1;
	step("write", "\"fd\":%ld,\"written\":%ld", fd, 8192);
	dup(fd);
	fcntl(fd, F_DUPFD_CLOEXEC, 20);
	dup2(fd, 30);
	close(fd);
	step("dup", "\"a\":%ld,\"b\":%ld", 0, 0);
	if (pipe2(pair, O_CLOEXEC) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	step("pairs", "\"a\":%ld,\"b\":%ld", 0, 0);
	child = fork();
	if (!child)
		child_of(folder);
	waitpid(child, &end, 0);
	step("forked", "\"child\":%ld,\"b\":%ld", child, 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	peer.sin_port = htons(atoi(argv[2]));
	peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)) || send(fd, buffer, 2000, 0) != 2000)
		return 1;
	step("connect", "\"fd\":%ld,\"written\":%ld", fd, 2000);
	calls_of_today(folder);
	close_range(20, 40, 0);
	step("close_range", "\"a\":%ld,\"b\":%ld", 0, 0);
	pthread_create(&thread, NULL, sleeper, NULL);
	step("sleep", "\"a\":%ld,\"b\":%ld", 0, 0);
	execl("/proc/self/exe", argv[0], "exec", NULL);
	return 1;
}
