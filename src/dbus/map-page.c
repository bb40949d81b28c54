// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a worker leaves the maps of a job for the client.

#include "map-page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_TEXTS 2
#define TEXT_BYTES ((gsize)PLATTER_MAP_PAGE_TEXT_BYTES)
#define DIGEST_BYTES 64

/* In front of each text, in host byte order: both sides are the same machine. */
typedef struct
{
  guint64 number; /* 0: nothing was written yet */
  guint64 length_bytes;
  char digest[DIGEST_BYTES]; /* SHA-256 of the number and the text, in hexadecimal */
} MapPageHead;

#define MAX_LENGTH (TEXT_BYTES - sizeof (MapPageHead))

int
platter_map_page_new (GError **error)
{
  int fd = memfd_create ("platter-map", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  /* Whoever is handed it for reading could else open it once more, for writing. */
  if (fd >= 0 && fchmod (fd, S_IRUSR | S_IWUSR) == 0 && ftruncate (fd, PLATTER_MAP_PAGE_BYTES) == 0
      && fcntl (fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
    return fd;

  int code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "There is no memory for a map: %s.",
               g_strerror (code));
  if (fd >= 0)
    close (fd);
  return -1;
}

void
platter_map_page_free (int fd)
{
  /* It fails for nobody who has made it, and at worst the memory is held a while longer. */
  (void)fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PLATTER_MAP_PAGE_BYTES);
  close (fd);
}

static gsize
map_page_get_start (PlatterMapPagePart part, guint64 number)
{
  return (part * N_TEXTS + number % N_TEXTS) * TEXT_BYTES;
}

static void
map_page_digest (guint64 number, const void *text, gsize length, char *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *)&number, sizeof number);
  g_checksum_update (checksum, text, (gssize)length);
  memcpy (digest, g_checksum_get_string (checksum), DIGEST_BYTES);
}

static gboolean
map_page_put (int fd, const void *data, gsize length, gsize offset)
{
  gsize done = 0;

  while (done < length)
    {
      gssize put = pwrite (fd, (const char *)data + done, length - done, (off_t)(offset + done));

      if (put < 0 && errno == EINTR)
        continue;
      if (put <= 0)
        return FALSE;
      done += (gsize)put;
    }
  return TRUE;
}

static gboolean
map_page_get (int fd, void *data, gsize length, gsize offset)
{
  gsize done = 0;

  while (done < length)
    {
      gssize got = pread (fd, (char *)data + done, length - done, (off_t)(offset + done));

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return FALSE;
      done += (gsize)got;
    }
  return TRUE;
}

gboolean
platter_map_page_write (
  int fd, PlatterMapPagePart part, guint64 number, const void *text, gsize length)
{
  gsize start = map_page_get_start (part, number);
  MapPageHead head = { .number = number, .length_bytes = length };

  if (length > MAX_LENGTH)
    return FALSE;
  map_page_digest (number, text, length, head.digest);
  return map_page_put (fd, text, length, start + sizeof head)
         && map_page_put (fd, &head, sizeof head, start);
}

/* Returns: (nullable): the text, if it is whole. */
static GBytes *
map_page_read_text (int fd, gsize start, const MapPageHead *head)
{
  g_autofree char *text = NULL;
  char digest[DIGEST_BYTES];

  if (head->number == 0 || head->length_bytes > MAX_LENGTH)
    return NULL;
  text = g_malloc (head->length_bytes + 1);
  if (!map_page_get (fd, text, head->length_bytes, start + sizeof *head))
    return NULL;
  text[head->length_bytes] = '\0';
  map_page_digest (head->number, text, head->length_bytes, digest);
  if (memcmp (digest, head->digest, sizeof digest) != 0)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&text), head->length_bytes);
}

static gboolean
map_page_get_heads (int fd, PlatterMapPagePart part, MapPageHead *heads)
{
  for (guint i = 0; i < N_TEXTS; i++)
    if (!map_page_get (fd, &heads[i], sizeof heads[i], map_page_get_start (part, i)))
      return FALSE;
  return TRUE;
}

guint64
platter_map_page_get_number (int fd, PlatterMapPagePart part)
{
  MapPageHead heads[N_TEXTS];

  return map_page_get_heads (fd, part, heads) ? MAX (heads[0].number, heads[1].number) : 0;
}

GBytes *
platter_map_page_read (int fd, PlatterMapPagePart part)
{
  MapPageHead heads[N_TEXTS];
  guint newest = 0;
  GBytes *text = NULL;

  if (!map_page_get_heads (fd, part, heads))
    return NULL;
  newest = heads[1].number > heads[0].number ? 1 : 0;
  text = map_page_read_text (fd, map_page_get_start (part, newest), &heads[newest]);
  /* The newest may be under way just now; the one before is whole then. */
  if (text == NULL)
    text = map_page_read_text (fd, map_page_get_start (part, !newest), &heads[!newest]);
  return text;
}
