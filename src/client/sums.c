// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Files with checksums as distributors put them beside their images.

#include "sums.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../engine/printable.h"

typedef struct
{
  const char *algorithm; /* in docs/interface.md */
  const char *tag;       /* in BSD's lines */
  gsize hex_length;
} SumsKind;

/* The best first. BLAKE2b has as many digits as SHA-512 and is known by its tag only. */
static const SumsKind sums_kinds[] = {
  { "sha512", "SHA512", 128 }, { "sha256", "SHA256", 64 }, { "blake2b", "BLAKE2b", 128 },
  { "sha1", "SHA1", 40 },      { "md5", "MD5", 32 },
};

#define SUMS_N_KINDS G_N_ELEMENTS (sums_kinds)

static const SumsKind *
sums_get_kind_of_hex (const char *hex)
{
  gsize length = strlen (hex);

  if (strspn (hex, "0123456789abcdefABCDEF") != length)
    return NULL;
  for (guint i = 0; i < SUMS_N_KINDS; i++)
    if (sums_kinds[i].hex_length == length)
      return &sums_kinds[i];
  return NULL;
}

static const SumsKind *
sums_get_kind_of_tag (const char *tag)
{
  for (guint i = 0; i < SUMS_N_KINDS; i++)
    if (g_ascii_strcasecmp (sums_kinds[i].tag, tag) == 0)
      return &sums_kinds[i];
  return NULL;
}

static gboolean
sums_is_name (const char *name, const char *file_name)
{
  const char *slash = strrchr (name, '/');

  return g_str_equal (slash != NULL ? slash + 1 : name, file_name);
}

/* "SHA256 (name) = hash" */
static const SumsKind *
sums_read_bsd (char *line, const char *file_name, const char **hex)
{
  char *open = strstr (line, " (");
  char *close = g_strrstr (line, ") = ");
  const SumsKind *kind = NULL;

  if (open == NULL || close == NULL || close < open + 2)
    return NULL;
  *open = '\0';
  *close = '\0';
  kind = sums_get_kind_of_tag (line);
  *hex = close + strlen (") = ");
  if (kind == NULL || !sums_is_name (open + 2, file_name) || strlen (*hex) != kind->hex_length
      || sums_get_kind_of_hex (*hex) == NULL)
    return NULL;
  return kind;
}

/* "hash  name", "hash *name", or, if nothing else is in the file, the hash alone */
static const SumsKind *
sums_read_line (char *line, const char *file_name, gboolean is_only, const char **hex)
{
  gsize end = strcspn (line, " \t");
  char *name = line + end;

  *hex = line;
  if (*name == '\0')
    return is_only ? sums_get_kind_of_hex (line) : NULL;
  *name++ = '\0';
  /* One space or star of the format; any further ones are taken as a distributor's alignment. */
  name += strspn (name, " \t");
  if (*name == '*')
    name++;
  return sums_is_name (name, file_name) ? sums_get_kind_of_hex (line) : NULL;
}

typedef struct
{
  char *hex[SUMS_N_KINDS];
  gboolean is_contradicted[SUMS_N_KINDS];
} SumsFound;

static void
sums_add (SumsFound *found, const SumsKind *kind, const char *hex)
{
  gsize slot = (gsize)(kind - sums_kinds);

  if (found->hex[slot] == NULL)
    found->hex[slot] = g_ascii_strdown (hex, -1);
  else if (g_ascii_strcasecmp (found->hex[slot], hex) != 0)
    found->is_contradicted[slot] = TRUE;
}

static char *
sums_steal_best (SumsFound *found, const char **algorithm)
{
  char *best = NULL;

  for (gsize slot = 0; slot < SUMS_N_KINDS; slot++)
    {
      g_autofree char *hex = found->hex[slot];

      if (best != NULL || hex == NULL || found->is_contradicted[slot])
        continue;
      best = g_steal_pointer (&hex);
      *algorithm = sums_kinds[slot].algorithm;
    }
  return best;
}

char *
platter_sums_find (const char *text, gsize length, const char *file_name, const char **algorithm)
{
  g_autofree char *copy = g_strndup (text, MIN (length, PLATTER_SUMS_MAX_BYTES));
  g_auto (GStrv) lines = g_strsplit (g_strstrip (copy), "\n", -1);
  guint n_lines = g_strv_length (lines);
  SumsFound found = { 0 };

  for (guint i = 0; i < n_lines; i++)
    {
      g_autofree char *bsd = g_strdup (g_strstrip (lines[i]));
      const char *hex = NULL;
      const SumsKind *kind = sums_read_bsd (bsd, file_name, &hex);

      if (kind == NULL)
        kind = sums_read_line (lines[i], file_name, n_lines == 1, &hex);
      if (kind != NULL)
        sums_add (&found, kind, hex);
    }
  return sums_steal_best (&found, algorithm);
}

static gboolean
sums_read_file (int folder, const char *name, GByteArray *content)
{
  /* O_NONBLOCK: a FIFO of that name must not hold us up. */
  int fd = openat (folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat info;
  gboolean is_file = fd >= 0 && fstat (fd, &info) == 0 && S_ISREG (info.st_mode);
  gssize got = 0;

  g_byte_array_set_size (content, PLATTER_SUMS_MAX_BYTES);
  if (is_file)
    got = pread (fd, content->data, PLATTER_SUMS_MAX_BYTES, 0);
  if (fd >= 0)
    close (fd);
  g_byte_array_set_size (content, got > 0 ? (guint)got : 0);
  return is_file && got > 0;
}

static char *
sums_look_into (int folder, const char *name, const char *file_name, const char **algorithm)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();

  if (!sums_read_file (folder, name, content))
    return NULL;
  return platter_sums_find ((const char *)content->data, content->len, file_name, algorithm);
}

/* A file that tells of one image may hold nothing but its hash; a list of many says the names. */
static GPtrArray *
sums_dup_names (const char *file_name)
{
  static const char *const lists[] = {
    "SHA512SUMS",    "SHA256SUMS",     "SHA512SUM",      "SHA256SUM",  "sha512sum.txt",
    "sha256sum.txt", "sha512sums.txt", "sha256sums.txt", "CHECKSUM",   "SHA1SUMS",
    "sha1sum.txt",   "MD5SUMS",        "md5sum.txt",     "b2sums.txt",
  };
  static const char *const endings[] = {
    "sha512", "sha256", "sha512sum", "sha256sum", "sha512.txt", "sha256.txt", "sha1", "md5",
  };
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    g_ptr_array_add (names, g_strdup_printf ("%s.%s", file_name, endings[i]));
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_ptr_array_add (names, g_strdup (lists[i]));
  g_ptr_array_add (names, g_strdup_printf ("%s-CHECKSUM", file_name));
  return names;
}

/* Returns: the place of an algorithm among them, the best being 0. */
static gsize
sums_get_rank (const char *algorithm)
{
  gsize rank = 0;

  while (rank < SUMS_N_KINDS && strcmp (sums_kinds[rank].algorithm, algorithm) != 0)
    rank++;
  return rank;
}

char *
platter_sums_find_beside (const char *path,
                          const char *file_name,
                          const char **algorithm,
                          char **sums_name)
{
  g_autofree char *folder_path = g_path_get_dirname (path);
  g_autofree char *own_name = g_path_get_basename (path);
  g_autoptr (GPtrArray) names = sums_dup_names (own_name);
  int folder = open (folder_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const char *best = NULL;
  char *digest = NULL;

  /* A good MD5 is no answer to a wrong SHA-256. */
  for (guint i = 0; i < names->len && folder >= 0; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const char *kind = NULL;
      g_autofree char *found
        = sums_look_into (folder, name, file_name != NULL ? file_name : own_name, &kind);

      if (found == NULL || (digest != NULL && sums_get_rank (kind) >= sums_get_rank (*algorithm)))
        continue;
      g_free (digest);
      digest = g_steal_pointer (&found);
      *algorithm = kind;
      best = name;
    }
  if (best != NULL)
    *sums_name = platter_printable_dup (best, -1);
  if (folder >= 0)
    close (folder);
  return digest;
}

static GBytes *
sums_read_remote (GFile *file, GCancellable *cancellable)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, NULL);
  g_autofree char *text = g_malloc (PLATTER_SUMS_MAX_BYTES);
  gsize got = 0;

  /* One that cannot be read whole may have lost the line that counts, or half of it. */
  if (stream == NULL
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), text, PLATTER_SUMS_MAX_BYTES, &got,
                                   cancellable, NULL))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&text), got);
}

char *
platter_sums_find_remote (GFile *image,
                          GCancellable *cancellable,
                          const char **algorithm,
                          char **sums_name)
{
  static const char *const names[]
    = { "%s.sha256",  "%s.sha512",     "%s.sha256sum",   "SHA256SUMS",
        "SHA512SUMS", "sha256sum.txt", "sha256sums.txt", "%s-CHECKSUM" };
  g_autoptr (GFile) folder = g_file_get_parent (image);
  g_autofree char *file_name = g_file_get_basename (image);
  char *digest = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names) && folder != NULL && digest == NULL; i++)
    {
      g_auto (GStrv) halves = g_strsplit (names[i], "%s", 2);
      g_autofree char *name = g_strjoinv (file_name, halves);
      g_autoptr (GFile) file = g_file_get_child (folder, name);
      g_autoptr (GBytes) text = sums_read_remote (file, cancellable);

      if (text != NULL)
        digest = platter_sums_find (g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                                    file_name, algorithm);
      if (digest != NULL)
        *sums_name = platter_printable_dup (name, -1);
    }
  return digest;
}
