// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The image of a CD, of which only the track of data can be written to a drive.

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/content.h"
#include "formats/disc-look.h"
#include "image-private.h"
#include "looker.h"
#include "shown.h"

#define NRG_END_BYTES 12

static gboolean image_disc_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
image_disc_refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_UNSUPPORTED, format,
                                 arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
image_disc_is_nrg (PlatterImage *self)
{
  guint8 end[NRG_END_BYTES];

  return self->size_bytes > sizeof end
         && pread (self->fd, end, sizeof end, (off_t)(self->size_bytes - sizeof end))
              == (gssize)sizeof end
         && (memcmp (end, "NER5", 4) == 0 || memcmp (end + 4, "NERO", 4) == 0);
}

static gboolean
image_disc_has_ending (const char *path, const char *ending)
{
  gsize length = strlen (path);

  return length > strlen (ending)
         && g_ascii_strcasecmp (path + length - strlen (ending), ending) == 0;
}

gboolean
platter_image_find_disc (PlatterImage *self,
                         const guint8 *head,
                         gsize length,
                         PlatterDiscKind *kind)
{
  if (image_disc_has_ending (self->path, ".cue")
      && self->size_bytes <= PLATTER_DISC_MAX_SHEET_BYTES)
    *kind = PLATTER_DISC_CUE;
  else if (length >= 16 && memcmp (head, "MEDIA DESCRIPTOR", 16) == 0)
    *kind = PLATTER_DISC_MDS;
  else if (image_disc_is_nrg (self))
    *kind = PLATTER_DISC_NRG;
  else if (platter_content_is_raw_cd (head, length))
    *kind = PLATTER_DISC_RAW;
  else
    return FALSE;
  return TRUE;
}

static gboolean
image_disc_check (PlatterImage *self, const PlatterDisc *disc, GError **error)
{
  switch (disc->state)
    {
    case PLATTER_DISC_GOOD:
      return TRUE;
    case PLATTER_DISC_NO_TRACK:
      return image_disc_refuse (error, _ ("%s names no track of a CD. Get it again."), self->name);
    case PLATTER_DISC_AUDIO:
      return image_disc_refuse (
        error, _ ("%s is the image of a CD with nothing but sound: a drive has no use for it."),
        self->name);
    case PLATTER_DISC_FORM2:
      return image_disc_refuse (error,
                                _ ("The data track of %s is of video or sound (form 2), and has no "
                                   "file system that a drive could hold."),
                                self->name);
    case PLATTER_DISC_UNKNOWN_MODE:
      return image_disc_refuse (
        error,
        _ ("The data track of %s has sectors of a kind that is not known. Make an "
           ".iso image of the CD and choose that."),
        self->name);
    case PLATTER_DISC_UNKNOWN_VERSION:
      return image_disc_refuse (error,
                                _ ("%s is of a version that is not known. Make an .iso image of "
                                   "the CD and choose that."),
                                self->name);
    case PLATTER_DISC_PARTS:
      return image_disc_refuse (
        error,
        _ ("%s says that its disc lies in several files, which are not put "
           "together here. Make an .iso image of the disc and choose that."),
        self->name);
    case PLATTER_DISC_OUTSIDE:
      return image_disc_refuse (error,
                                _ ("%s names a file in another folder. Only one in its own folder "
                                   "is read: put both together, and take the folder out of the "
                                   "name."),
                                self->name);
    default:
      if (disc->line > 0)
        return image_disc_refuse (error,
                                  _ ("%s is damaged: its line %u makes no sense. Get it again."),
                                  self->name, disc->line);
      return image_disc_refuse (error, _ ("%s is damaged or cut off. Get it again."), self->name);
    }
}

/* Returns: (nullable): a file of the folder whose name differs in case only. */
static char *
image_disc_find_other_case (const char *folder, const char *name)
{
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  g_autofree char *wanted = g_utf8_casefold (name, -1);
  const char *entry = NULL;

  while (entries != NULL && (entry = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *shown = platter_shown_dup_name (entry);
      g_autofree char *folded = g_utf8_casefold (shown, -1);

      if (strcmp (folded, wanted) == 0)
        return g_build_filename (folder, entry, NULL);
    }
  return NULL;
}

/* The sheet's path with another ending. */
static char *
image_disc_dup_beside (const char *path, const char *ending)
{
  const char *dot = strrchr (path, '.');
  g_autofree char *stem = g_strndup (
    path, dot != NULL && strchr (dot, '/') == NULL ? (gsize)(dot - path) : strlen (path));

  return g_strconcat (stem, ending, NULL);
}

/* Both may have got another name together, and the sheet still tells the old one. */
static char *
image_disc_find_renamed (const char *sheet, const PlatterDisc *disc)
{
  static const char *const endings[] = { ".bin", ".BIN", ".img", ".mdf", ".MDF" };

  for (guint i = 0; i < G_N_ELEMENTS (endings) && disc->n_files == 1; i++)
    {
      g_autofree char *path = image_disc_dup_beside (sheet, endings[i]);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* Returns: (nullable): the path of what a sheet names. @name: (out) (transfer full): of it */
static char *
image_disc_find_data (const char *sheet, const PlatterDisc *disc, char **name)
{
  g_autofree char *folder = g_path_get_dirname (sheet);
  g_autofree char *own = g_path_get_basename (sheet);
  g_autofree char *encoded = NULL;
  g_autofree char *path = NULL;

  if (disc->file[0] == '*')
    {
      g_autofree char *beside = image_disc_dup_beside (own, disc->file + 1);

      *name = platter_shown_dup_name (beside);
    }
  else
    *name = g_strdup (disc->file);
  encoded = g_filename_from_utf8 (*name, -1, NULL, NULL, NULL);
  path = g_build_filename (folder, encoded != NULL ? encoded : *name, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_free (path);
  path = image_disc_find_other_case (folder, *name);
  return path != NULL ? g_steal_pointer (&path) : image_disc_find_renamed (sheet, disc);
}

/* Goes on with the file that a sheet names. */
static gboolean
image_disc_open_data (PlatterImage *self, const PlatterDisc *disc, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *path = image_disc_find_data (self->path, disc, &name);
  struct stat info = { 0 };
  int fd
    = path != NULL ? open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW) : -1;
  int code = errno;

  if (path == NULL)
    return image_disc_refuse (
      error,
      /* Translators: the names of two files */
      _ ("%s is missing: %s says that it has the data of the CD. It has to be in the "
         "same folder."),
      name, self->name);
  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("%s cannot be opened: %s."),
                   name, g_strerror (code));
      return FALSE;
    }
  close (self->fd);
  self->fd = fd;
  self->data_path = g_steal_pointer (&path);
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error (error, PLATTER_IMAGE_ERROR, PLATTER_IMAGE_ERROR_NOT_A_FILE,
                   _ ("%s is not a regular file, so it cannot be used as an image."), name);
      return FALSE;
    }
  fcntl (fd, F_SETFL, 0);
  self->file_bytes = (guint64)info.st_size;
  return TRUE;
}

/* Where it is not told how long the track is, it goes up to the end. */
static gboolean
image_disc_fit (PlatterImage *self, GError **error)
{
  PlatterTrack *track = &self->track;
  const char *path = self->data_path != NULL ? self->data_path : self->path;
  g_autofree char *name = platter_shown_dup_base_name (path);
  guint64 room
    = self->file_bytes > track->offset_bytes ? self->file_bytes - track->offset_bytes : 0;
  gboolean is_told = track->n_sectors > 0;

  if (!is_told)
    track->n_sectors = (guint32)MIN (room / track->sector_bytes, G_MAXUINT32);
  if (!platter_track_is_valid (track))
    return image_disc_refuse (error, _ ("%s is larger than any CD."), name);
  if (track->n_sectors > 0 && platter_track_get_end_bytes (track) <= self->file_bytes
      && (is_told || room % track->sector_bytes == 0))
    return TRUE;
  return image_disc_refuse (error,
                            /* Translators: the name of a file, and two numbers of bytes */
                            _ ("%s is cut off: it has %" PRIu64
                               " bytes, and its sectors of %u bytes are not all in "
                               "them. Get it again."),
                            name, self->file_bytes, track->sector_bytes);
}

/* What it is, and what of it is not used. */
static char *
image_disc_dup_kind (const PlatterDisc *disc)
{
  GString *words = g_string_new (NULL);
  guint n_more = disc->n_tracks - disc->n_audio - 1;

  if (disc->n_tracks > 1)
    /* Translators: which track, and how many there are */
    g_string_append_printf (words, _ ("CD image, data track %u of %u"), disc->number,
                            disc->n_tracks);
  else
    g_string_append (words, _ ("CD image"));
  if (disc->n_audio > 0)
    g_string_append_printf (words,
                            g_dngettext (GETTEXT_PACKAGE, ", %u audio track is left out",
                                         ", %u audio tracks are left out", disc->n_audio),
                            disc->n_audio);
  if (n_more > 0)
    g_string_append_printf (words,
                            g_dngettext (GETTEXT_PACKAGE, ", %u more data track is left out",
                                         ", %u more data tracks are left out", n_more),
                            n_more);
  if (disc->n_sessions > 1)
    g_string_append_printf (
      words,
      /* Translators: of a CD; only the first of them is used */
      g_dngettext (GETTEXT_PACKAGE, ", %u session", ", %u sessions", disc->n_sessions),
      disc->n_sessions);
  if (platter_track_has_subchannels (&disc->track))
    g_string_append (words, _ (", its sub-channels are left out"));
  return g_string_free (words, FALSE);
}

/* Returns: whether a sheet beside bare sectors is of them, and tells more. */
static gboolean
image_disc_find_sheet (PlatterImage *self,
                       const char *path,
                       PlatterDiscKind kind,
                       PlatterDisc *disc)
{
  g_autoptr (PlatterLooked) looked = NULL;
  g_autofree char *name = NULL;
  g_autofree char *data = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);

  if (fd < 0)
    return FALSE;
  looked = platter_looker_look_at_disc (fd, self->name, kind, NULL);
  close (fd);
  if (looked == NULL || looked->disc.state != PLATTER_DISC_GOOD || looked->disc.file == NULL)
    return FALSE;
  data = image_disc_find_data (path, &looked->disc, &name);
  if (data == NULL || !platter_image_is_in (self, data))
    return FALSE;
  platter_disc_clear (disc);
  *disc = looked->disc;
  disc->file = NULL;
  platter_disc_clear (&looked->disc);
  return TRUE;
}

static void
image_disc_find_sheets (PlatterImage *self, PlatterDisc *disc)
{
  g_autofree char *cue = image_disc_dup_beside (self->path, ".cue");
  g_autofree char *mds = image_disc_dup_beside (self->path, ".mds");

  if (!image_disc_find_sheet (self, cue, PLATTER_DISC_CUE, disc))
    image_disc_find_sheet (self, mds, PLATTER_DISC_MDS, disc);
}

gboolean
platter_image_open_disc (PlatterImage *self, PlatterDiscKind kind, GError **error)
{
  g_autoptr (PlatterLooked) looked
    = platter_looker_look_at_disc (self->fd, self->name, kind, error);
  g_autoptr (PlatterLooked) content = NULL;
  gboolean is_sheet = kind == PLATTER_DISC_CUE || kind == PLATTER_DISC_MDS;

  if (looked == NULL)
    return FALSE;
  if (kind == PLATTER_DISC_RAW)
    image_disc_find_sheets (self, &looked->disc);
  self->file_bytes = self->size_bytes;
  if (!image_disc_check (self, &looked->disc, error)
      || (is_sheet && looked->disc.file == NULL
          && !image_disc_refuse (error, _ ("%s is damaged or cut off. Get it again."), self->name))
      || (is_sheet && !image_disc_open_data (self, &looked->disc, error)))
    return FALSE;
  self->track = looked->disc.track;
  if (!image_disc_fit (self, error))
    return FALSE;
  content = platter_looker_look_at_track (self->fd, self->name, &self->track, error);
  if (content == NULL)
    return FALSE;
  g_set_object (&self->partitions, content->partitions);
  self->size_bytes = platter_track_get_size_bytes (&self->track);
  self->kind = image_disc_dup_kind (&looked->disc);
  self->packing = g_strdup (platter_disc_kind_get_name (kind));
  return TRUE;
}
