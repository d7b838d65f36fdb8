/*
 * A traced program that counts: counter APP FROM COUNT SLEEP_US. Every event has its number, so that a reader of the
 * trace can tell that none is missing and none is there twice.
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "counter-tp.h"
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int app = argc > 1 ? atoi(argv[1]) : 1;
	int from = argc > 2 ? atoi(argv[2]) : 0;
	int count = argc > 3 ? atoi(argv[3]) : 100;
	int sleep_us = argc > 4 ? atoi(argv[4]) : 0;

	for (int i = from; i < from + count; i++) {
		lttng_ust_tracepoint(tailtrap_test, count, app, i, "some text to make packets fill");
		if (sleep_us > 0)
			usleep(sleep_us);
	}
	return 0;
}
