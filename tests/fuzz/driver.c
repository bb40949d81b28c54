// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Runs a fuzz target over the files of its corpus, whole, cut short and with bytes changed, where libFuzzer is not
// built in.

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Where nothing looks for what goes wrong in memory, only a crash or a hang would be found. */
#ifdef __SANITIZE_ADDRESS__
#  define MAX_VARIANTS 96
#else
#  define MAX_VARIANTS 32
#endif

static void
run_file (const char *path)
{
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  LLVMFuzzerTestOneInput ((const uint8_t *)content, length);
  for (gsize i = 0; i < MIN (length, MAX_VARIANTS); i++)
    {
      gsize position = i * length / MIN (length, MAX_VARIANTS);
      LLVMFuzzerTestOneInput ((const uint8_t *)content, position);
      content[position] ^= (char)(1 << (i % 8));
      LLVMFuzzerTestOneInput ((const uint8_t *)content, length);
      content[position] ^= (char)(1 << (i % 8));
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;
  const char *name = NULL;
  guint n_files = 0;

  g_assert_cmpint (argc, ==, 2);
  folder = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      run_file (path);
      n_files++;
    }
  g_assert_cmpuint (n_files, >, 0);
  return 0;
}
