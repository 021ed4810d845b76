/* Picks the verb. */
#include "main/serve.h"
#include <sys/resource.h>
#include <sys/stat.h>

int
main(int argc, char **argv)
{
	umask(077); /* whatever is made here is its owner's alone */
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }); /* a picture of our memory would hold keys and words */
	cli_serve = serve_run;
	cli_clerk = serve_clerk;
	return cli_main(argc, argv);
}
