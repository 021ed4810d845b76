#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *name = "tocsin";

void
log_as(const char *process)
{
	name = process;
}

void
log_line(const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int at = snprintf(line, sizeof line - 1, "%s: ", name), n;

	va_start(ap, fmt);
	n = vsnprintf(line + at, sizeof line - 1 - (size_t)at, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	n = (int)strlen(line);
	for (int i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[n++] = '\n';
	if (write(2, line, (size_t)n) < 0)
		return; /* nowhere left to say it */
}
