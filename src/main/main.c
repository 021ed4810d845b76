/* Picks the verb. */
#include "main/serve.h"
#include <sys/stat.h>

int
main(int argc, char **argv)
{
	umask(077); /* whatever is made here is its owner's alone */
	cli_serve = serve_run;
	return cli_main(argc, argv);
}
