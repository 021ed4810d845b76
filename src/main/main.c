#include <sodium.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	(void)argv;
	if (sodium_init() < 0 || argc < 2)
		return fputs("usage: tocsin VERB\n", stderr), 64;
	return 0;
}
