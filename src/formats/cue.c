// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Cue sheets.

#include <string.h>

#include "disc-look.h"

#define FRAMES_PER_SECOND 75
#define MAX_WORDS 4
#define MAX_TRACKS 99

/* How far the sheet was read. */
typedef struct
{
  PlatterDisc *disc;
  guint32 line;
  char *file;             /* (nullable): that the next tracks are in */
  gboolean is_binary;     /* it holds sectors and nothing else */
  gboolean is_track;      /* a track has begun */
  guint32 track_bytes;    /* how large its sectors are */
  guint32 sector_bytes;   /* and those behind the last index */
  guint32 start;          /* of the track of data, in sectors */
  guint32 position;       /* of the last index in the file, in sectors */
  guint64 position_bytes; /* the same */
  gboolean has_index;     /* there was one in the file */
  gboolean is_taken;      /* this is the track of data */
  gboolean is_begun;      /* and its start is known */
  gboolean is_ended;      /* and its end */
} Cue;

static const struct
{
  const char *name;
  gboolean is_data;
  gboolean is_form2;
  guint32 kind;
  guint32 sector_bytes;
} cue_modes[] = {
  { "AUDIO", FALSE, FALSE, 0, 2352 },
  { "CDG", FALSE, FALSE, 0, 2448 },
  { "MODE1/2048", TRUE, FALSE, PLATTER_TRACK_PLAIN, 2048 },
  { "MODE1/2352", TRUE, FALSE, PLATTER_TRACK_MODE1, 2352 },
  { "MODE1/2448", TRUE, FALSE, PLATTER_TRACK_MODE1, 2448 },
  { "MODE2/2048", TRUE, FALSE, PLATTER_TRACK_PLAIN, 2048 },
  { "MODE2/2324", TRUE, TRUE, 0, 2324 },
  { "MODE2/2336", TRUE, FALSE, PLATTER_TRACK_MODE2_BARE, 2336 },
  { "MODE2/2352", TRUE, FALSE, PLATTER_TRACK_MODE2, 2352 },
  { "MODE2/2448", TRUE, FALSE, PLATTER_TRACK_MODE2, 2448 },
  { "CDI/2336", TRUE, FALSE, PLATTER_TRACK_MODE2_BARE, 2336 },
  { "CDI/2352", TRUE, FALSE, PLATTER_TRACK_MODE2, 2352 },
};

static gboolean
cue_fail (Cue *self, PlatterDiscState state)
{
  self->disc->state = state;
  self->disc->line = self->line;
  return FALSE;
}

static gboolean
cue_is (const char *word, const char *other)
{
  return word != NULL && g_ascii_strcasecmp (word, other) == 0;
}

/* Cuts a line into words, of which one may be in quotes. */
static void
cue_split (char *line, char **words)
{
  for (guint i = 0; i < MAX_WORDS; i++)
    {
      char end = ' ';

      line += strspn (line, " \t");
      words[i] = *line != '\0' ? line : NULL;
      if (*line == '"')
        {
          end = '"';
          words[i] = ++line;
        }
      while (*line != '\0' && *line != end && !(end == ' ' && *line == '\t'))
        line++;
      if (*line != '\0')
        *line++ = '\0';
    }
}

/* A name with blanks and without quotes is all but the last word. */
static char *
cue_take_file (char *line, const char **type)
{
  char *start = line + strspn (line, " \t");
  char *end = NULL;

  g_strchomp (start);
  if (*start == '"')
    {
      end = strrchr (++start, '"');
      *type = end != NULL ? end + 1 + strspn (end + 1, " \t") : "";
    }
  else
    {
      end = MAX (strrchr (start, ' '), strrchr (start, '\t'));
      *type = end != NULL ? end + 1 : "";
    }
  return g_strndup (start, end != NULL ? (gsize)(end - start) : strlen (start));
}

/* @rest: of the line */
static gboolean
cue_add_file (Cue *self, char *rest)
{
  const char *type = NULL;

  /* The track ends with its file. */
  self->is_ended = self->is_begun;
  g_free (self->file);
  self->file = g_strchomp (cue_take_file (rest, &type));
  self->is_binary = cue_is (type, "BINARY");
  self->is_track = FALSE;
  self->has_index = FALSE;
  self->position = 0;
  self->position_bytes = 0;
  self->disc->n_files++;
  if (self->file[0] == '\0' || (self->is_taken && !self->is_begun))
    return cue_fail (self, PLATTER_DISC_DAMAGED);
  return TRUE;
}

static gboolean
cue_take_track (Cue *self, guint mode)
{
  PlatterDisc *disc = self->disc;

  self->is_taken = TRUE;
  disc->number = disc->n_tracks;
  disc->track.kind = cue_modes[mode].kind;
  disc->track.sector_bytes = cue_modes[mode].sector_bytes;
  if (cue_modes[mode].is_form2)
    return cue_fail (self, PLATTER_DISC_FORM2);
  if (!self->is_binary)
    return cue_fail (self, PLATTER_DISC_UNKNOWN_MODE);
  if (!platter_disc_is_name (self->file))
    return cue_fail (self, PLATTER_DISC_OUTSIDE);
  disc->file = g_strdup (self->file);
  return TRUE;
}

static gboolean
cue_add_track (Cue *self, char **words)
{
  guint mode = 0;

  while (mode < G_N_ELEMENTS (cue_modes) && !cue_is (words[2], cue_modes[mode].name))
    mode++;
  if (self->file == NULL || words[2] == NULL || self->disc->n_tracks == MAX_TRACKS
      || (self->is_taken && !self->is_begun))
    return cue_fail (self, PLATTER_DISC_DAMAGED);
  self->disc->n_tracks++;
  self->is_track = TRUE;
  if (mode == G_N_ELEMENTS (cue_modes))
    return (self->is_begun && self->is_ended) || cue_fail (self, PLATTER_DISC_UNKNOWN_MODE);
  if (!cue_modes[mode].is_data)
    self->disc->n_audio++;
  if (cue_modes[mode].is_data && !self->is_taken && !cue_take_track (self, mode))
    return FALSE;
  /* Where this one begins is counted in the sectors of the one before, if there is one in the file. */
  self->track_bytes = cue_modes[mode].sector_bytes;
  if (!self->has_index)
    self->sector_bytes = self->track_bytes;
  return TRUE;
}

/* "mm:ss:ff". Returns: whether it is such. */
static gboolean
cue_parse_time (const char *text, guint32 *frames)
{
  guint64 numbers[3] = { 0 };
  const char *at = text;

  for (guint i = 0; i < 3; i++)
    {
      char *end = NULL;

      if (at == NULL || !g_ascii_isdigit (*at))
        return FALSE;
      numbers[i] = g_ascii_strtoull (at, &end, 10);
      if (end - at > 3 || *end != (i < 2 ? ':' : '\0'))
        return FALSE;
      at = end + 1;
    }
  *frames = (guint32)((numbers[0] * 60 + numbers[1]) * FRAMES_PER_SECOND + numbers[2]);
  return numbers[1] < 60 && numbers[2] < FRAMES_PER_SECOND;
}

static gboolean
cue_add_index (Cue *self, char **words)
{
  PlatterTrack *track = &self->disc->track;
  guint32 frames = 0;

  if (!self->is_track || words[1] == NULL || !cue_parse_time (words[2], &frames)
      || frames < self->position)
    return cue_fail (self, PLATTER_DISC_DAMAGED);
  self->position_bytes += (guint64)(frames - self->position) * self->sector_bytes;
  self->position = frames;
  self->has_index = TRUE;
  if (self->is_taken && !self->is_begun && g_ascii_strtoull (words[1], NULL, 10) == 1)
    {
      self->is_begun = TRUE;
      track->offset_bytes = self->position_bytes;
      self->start = frames;
    }
  else if (self->is_begun && !self->is_ended && self->disc->n_tracks > self->disc->number)
    {
      self->is_ended = TRUE;
      track->n_sectors = frames - self->start;
      if (track->n_sectors == 0)
        return cue_fail (self, PLATTER_DISC_DAMAGED);
    }
  self->sector_bytes = self->track_bytes;
  return TRUE;
}

static gboolean
cue_add_line (Cue *self, char *line)
{
  char *words[MAX_WORDS] = { NULL };
  char *start = line + strspn (line, " \t");

  if (g_ascii_strncasecmp (start, "FILE", 4) == 0 && (start[4] == ' ' || start[4] == '\t'))
    return cue_add_file (self, start + 4);
  cue_split (start, words);
  if (cue_is (words[0], "TRACK"))
    return cue_add_track (self, words);
  if (cue_is (words[0], "INDEX"))
    return cue_add_index (self, words);
  if (cue_is (words[0], "REM") && cue_is (words[1], "SESSION") && words[2] != NULL)
    self->disc->n_sessions
      = MAX (self->disc->n_sessions, (guint32)MIN (g_ascii_strtoull (words[2], NULL, 10), 99));
  return TRUE;
}

/* What is no UTF-8 may be in any encoding; then a name is one of Latin-1, which at least is one. */
static char *
cue_dup_text (const guint8 *data, gsize length)
{
  GString *text = NULL;

  if (length >= 2 && data[0] == 0xff && data[1] == 0xfe)
    {
      g_autofree gunichar2 *wide = g_new0 (gunichar2, length / 2);
      char *converted = NULL;

      for (gsize i = 0; i < length / 2 - 1; i++)
        wide[i] = (gunichar2)(data[2 + 2 * i] | data[3 + 2 * i] << 8);
      converted = g_utf16_to_utf8 (wide, (glong)(length / 2 - 1), NULL, NULL, NULL);
      return converted != NULL ? converted : g_strdup ("");
    }
  if (length >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    {
      data += 3;
      length -= 3;
    }
  if (g_utf8_validate ((const char *)data, (gssize)length, NULL))
    return g_strndup ((const char *)data, length);
  text = g_string_sized_new (length);
  for (gsize i = 0; i < length && data[i] != 0; i++)
    g_string_append_unichar (text, data[i]);
  return g_string_free (text, FALSE);
}

static void
cue_judge (Cue *self)
{
  PlatterDisc *disc = self->disc;

  self->line = 0;
  if (disc->n_tracks == 0)
    cue_fail (self, PLATTER_DISC_NO_TRACK);
  else if (!self->is_taken)
    cue_fail (self, PLATTER_DISC_AUDIO);
  else if (!self->is_begun || !platter_track_is_valid (&disc->track))
    cue_fail (self, PLATTER_DISC_DAMAGED);
}

void
platter_cue_parse (const guint8 *data, gsize length, PlatterDisc *disc)
{
  g_autofree char *text = cue_dup_text (data, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  Cue self = { .disc = disc };
  gboolean is_good = TRUE;

  *disc = (PlatterDisc){ .n_sessions = 1 };
  for (guint i = 0; lines[i] != NULL && is_good; i++)
    {
      self.line = i + 1;
      is_good = cue_add_line (&self, g_strchomp (lines[i]));
    }
  if (is_good)
    cue_judge (&self);
  g_free (self.file);
}
