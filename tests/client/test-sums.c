// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Files with checksums: every form that distributors use, and those that must not be believed.

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "client/sums.h"

#define SHA256 "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define OTHER "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define SHA512 SHA256 SHA256
#define MD5 "0123456789abcdef0123456789abcdef"

typedef struct
{
  const char *name;
  const char *text;
  const char *algorithm; /* NULL: nothing is to be found */
  const char *list;      /* NULL: of no special name */
} Case;

static const Case cases[] = {
  { "two-spaces", SHA256 "  x.iso\n", "sha256" },
  { "star", SHA256 " *x.iso\n", "sha256" },
  { "windows-line", SHA256 "  x.iso\r\n", "sha256" },
  { "folder", SHA256 "  ./amd64/x.iso\n", "sha256" },
  { "bsd", "# comment\nSHA256 (x.iso) = " SHA256 "\n", "sha256" },
  { "bsd-blake", "BLAKE2b (x.iso) = " SHA512 "\n", "blake2b" },
  { "alone", SHA256 "\n", "sha256" },
  { "among-others", OTHER "  y.iso\n" SHA256 "  x.iso\n" OTHER "  x.iso.zst\n", "sha256" },
  { "best-wins", MD5 "  x.iso\n" SHA512 "  x.iso\n", "sha512" },
  { "twice-the-same", SHA256 "  x.iso\n" SHA256 "  x.iso\n", "sha256" },
  { "contradiction", SHA256 "  x.iso\n" OTHER "  x.iso\n", NULL },
  { "contradiction-falls-back", SHA256 "  x.iso\n" OTHER "  x.iso\n" MD5 "  x.iso\n", "md5" },
  { "other-name", SHA256 "  y.iso\n", NULL },
  { "longer-name", SHA256 "  xx.iso\n", NULL },
  { "alone-among-others", SHA256 "\n" OTHER "  y.iso\n", NULL },
  { "too-short", "0123456789abcdef  x.iso\n", NULL },
  { "no-hex", "z123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef  x.iso\n", NULL },
  { "bsd-wrong-length", "SHA512 (x.iso) = " SHA256 "\n", NULL },
  { "bsd-other-name", "SHA256 (y.iso) = " SHA256 "\n", NULL },
  { "bsd-longer-name", "SHA256 (xx.iso) = " SHA256 "\n", NULL },
  { "bsd-unknown", "CRC (x.iso) = " SHA256 "\n", NULL },
  { "empty", "", NULL },
  { "utf-8-mark", "\xef\xbb\xbf" SHA256 "  x.iso\r\n", "sha256" },
  { "openssl-1", "SHA256(x.iso)= " SHA256 "\n", "sha256" },
  { "openssl-3", "SHA2-256(./x.iso)= " SHA256 "\n", "sha256" },
  { "openssl-blake", "BLAKE2B-512(x.iso)= " SHA512 "\n", "blake2b" },
  { "openssl-other-name", "SHA2-256(y.iso)= " SHA256 "\n", NULL },
  { "openssl-unknown", "SHA3-256(x.iso)= " SHA256 "\n", NULL },
  { "comment-and-hash", "# of today\n\n" SHA256 "\n", "sha256" },
  { "comment-alone", "#" SHA256 "\n", NULL },
  { "escaped-folder", "\\" SHA256 "  a\\\\b\\n/x.iso\n", "sha256" },
  { "escaped-hash-of-another", "\\" SHA256 "  y\\\\x.iso\n", NULL },
  { "b2sums", SHA512 "  x.iso\n", "blake2b", "b2sums.txt" },
  { "b2sums-capitals", OTHER OTHER "  y.iso\n" SHA512 " *x.iso\n", "blake2b", "B2SUMS" },
  { "b2sums-alone", SHA512 "\n", "blake2b", "b2sums" },
  { "b2sums-shorter", SHA256 "  x.iso\n", NULL, "b2sums.txt" },
  { "b2sums-shorter-alone", MD5 "\n", NULL, "b2sums.txt" },
  { "b2sums-shorter-bsd", "BLAKE2b-256 (x.iso) = " SHA256 "\n", NULL, "b2sums.txt" },
  { "b2sums-bsd", "SHA512 (x.iso) = " SHA512 "\n", "sha512", "b2sums.txt" },
  { "no-b2sums", SHA512 "  x.iso\n", "sha512", "sha512sums.txt" },
};

static void
test_find (gconstpointer data)
{
  const Case *one = data;
  const char *algorithm = NULL;
  const char *list = one->list != NULL ? one->list : "SUMS";
  g_autofree char *digest
    = platter_sums_find (list, one->text, strlen (one->text), "x.iso", &algorithm);

  g_assert_cmpstr (algorithm, ==, one->algorithm);
  if (one->algorithm == NULL)
    {
      g_assert_null (digest);
      return;
    }
  g_assert_true (g_str_has_prefix (digest, "0123456789abcdef0123456789abcdef"));
}

/* As GNU's tools write it. */
static void
test_escaped_names (void)
{
  static const char *const names[][2] = {
    { "b\\c.img", "b\\\\c.img" },
    { "b\nc.img", "b\\nc.img" },
    { "b\\n\r.img", "b\\\\n\\r.img" },
  };
  static const char *const forms[] = { "\\" SHA256 "  %s\n", "\\SHA256 (%s) = " SHA256 "\n" };

  for (guint i = 0; i < G_N_ELEMENTS (names) * G_N_ELEMENTS (forms); i++)
    {
      const char *const *name = names[i / 2];
      g_auto (GStrv) halves = g_strsplit (forms[i % 2], "%s", 2);
      g_autofree char *text = g_strjoinv (name[1], halves);
      const char *algorithm = NULL;
      g_autofree char *digest
        = platter_sums_find ("SUMS", text, strlen (text), name[0], &algorithm);
      g_autofree char *other = platter_sums_find ("SUMS", text, strlen (text), name[1], &algorithm);

      g_assert_nonnull (digest);
      g_assert_null (other);
    }
}

static void
test_utf16 (void)
{
  static const char *const encodings[][2]
    = { { "UTF-16LE", "\xff\xfe" }, { "UTF-16BE", "\xfe\xff" } };

  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      gsize length = 0;
      g_autofree char *wide
        = g_convert (SHA256 "  x.iso\r\n", -1, encodings[i][0], "UTF-8", NULL, &length, NULL);
      g_autoptr (GByteArray) text = g_byte_array_new ();
      const char *algorithm = NULL;
      g_autofree char *digest = NULL;

      g_byte_array_append (text, (const guint8 *)encodings[i][1], 2);
      g_byte_array_append (text, (const guint8 *)wide, (guint)length);
      digest = platter_sums_find ("SUMS", (const char *)text->data, text->len, "x.iso", &algorithm);
      g_assert_cmpstr (algorithm, ==, "sha256");
      g_assert_null (platter_sums_find ("SUMS", (const char *)text->data, 3, "x.iso", &algorithm));
    }
}

static void
test_stops_at_its_limit (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *algorithm = NULL;

  while (text->len < PLATTER_SUMS_MAX_BYTES)
    g_string_append (text, OTHER "  y.iso\n");
  g_string_append (text, SHA256 "  x.iso\n");
  g_assert_null (platter_sums_find ("SUMS", text->str, text->len, "x.iso", &algorithm));
}

static void
write_file (const char *folder, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

static void
remove_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_remove (path), ==, 0);
}

/* Of two files beside an image one is believed. */
static void
check_beside (const char *other,
              const char *other_text,
              const char *best,
              const char *best_text,
              const char *silent)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("platter-sums-XXXXXX", &error);
  g_autofree char *image = g_build_filename (folder, "x.iso", NULL);
  g_auto (PlatterSums) sums = { 0 };

  g_assert_no_error (error);
  platter_sums_find_beside (&sums, image, NULL);
  g_assert_null (sums.digest);
  g_assert_null (sums.silent_name);

  write_file (folder, other, other_text);
  write_file (folder, best, best_text);
  platter_sums_find_beside (&sums, image, NULL);
  g_assert_cmpstr (sums.name, ==, best);
  g_assert_cmpstr (sums.algorithm, ==, "sha256");
  g_assert_cmpint (strlen (sums.digest), ==, 64);
  g_assert_cmpstr (sums.silent_name, ==, silent);

  remove_file (folder, other);
  remove_file (folder, best);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_beside (void)
{
  check_beside ("SHA256SUMS", OTHER "  x.iso\n", "x.iso.sha256", SHA256 "\n", NULL);
  /* The weaker one may be good where the stronger one is not. */
  check_beside ("x.iso.md5", MD5 "\n", "SHA256SUMS", OTHER "  x.iso\n", NULL);
  /* It should tell of the image, and does not. A list need not. */
  check_beside ("x.iso.sha512", SHA512 "  y.iso\n", "SHA256SUMS", SHA256 "  x.iso\n",
                "x.iso.sha512");
  check_beside ("x.iso.md5", "", "SHA256SUMS", SHA256 "  x.iso\n", "x.iso.md5");
  check_beside ("SHA512SUMS", SHA512 "  y.iso\n", "SHA256SUMS", SHA256 "  x.iso\n", NULL);
  /* It has as many digits as the best, and is not it. */
  check_beside ("b2sums.txt", SHA512 "  x.iso\n", "sha256sums.txt", SHA256 "  x.iso\n", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sums/find/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_find);
    }
  g_test_add_func ("/sums/escaped-names", test_escaped_names);
  g_test_add_func ("/sums/utf-16", test_utf16);
  g_test_add_func ("/sums/limit", test_stops_at_its_limit);
  g_test_add_func ("/sums/beside", test_beside);
  return g_test_run ();
}
