#include "cli/addresses.h"

#include "base/buf.h"
#include "base/test.h"

TEST(addresses_finds_the_host_of_a_mail_server)
{
	(void)cx;
	EXPECT_STR(addresses_host(S("smtp://mail.example.org:587")), S("mail.example.org"));
	EXPECT_STR(addresses_host(S("smtps://mail.example.org")), S("mail.example.org"));
	EXPECT_STR(addresses_host(S("smtp://mail.example.org/x.example.org")), S("mail.example.org"));
	EXPECT_STR(addresses_host(S("smtp://[2001:db8::25]:25")), S("2001:db8::25"));
	EXPECT_STR(addresses_host(S("smtp://[2001:db8::25")), S(""));
	EXPECT_STR(addresses_host(S("")), S(""));
}

/* What is printed goes into a unit file: nothing but addresses may come through. */
TEST(addresses_takes_from_resolv_conf_what_is_an_address)
{
	struct buf out = buf_new(cx);

	addresses_resolvers(cx, S("# nameserver 192.0.2.1\nsearch example.org\nnameserver 127.0.0.53\n"
	    "nameserver\t2001:db8::53 \nnameserver any\nnameservers 192.0.2.2\nnameserver\nnameserver 0.0.0.0/0\noptions edns0"), &out);
	EXPECT_STR(buf_str(&out), S("IPAddressAllow=127.0.0.53\nIPAddressAllow=2001:db8::53\n"));
}
