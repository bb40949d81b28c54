// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The pieces of an image that is made in several files.

#include "config.h"

#include "new-pieces.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dbus/wire.h"
#include "more-socket.h"
#include "new-file.h"
#include "replaced.h"

/* So many are missing before what follows is not taken for another piece any more; as image-pieces.c reads them. */
#define MAX_HOLE 8
#define FDS_A_MESSAGE 32

struct _PlatterNewPieces
{
  char *path;
  guint64 piece_bytes;
  GPtrArray *files; /* of PlatterNewFile: from the second on */
};

PlatterNewPieces *
platter_new_pieces_new (const char *path, guint64 piece_bytes)
{
  PlatterNewPieces *self = g_new0 (PlatterNewPieces, 1);

  self->path = g_strdup (path);
  self->piece_bytes = piece_bytes;
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify)platter_new_file_free);
  return self;
}

void
platter_new_pieces_free (PlatterNewPieces *self)
{
  g_ptr_array_unref (self->files);
  g_free (self->path);
  g_free (self);
}

guint64
platter_new_pieces_get_bytes (const PlatterNewPieces *self)
{
  return self->piece_bytes;
}

char *
platter_new_pieces_dup_path (const PlatterNewPieces *self, guint index)
{
  return g_strdup_printf ("%s.%03u", self->path, index + 1);
}

void
platter_new_pieces_rename (PlatterNewPieces *self, const char *path)
{
  g_free (self->path);
  self->path = g_strdup (path);
  for (guint i = 0; i < self->files->len; i++)
    {
      g_autofree char *piece = platter_new_pieces_dup_path (self, i + 1);

      platter_new_file_rename (g_ptr_array_index (self->files, i), piece);
    }
}

/* Returns: (transfer full) (nullable): the first one from @start on that is there, a hole of @max_hole allowed */
static char *
new_pieces_dup_next (const PlatterNewPieces *self, guint *start, guint max_hole)
{
  struct stat status;

  for (guint hole = 0; hole <= max_hole; hole++)
    {
      g_autofree char *path = platter_new_pieces_dup_path (self, (*start)++);

      if (lstat (path, &status) == 0)
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* Whether a name ends like that of a piece: what is before is for the file system to compare, which may take disk for Disk. */
static gboolean
new_pieces_get_index (const char *name, guint *index)
{
  const char *digits = strrchr (name, '.');
  guint64 number = 0;

  if (digits == NULL
      || !g_ascii_string_to_unsigned (digits + 1, 10, 1, PLATTER_NEW_PIECES_MAX, &number, NULL))
    return FALSE;
  *index = (guint)number - 1;
  return TRUE;
}

/* To ask for each of so many takes long where the folder is on another computer. Of a folder that cannot be listed all are possible. */
static void
new_pieces_find_possible (const PlatterNewPieces *self, gboolean *possible)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;
  guint index = 0;

  for (guint i = 0; i < PLATTER_NEW_PIECES_MAX; i++)
    possible[i] = dir == NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (new_pieces_get_index (name, &index))
      possible[index] = TRUE;
}

GPtrArray *
platter_new_pieces_dup_existing (const PlatterNewPieces *self)
{
  GPtrArray *existing = g_ptr_array_new_with_free_func (g_free);
  gboolean possible[PLATTER_NEW_PIECES_MAX];
  struct stat status;

  new_pieces_find_possible (self, possible);
  for (guint i = 0; i < PLATTER_NEW_PIECES_MAX; i++)
    {
      g_autofree char *path = possible[i] ? platter_new_pieces_dup_path (self, i) : NULL;

      if (path != NULL && lstat (path, &status) == 0)
        g_ptr_array_add (existing, g_steal_pointer (&path));
    }
  return existing;
}

static gboolean
new_pieces_begin_file (PlatterNewFile *file, unsigned int mode, gboolean again)
{
  g_autofree char *temporary = platter_new_file_dup_hidden (file);
  g_autofree char *waiting = platter_new_file_dup_waiting (file);

  if (again && (platter_new_file_begin_again (file, temporary) || errno != ENOENT))
    return platter_new_file_get_fd (file) >= 0;
  return platter_new_file_begin_beside (file, temporary, waiting, mode);
}

gboolean
platter_new_pieces_begin (PlatterNewPieces *self, guint n_pieces, unsigned int mode, gboolean again)
{
  g_ptr_array_set_size (self->files, 0);
  for (guint i = 1; i < n_pieces; i++)
    {
      g_autofree char *path = platter_new_pieces_dup_path (self, i);
      PlatterNewFile *file = platter_new_file_new (path);

      if (file == NULL)
        return FALSE;
      g_ptr_array_add (self->files, file);
      if (!new_pieces_begin_file (file, mode, again))
        return FALSE;
    }
  return TRUE;
}

static gboolean
new_pieces_send (PlatterNewPieces *self, int socket, guint first, GError **error)
{
  int fds[FDS_A_MESSAGE];
  guint n_fds = MIN (self->files->len - first, FDS_A_MESSAGE);
  GVariantDict content;

  for (guint i = 0; i < n_fds; i++)
    fds[i] = platter_new_file_get_fd (g_ptr_array_index (self->files, first + i));
  g_variant_dict_init (&content, NULL);
  g_variant_dict_insert (&content, "size", "t", self->piece_bytes);
  return platter_wire_send (socket, "pieces", g_variant_dict_end (&content), fds, n_fds, error);
}

int
platter_new_pieces_pass_on (PlatterNewPieces *self, GError **error)
{
  int pair[2] = { -1, -1 };
  gboolean is_sent = TRUE;

  if (!platter_more_socket_open (pair, error))
    return -1;
  for (guint i = 0; is_sent && i < self->files->len; i += FDS_A_MESSAGE)
    is_sent = new_pieces_send (self, pair[0], i, error);
  return platter_more_socket_close (pair, is_sent);
}

static gboolean
new_pieces_is_empty (const PlatterNewFile *file)
{
  struct stat status;

  return fstat (platter_new_file_get_fd (file), &status) == 0 && status.st_size == 0;
}

guint
platter_new_pieces_count_used (const PlatterNewPieces *self)
{
  guint n_files = self->files->len;

  while (n_files > 0 && new_pieces_is_empty (g_ptr_array_index (self->files, n_files - 1)))
    n_files--;
  return n_files + 1;
}

static gboolean
new_pieces_hide (const char *path, PlatterReplaced *replaced)
{
  g_autofree char *name = g_path_get_basename (path);

  return platter_replaced_hide (replaced, name);
}

gboolean
platter_new_pieces_hide_old (PlatterNewPieces *self, PlatterReplaced *replaced, char **path)
{
  guint n_pieces = platter_new_pieces_count_used (self);
  guint start = n_pieces;

  for (guint i = 0; i < n_pieces; i++)
    {
      *path = platter_new_pieces_dup_path (self, i);
      if (!new_pieces_hide (*path, replaced))
        return FALSE;
      g_clear_pointer (path, g_free);
    }
  /* Of an image that had more. */
  while ((*path = new_pieces_dup_next (self, &start, MAX_HOLE)) != NULL)
    {
      if (!new_pieces_hide (*path, replaced))
        return FALSE;
      g_clear_pointer (path, g_free);
    }
  return TRUE;
}

gboolean
platter_new_pieces_commit (PlatterNewPieces *self, char **path)
{
  guint n_files = platter_new_pieces_count_used (self) - 1;

  for (guint i = n_files; i < self->files->len; i++)
    platter_new_file_discard (g_ptr_array_index (self->files, i));
  for (guint i = n_files; i > 0; i--)
    if (!platter_new_file_commit (g_ptr_array_index (self->files, i - 1), FALSE))
      {
        *path = platter_new_pieces_dup_path (self, i);
        return FALSE;
      }
  return TRUE;
}

static void
new_pieces_remove_left (PlatterNewPieces *self, guint first)
{
  for (guint i = first; i < PLATTER_NEW_PIECES_MAX; i++)
    {
      g_autofree char *path = platter_new_pieces_dup_path (self, i);
      g_autoptr (PlatterNewFile) file = platter_new_file_new (path);
      g_autofree char *temporary = file != NULL ? platter_new_file_dup_hidden (file) : NULL;
      g_autofree char *waiting = file != NULL ? platter_new_file_dup_waiting (file) : NULL;

      /* Whoever has one has all of them, and each would be waited for. */
      if (file == NULL || !platter_new_file_remove_left (file, temporary)
          || !platter_new_file_remove_left (file, waiting))
        return;
    }
}

gboolean
platter_new_pieces_take_over (PlatterNewPieces *self, gboolean had_left)
{
  for (guint i = 0; i < self->files->len; i++)
    if (!platter_new_file_take_over (g_ptr_array_index (self->files, i)))
      return FALSE;
  /* Of an image in smaller pieces; to look for each takes a while where the folder is on another computer. */
  if (had_left)
    new_pieces_remove_left (self, self->files->len + 1);
  return TRUE;
}

void
platter_new_pieces_leave (PlatterNewPieces *self)
{
  for (guint i = 0; i < self->files->len; i++)
    platter_new_file_leave (g_ptr_array_index (self->files, i));
}

void
platter_new_pieces_remove_left (PlatterNewPieces *self)
{
  new_pieces_remove_left (self, 1);
}

guint64
platter_new_pieces_get_left_bytes (const PlatterNewPieces *self)
{
  guint64 left_bytes = 0;
  gboolean is_there = TRUE;

  /* All were begun at once. */
  for (guint i = 1; i < PLATTER_NEW_PIECES_MAX && is_there; i++)
    {
      g_autofree char *path = platter_new_pieces_dup_path (self, i);
      g_autoptr (PlatterNewFile) file = platter_new_file_new (path);
      g_autofree char *temporary = file != NULL ? platter_new_file_dup_hidden (file) : NULL;

      is_there = file != NULL && platter_new_file_add_left (file, temporary, &left_bytes);
    }
  return left_bytes;
}

void
platter_new_pieces_withdraw (PlatterNewPieces *self)
{
  for (guint i = 0; i < self->files->len; i++)
    platter_new_file_withdraw (g_ptr_array_index (self->files, i));
}

void
platter_new_pieces_discard (PlatterNewPieces *self)
{
  for (guint i = 0; i < self->files->len; i++)
    platter_new_file_discard (g_ptr_array_index (self->files, i));
}

guint
platter_new_pieces_get_n (const PlatterNewPieces *self)
{
  return self->files->len + 1;
}
