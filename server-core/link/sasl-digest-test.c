/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sasl-digest.h"

#include "server-core/base/error.h"

#include <string.h>

typedef struct {
  const char *name, *words;
} Row;

static const Row goods[] = {
    {"all",
     "username=\"anna\",realm=\"host\",nonce=\"a+/=\",cnonce=\"b\",nc=00000001,"
     "qop=auth-conf,cipher=rc4,maxbuf=65536,digest-uri=\"spice/host\","
     "response=0123456789abcdef,charset=utf-8,authzid=\"\""},
    {"one", "a=b"},
    {"spaces", " a = b ,\r\n\tc = \"d\" "},
    {"commas-in-a-string", "a=\"b,a=c,a=d\""},
    {"quote-in-a-string", "a=\"b\\\",a=c\",d=e"},
    {"backslash-in-a-string", "a=\"b\\\\\",d=e"},
    {"beginning-of-another-name", "nonce=a,no=b,nonces=c"},
};

static const Row bads[] = {
    {"nothing", ""},
    {"twice", "nonce=\"\",nonce=\"a\""},
    {"twice-apart", "nonce=a,qop=auth,nc=1,qop=auth"},
    {"twice-in-other-letters", "nonce=a,NonCe=b"},
    {"twice-with-spaces", "nonce=a, nonce =b"},
    {"no-value", "a="},
    {"no-sign", "a"},
    {"no-name", "=a"},
    {"string-without-end", "a=\"b"},
    {"escape-without-end", "a=\"b\\"},
    {"comma-at-the-end", "a=b,"},
    {"two-commas", "a=b,,c=d"},
    {"no-comma", "a=b c=d"},
    {"string-behind-a-string", "a=\"b\"\"c\""},
    {"name-in-quotes", "\"a\"=b"},
    {"too-many", "a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1,l=1,m=1,n=1,o=1,"
                 "p=1,q=1,r=1,s=1,t=1,u=1,v=1,w=1,x=1,y=1"},
};

static void
good_words_pass (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      spc_sasl_digest_check (row->words, strlen (row->words), &error));
  g_assert_no_error (error);
}

static void
bad_words_are_refused (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;

  g_assert_false (
      spc_sasl_digest_check (row->words, strlen (row->words), &error));
  g_assert_error (error, SPC_ERROR, SPC_ERROR_AUTH);
}

/* the library would read no further */
static void
nul_is_refused (void)
{
  static const char *const words[] = {"a=b\0", "a\0=b", "a=\"\0\""};
  static const gsize sizes[] = {4, 4, 5};

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_false (spc_sasl_digest_check (words[i], sizes[i], NULL));
}

static void
error_names_what_came_twice (void)
{
  static const char words[] = "nc=1,nonce=a,nonce=b";
  g_autoptr (GError) error = NULL;

  g_assert_false (spc_sasl_digest_check (words, strlen (words), &error));
  g_assert_nonnull (strstr (error->message, "nonce twice"));
}

static void
add (const char *promises, const Row *rows, gsize n_rows, GTestDataFunc func)
{
  for (gsize i = 0; i < n_rows; i++) {
    g_autofree char *path = g_strconcat (promises, rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], func);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/sasl-digest/good-words-pass/", goods, G_N_ELEMENTS (goods),
       good_words_pass);
  add ("/sasl-digest/bad-words-are-refused/", bads, G_N_ELEMENTS (bads),
       bad_words_are_refused);
  g_test_add_func ("/sasl-digest/nul-is-refused", nul_is_refused);
  g_test_add_func ("/sasl-digest/error-names-what-came-twice",
                   error_names_what_came_twice);
  return g_test_run ();
}
