// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Where a worker leaves the map of a rescue for the client.

#include "map-page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_TEXTS 2
#define TEXT_BYTES (PLATTER_MAP_PAGE_BYTES / N_TEXTS)
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

static void
map_page_digest (guint64 number, const char *text, gsize length, char *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *)&number, sizeof number);
  g_checksum_update (checksum, (const guchar *)text, (gssize)length);
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
platter_map_page_write (int fd, guint64 number, const char *text)
{
  gsize start = number % N_TEXTS * TEXT_BYTES;
  MapPageHead head = { .number = number, .length_bytes = strlen (text) };

  if (head.length_bytes > MAX_LENGTH)
    return FALSE;
  map_page_digest (number, text, head.length_bytes, head.digest);
  return map_page_put (fd, text, head.length_bytes, start + sizeof head)
         && map_page_put (fd, &head, sizeof head, start);
}

/* Returns: (nullable): the text, if it is whole. */
static char *
map_page_read_text (int fd, guint index, const MapPageHead *head)
{
  g_autofree char *text = NULL;
  char digest[DIGEST_BYTES];

  if (head->number == 0 || head->length_bytes > MAX_LENGTH)
    return NULL;
  text = g_malloc (head->length_bytes + 1);
  if (!map_page_get (fd, text, head->length_bytes, index * TEXT_BYTES + sizeof *head))
    return NULL;
  text[head->length_bytes] = '\0';
  map_page_digest (head->number, text, head->length_bytes, digest);
  return memcmp (digest, head->digest, sizeof digest) == 0 ? g_steal_pointer (&text) : NULL;
}

char *
platter_map_page_read (int fd)
{
  MapPageHead heads[N_TEXTS];
  guint newest = 0;
  char *text = NULL;

  for (guint i = 0; i < N_TEXTS; i++)
    if (!map_page_get (fd, &heads[i], sizeof heads[i], i * TEXT_BYTES))
      return NULL;
  for (guint i = 1; i < N_TEXTS; i++)
    if (heads[i].number > heads[newest].number)
      newest = i;
  text = map_page_read_text (fd, newest, &heads[newest]);
  /* The newest may be under way just now; the one before is whole then. */
  for (guint i = 0; i < N_TEXTS && text == NULL; i++)
    if (i != newest)
      text = map_page_read_text (fd, i, &heads[i]);
  return text;
}
