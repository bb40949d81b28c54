// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Files with checksums as distributors put them beside their images.

#include "sums.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../engine/printable.h"
#include "small-file.h"

typedef struct
{
  const char *algorithm; /* in docs/interface.md */
  const char *tag;       /* in BSD's lines */
  gsize hex_length;
} SumsKind;

/* The best first. BLAKE2b has as many digits as SHA-512 and is known by its tag, or by the name of its list. */
static const SumsKind sums_kinds[] = {
  { "sha512", "SHA512", 128 }, { "sha256", "SHA256", 64 }, { "blake2b", "BLAKE2b", 128 },
  { "sha1", "SHA1", 40 },      { "md5", "MD5", 32 },
};

#define SUMS_N_KINDS G_N_ELEMENTS (sums_kinds)
static const SumsKind *const sums_blake2b = &sums_kinds[2];

/* What lines are looked for, and in what. */
typedef struct
{
  const char *file_name;
  gboolean is_only;    /* there is no other line */
  gboolean is_blake2b; /* what has no tag */
} SumsWanted;

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

/* b2sum tells no length: in its lists fewer digits are of a shorter BLAKE2b, which nothing here computes. */
static const SumsKind *
sums_get_kind_in_list (const char *hex, gboolean is_blake2b)
{
  if (!is_blake2b)
    return sums_get_kind_of_hex (hex);
  return strlen (hex) == sums_blake2b->hex_length && sums_get_kind_of_hex (hex) != NULL
           ? sums_blake2b
           : NULL;
}

/* OpenSSL has other words for some. */
static const SumsKind *
sums_get_kind_of_tag (const char *tag)
{
  static const char *const others[][2] = {
    { "SHA2-256", "SHA256" },
    { "SHA2-512", "SHA512" },
    { "BLAKE2b-512", "BLAKE2b" },
    { "BLAKE2b512", "BLAKE2b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_ascii_strcasecmp (others[i][0], tag) == 0)
      tag = others[i][1];
  for (guint i = 0; i < SUMS_N_KINDS; i++)
    if (g_ascii_strcasecmp (sums_kinds[i].tag, tag) == 0)
      return &sums_kinds[i];
  return NULL;
}

/* GNU writes a backslash before a line whose name has such or ends of lines, and more of them into the name. */
static void
sums_unescape (char *name)
{
  char *out = name;

  for (; *name != '\0'; name++)
    {
      if (*name == '\\' && name[1] != '\0')
        {
          name++;
          *out++ = (char)(*name == 'n' ? '\n' : *name == 'r' ? '\r' : *name);
        }
      else
        *out++ = *name;
    }
  *out = '\0';
}

static gboolean
sums_is_name (const char *name, const char *file_name)
{
  const char *slash = strrchr (name, '/');

  return g_str_equal (slash != NULL ? slash + 1 : name, file_name);
}

/* "SHA256 (name) = hash", or without the spaces */
static const SumsKind *
sums_read_bsd (char *line, gboolean is_escaped, const char *file_name, const char **hex)
{
  char *open = strchr (line, '(');
  char *close = strrchr (line, ')');
  const SumsKind *kind = NULL;

  if (open == NULL || close == NULL || close < open)
    return NULL;
  *hex = close + 1 + strspn (close + 1, " ");
  if (**hex != '=')
    return NULL;
  *hex += 1 + strspn (*hex + 1, " ");
  *open = '\0';
  *close = '\0';
  if (is_escaped)
    sums_unescape (open + 1);
  kind = sums_get_kind_of_tag (g_strchomp (line));
  if (kind == NULL || !sums_is_name (open + 1, file_name) || strlen (*hex) != kind->hex_length
      || sums_get_kind_of_hex (*hex) == NULL)
    return NULL;
  return kind;
}

/* "hash  name", "hash *name", or, if nothing else is in the file, the hash alone */
static const SumsKind *
sums_read_gnu (char *line, gboolean is_escaped, const SumsWanted *wanted, const char **hex)
{
  gsize end = strcspn (line, " \t");
  char *name = line + end;

  *hex = line;
  if (*name == '\0')
    return wanted->is_only ? sums_get_kind_in_list (line, wanted->is_blake2b) : NULL;
  *name++ = '\0';
  /* One space or star of the format; any further ones are taken as a distributor's alignment. */
  name += strspn (name, " \t");
  if (*name == '*')
    name++;
  if (is_escaped)
    sums_unescape (name);
  return sums_is_name (name, wanted->file_name) ? sums_get_kind_in_list (line, wanted->is_blake2b)
                                                : NULL;
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

static void
sums_add_line (SumsFound *found, const char *line, const SumsWanted *wanted)
{
  gboolean is_escaped = line[0] == '\\';
  g_autofree char *bsd = g_strdup (line + (is_escaped ? 1 : 0));
  g_autofree char *gnu = g_strdup (bsd);
  const char *hex = NULL;
  const SumsKind *kind = sums_read_bsd (bsd, is_escaped, wanted->file_name, &hex);

  if (kind == NULL)
    kind = sums_read_gnu (gnu, is_escaped, wanted, &hex);
  if (kind != NULL)
    sums_add (found, kind, hex);
}

/* Windows writes UTF-16, and marks also UTF-8 with the order of the bytes. */
static char *
sums_dup_text (const char *text, gsize length)
{
  length = MIN (length, PLATTER_SUMS_MAX_BYTES);
  if (length >= 2 && (memcmp (text, "\xff\xfe", 2) == 0 || memcmp (text, "\xfe\xff", 2) == 0))
    {
      char *utf8
        = g_convert (text, (gssize)(length & ~(gsize)1), "UTF-8", "UTF-16", NULL, NULL, NULL);

      return utf8 != NULL ? utf8 : g_strdup ("");
    }
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    return g_strndup (text + 3, length - 3);
  return g_strndup (text, length);
}

/* Returns: (transfer full): those that are neither empty nor a comment. */
static GPtrArray *
sums_split (const char *text)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) all = g_strsplit (text, "\n", -1);

  for (guint i = 0; all[i] != NULL; i++)
    {
      g_strstrip (all[i]);
      if (all[i][0] != '\0' && all[i][0] != '#')
        g_ptr_array_add (lines, g_strdup (all[i]));
    }
  return lines;
}

char *
platter_sums_find (const char *list_name,
                   const char *text,
                   gsize length,
                   const char *file_name,
                   const char **algorithm)
{
  g_autofree char *copy = sums_dup_text (text, length);
  g_autoptr (GPtrArray) lines = sums_split (copy);
  const SumsWanted wanted = { file_name, lines->len == 1,
                              g_ascii_strncasecmp (list_name, "b2sums", strlen ("b2sums")) == 0 };
  SumsFound found = { 0 };

  for (guint i = 0; i < lines->len; i++)
    sums_add_line (&found, g_ptr_array_index (lines, i), &wanted);
  return sums_steal_best (&found, algorithm);
}

/* @file_names: of the image, the likely one first; they end with %NULL */
static char *
sums_look_into (int folder,
                const char *name,
                const char *const *file_names,
                const char **algorithm,
                gboolean *is_there)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  char *digest = NULL;

  *is_there = platter_small_file_read (folder, name, PLATTER_SUMS_MAX_BYTES, content);
  for (; *is_there && digest == NULL && *file_names != NULL; file_names++)
    digest
      = platter_sums_find (name, (const char *)content->data, content->len, *file_names, algorithm);
  return digest;
}

/* A file that tells of one image may hold nothing but its hash; a list of many says the names. @n_own: (out): how many are of one */
static GPtrArray *
sums_dup_names (const char *file_name, guint *n_own)
{
  static const char *const lists[] = {
    "SHA512SUMS",    "SHA256SUMS",     "SHA512SUM",      "SHA256SUM",  "sha512sum.txt",
    "sha256sum.txt", "sha512sums.txt", "sha256sums.txt", "CHECKSUM",   "SHA1SUMS",
    "sha1sum.txt",   "MD5SUMS",        "md5sum.txt",     "b2sums.txt", "B2SUMS",
  };
  static const char *const endings[] = {
    "sha512", "sha256", "sha512sum", "sha256sum", "sha512.txt", "sha256.txt", "sha1", "md5",
  };
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    g_ptr_array_add (names, g_strdup_printf ("%s.%s", file_name, endings[i]));
  *n_own = names->len;
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

void
platter_sums_find_beside (PlatterSums *self, const char *path, const char *other_name)
{
  g_autofree char *folder_path = g_path_get_dirname (path);
  g_autofree char *own_name = g_path_get_basename (path);
  const char *const file_names[]
    = { other_name != NULL ? other_name : own_name, other_name != NULL ? own_name : NULL, NULL };
  guint n_own = 0;
  g_autoptr (GPtrArray) names = sums_dup_names (own_name, &n_own);
  int folder = open (folder_path, O_PATH | O_DIRECTORY | O_CLOEXEC);

  /* A good MD5 is no answer to a wrong SHA-256. */
  for (guint i = 0; i < names->len && folder >= 0; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const char *kind = NULL;
      gboolean is_there = FALSE;
      g_autofree char *found = sums_look_into (folder, name, file_names, &kind, &is_there);

      if (found == NULL && is_there && i < n_own && self->silent_name == NULL)
        self->silent_name = platter_printable_dup (name, -1);
      if (found == NULL
          || (self->digest != NULL && sums_get_rank (kind) >= sums_get_rank (self->algorithm)))
        continue;
      g_free (self->digest);
      g_free (self->name);
      self->digest = g_steal_pointer (&found);
      self->algorithm = kind;
      self->name = platter_printable_dup (name, -1);
    }
  if (folder >= 0)
    close (folder);
}

void
platter_sums_clear (PlatterSums *self)
{
  g_clear_pointer (&self->digest, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->silent_name, g_free);
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

void
platter_sums_find_remote (PlatterSums *self, GFile *image, GCancellable *cancellable)
{
  static const char *const names[]
    = { "%s.sha256",  "%s.sha512",     "%s.sha256sum",   "SHA256SUMS",
        "SHA512SUMS", "sha256sum.txt", "sha256sums.txt", "%s-CHECKSUM" };
  g_autoptr (GFile) folder = g_file_get_parent (image);
  g_autofree char *file_name = g_file_get_basename (image);

  for (guint i = 0; i < G_N_ELEMENTS (names) && folder != NULL && self->digest == NULL; i++)
    {
      g_auto (GStrv) halves = g_strsplit (names[i], "%s", 2);
      g_autofree char *name = g_strjoinv (file_name, halves);
      g_autoptr (GFile) file = g_file_get_child (folder, name);
      g_autoptr (GBytes) text = sums_read_remote (file, cancellable);

      if (text != NULL)
        self->digest = platter_sums_find (name, g_bytes_get_data (text, NULL),
                                          g_bytes_get_size (text), file_name, &self->algorithm);
      if (self->digest != NULL)
        self->name = platter_printable_dup (name, -1);
    }
}
