/* Picks the verb. */
#include "main/serve.h"

int
main(int argc, char **argv)
{
	cli_serve = serve_run;
	return cli_main(argc, argv);
}
