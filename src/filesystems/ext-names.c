// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The names of files of an ext file system: the folders are gone through for those that are asked for.

#include "ext-private.h"

#include <string.h>

#define EXT_NAMES_MAX_DEPTH 64
#define EXT_NAMES_MAX_PATH_BYTES 4096
/* What stands for the part of a path that is lost. */
#define EXT_NAMES_LOST "…"
#define EXT_DIRENT_HEAD_BYTES 8

/* Returns: whether to go on. */
typedef gboolean (*ExtEntryFunc) (
  PlatterExt *self, ext2_ino_t number, const char *name, gsize length, gpointer data);

typedef struct
{
  ExtEntryFunc func;
  gpointer data;
  char *block;
} ExtFolder;

/* A name that was looked for, or ".." for its folder. */
typedef struct
{
  ext2_ino_t wanted; /* 0: that of ".." */
  ext2_ino_t parent; /* 0: not found */
  char name[EXT2_NAME_LEN + 1];
} ExtSearch;

typedef struct
{
  GHashTable *wanted; /* inode number to index of an owner */
  GHashTable *paths;  /* inode number of a folder to its path */
  ext2_ino_t folder;
  GArray *entries; /* (element-type ExtFound) */
} ExtNames;

typedef struct
{
  guint owner;
  ext2_ino_t folder;
  char *name;
} ExtFound;

static gboolean
ext_names_is_dots (const char *name, gsize length)
{
  return (length == 1 && name[0] == '.') || (length == 2 && name[0] == '.' && name[1] == '.');
}

static gboolean
ext_names_read_block (PlatterExt *self, ExtFolder *folder)
{
  guint offset = 0;

  while (offset + EXT_DIRENT_HEAD_BYTES <= self->block_bytes)
    {
      struct ext2_dir_entry *entry = (struct ext2_dir_entry *)(gpointer)(folder->block + offset);
      unsigned int length = 0;

      if (ext2fs_get_rec_len (self->fs, entry, &length) != 0 || length < EXT_DIRENT_HEAD_BYTES
          || length % 4 != 0 || length > self->block_bytes - offset
          || (guint)ext2fs_dirent_name_len (entry) > length - EXT_DIRENT_HEAD_BYTES)
        {
          self->damage->is_incomplete = TRUE;
          return TRUE;
        }
      if (entry->inode != 0
          && !folder->func (self, entry->inode, entry->name, (gsize)ext2fs_dirent_name_len (entry),
                            folder->data))
        return FALSE;
      offset += length;
    }
  return TRUE;
}

static gboolean
ext_names_stretch_cb (PlatterExt *self,
                      guint64 logical,
                      guint64 physical,
                      guint64 n_blocks,
                      gboolean is_unwritten,
                      gpointer data)
{
  ExtFolder *folder = data;

  for (guint64 i = 0; i < n_blocks && logical != G_MAXUINT64; i++)
    {
      if (platter_medium_is_late (self->io.medium))
        return FALSE;
      if (ext2fs_read_dir_block4 (self->fs, physical + i, folder->block, 0, self->inode_number)
          != 0)
        self->damage->is_incomplete = TRUE;
      else if (!ext_names_read_block (self, folder))
        return FALSE;
    }
  return TRUE;
}

/* Of the inode that is looked at. */
static void
ext_names_each_entry (PlatterExt *self, ExtEntryFunc func, gpointer data)
{
  ExtFolder folder = { func, data, g_malloc (self->block_bytes) };

  /* What lies in the inode itself is not looked for. */
  if ((self->inode.i_flags & EXT4_INLINE_DATA_FL) != 0)
    self->damage->is_incomplete = TRUE;
  platter_ext_each_stretch (self, ext_names_stretch_cb, &folder);
  g_free (folder.block);
}

static gboolean
ext_names_search_cb (
  PlatterExt *self, ext2_ino_t number, const char *name, gsize length, gpointer data)
{
  ExtSearch *search = data;
  gboolean is_parent = length == 2 && name[0] == '.' && name[1] == '.';

  if (search->wanted == 0 ? !is_parent
                          : number != search->wanted || ext_names_is_dots (name, length))
    return TRUE;
  search->parent = number;
  memcpy (search->name, name, length);
  search->name[length] = '\0';
  return FALSE;
}

/* Looks for an inode, or with 0 for "..", in a folder. */
static gboolean
ext_names_search (PlatterExt *self, ext2_ino_t folder, ext2_ino_t wanted, ExtSearch *search)
{
  *search = (ExtSearch){ .wanted = wanted };
  if (!platter_ext_load (self, folder) || !LINUX_S_ISDIR (self->inode.i_mode))
    return FALSE;
  ext_names_each_entry (self, ext_names_search_cb, search);
  return search->parent != 0;
}

/* Returns: (transfer full): of a folder, without "/" at its end. */
static char *
ext_names_dup_folder (PlatterExt *self, ext2_ino_t folder)
{
  GString *path = g_string_new (NULL);

  for (guint depth = 0; folder != EXT2_ROOT_INO; depth++)
    {
      ExtSearch up;
      ExtSearch down;

      if (depth == EXT_NAMES_MAX_DEPTH || path->len > EXT_NAMES_MAX_PATH_BYTES
          || !ext_names_search (self, folder, 0, &up)
          || !ext_names_search (self, up.parent, folder, &down))
        {
          g_string_prepend (path, EXT_NAMES_LOST);
          break;
        }
      g_string_prepend (path, down.name);
      g_string_prepend_c (path, '/');
      folder = up.parent;
    }
  return g_string_free (path, FALSE);
}

static gboolean
ext_names_found_cb (
  PlatterExt *self, ext2_ino_t number, const char *name, gsize length, gpointer data)
{
  ExtNames *names = data;
  gpointer owner = NULL;

  if (ext_names_is_dots (name, length)
      || !g_hash_table_steal_extended (names->wanted, GUINT_TO_POINTER (number), NULL, &owner))
    return TRUE;

  ExtFound found = { GPOINTER_TO_UINT (owner), names->folder, g_strndup (name, length) };
  g_array_append_val (names->entries, found);
  return g_hash_table_size (names->wanted) > 0;
}

static void
ext_names_clear_found (gpointer data)
{
  g_free (((ExtFound *)data)->name);
}

static void
ext_names_scan (PlatterExt *self, ExtNames *names)
{
  ext2_inode_scan scan = NULL;

  if (ext2fs_open_inode_scan (self->fs, 0, &scan) != 0)
    return;
  while (g_hash_table_size (names->wanted) > 0
         && (names->folder = platter_ext_next (self, scan)) != 0)
    if (LINUX_S_ISDIR (self->inode.i_mode))
      ext_names_each_entry (self, ext_names_found_cb, names);
  ext2fs_close_inode_scan (scan);
}

static void
ext_names_tell (PlatterExt *self, ExtNames *names, const ExtFound *found)
{
  const char *folder = g_hash_table_lookup (names->paths, GUINT_TO_POINTER (found->folder));
  g_autofree char *path = NULL;

  if (folder == NULL)
    {
      folder = ext_names_dup_folder (self, found->folder);
      g_hash_table_insert (names->paths, GUINT_TO_POINTER (found->folder), (char *)folder);
    }
  path = g_strconcat (folder, "/", found->name, NULL);
  platter_damage_set_name (self->damage,
                           &g_array_index (self->damage->owners, PlatterDamageOwner, found->owner),
                           path, strlen (path));
}

void
platter_ext_find_names (PlatterExt *self, guint first)
{
  ExtNames names = {
    .wanted = g_hash_table_new (NULL, NULL),
    .paths = g_hash_table_new_full (NULL, NULL, NULL, g_free),
    .entries = g_array_new (FALSE, FALSE, sizeof (ExtFound)),
  };

  g_array_set_clear_func (names.entries, ext_names_clear_found);
  for (guint i = first; i < self->damage->owners->len; i++)
    {
      PlatterDamageOwner *owner = &g_array_index (self->damage->owners, PlatterDamageOwner, i);

      if (owner->id == EXT2_ROOT_INO)
        platter_damage_set_name (self->damage, owner, "/", 1);
      else if (owner->kind == PLATTER_DAMAGE_FILE || owner->kind == PLATTER_DAMAGE_FOLDER)
        g_hash_table_insert (names.wanted, GUINT_TO_POINTER ((guint)owner->id),
                             GUINT_TO_POINTER (i));
    }
  ext_names_scan (self, &names);
  for (guint i = 0; i < names.entries->len; i++)
    ext_names_tell (self, &names, &g_array_index (names.entries, ExtFound, i));
  /* Nameless ones are those whose folders are lost. */
  if (g_hash_table_size (names.wanted) > 0)
    self->damage->is_incomplete = TRUE;
  g_array_unref (names.entries);
  g_hash_table_unref (names.paths);
  g_hash_table_unref (names.wanted);
}
