// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What is said of files that lie where nothing could be read.

#include "config.h"

#include "messages.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

static const struct
{
  const char *kind;
  const char *words;
} damage_words[] = {
  { "file", N_ ("A file whose name is not known") },
  { "folder", N_ ("A folder whose name is not known") },
  { "metadata", N_ ("Data of the file system itself") },
  { "free", N_ ("Free space") },
  { "outside", N_ ("Outside of any file system") },
};

char *
platter_message_dup_damage_heading (guint64 n_files, const char *state)
{
  if (state[0] == '\0')
    return g_strdup (_ ("Which files are damaged could not be found out."));
  if (n_files == 0 && g_str_equal (state, "complete"))
    return g_strdup (_ ("No file is damaged."));
  if (n_files == 0)
    return g_strdup (_ ("It is not certain which files are damaged."));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" PRIu64 " file or folder is damaged.",
                                       "%" PRIu64 " files and folders are damaged.",
                                       (gulong)n_files),
                          n_files);
}

const char *
platter_message_get_damage_doubt (const char *state)
{
  if (g_str_equal (state, "incomplete"))
    return _ ("This may not be all: not everything that tells where files lie could be read.");
  if (g_str_equal (state, "late"))
    return _ ("This may not be all: looking at everything would have taken too long.");
  return NULL;
}

static char *
messages_dup_damage_owner (const char *kind, const char *name)
{
  if (name[0] != '\0')
    /* Translators: the path of a folder */
    return g_str_equal (kind, "folder") ? g_strdup_printf (_ ("%s (folder)"), name)
                                        : g_strdup (name);
  for (gsize i = 0; i < G_N_ELEMENTS (damage_words); i++)
    if (g_str_equal (damage_words[i].kind, kind))
      return g_strdup (_ (damage_words[i].words));
  return g_strdup (_ ("Not known"));
}

char *
platter_message_split_damage (GVariant *owner, guint64 *length_bytes, char **where)
{
  const char *kind = "";
  const char *name = "";
  guint32 partition = 0;

  g_variant_get (owner, "(u&s&sttt)", &partition, &kind, &name, NULL, length_bytes, NULL);
  *where = partition != 0 ? g_strdup_printf (_ ("Partition %u"), partition) : g_strdup ("");
  return messages_dup_damage_owner (kind, name);
}

char *
platter_message_dup_damage (GVariant *owner)
{
  guint64 length_bytes = 0;
  g_autofree char *where = NULL;
  g_autofree char *words = platter_message_split_damage (owner, &length_bytes, &where);
  g_autofree char *size = g_format_size (length_bytes);

  return g_strjoin (" · ", words, size, where[0] != '\0' ? where : NULL, NULL);
}
