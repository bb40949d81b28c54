// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the files of new images share.

#pragma once

#include "map-keeper.h"
#include "new-file.h"
#include "new-image.h"
#include "new-pieces.h"
#include "replaced.h"

G_BEGIN_DECLS

enum
{
  FACTS_SUMS,
  FACTS_DOCUMENT,
  N_FACTS,
};

struct _PlatterNewImage
{
  GObject parent_instance;
  PlatterNewFile *file;
  PlatterNewFile *facts[N_FACTS];
  char *name;
  char *whole_name; /* as the file system has it */
  char *
    disk_format; /* (nullable): of one that QEMU's programs write, once it was begun, and its size */
  guint64 disk_bytes;
  PlatterNewPieces *pieces; /* (nullable): those behind the file, if it is made in several */
  gboolean replace;
  PlatterReplaced *replaced; /* (nullable): while it gets its name, what had that */
  char *map_path;            /* (nullable): of one in its place */
  PlatterMapFile *map;       /* (nullable): once that was begun */
  PlatterMapKeeper *keeper;  /* (nullable): while its job runs */
  GError *trouble; /* (nullable): why the map has not the last word, or the image another name */
  GObject *source; /* (nullable): until the job has ended */
  char *texts[N_FACTS]; /* NULL where the image is not to be kept */
  guint n_pieces;       /* once it is finishing */
  gboolean is_finishing;
  gboolean is_kept;
  gboolean is_again; /* it goes on with what was left of it */
  gboolean is_left;  /* what was begun stays, without being an image */
  gboolean is_aside; /* what an earlier job has left has its hidden name */
};

/** platter_new_image_fail: Says that @path cannot be saved, and why: an errno. Returns: %FALSE */
gboolean platter_new_image_fail (const char *path, int code, GError **error);
/** What lies beside an image ends so. */
extern const char *const platter_new_image_endings[N_FACTS];
/**
 * platter_new_image_evade:
 *
 * Takes another name before the image gets one, if something else has been given its own. Looks at the file system.
 *
 * Returns: whether it has, with what is to be told in @error.
 */
gboolean platter_new_image_evade (PlatterNewImage *self, GError **error);
/**
 * platter_new_image_dup_namesake:
 *
 * In one file or in pieces, what lies beside an image has the same names: there can be one of the two only.
 *
 * Returns: (transfer full) (nullable): the path of the image that is there in the other way
 */
char *platter_new_image_dup_namesake (PlatterNewImage *self);
/** platter_new_image_begin_file: Under its hidden name. Returns: %FALSE with errno */
gboolean platter_new_image_begin_file (PlatterNewFile *file, unsigned int mode);
/**
 * platter_new_image_fits_fat:
 * @format: by its name in image-format.h
 * @size_bytes: of what it is to hold
 * @piece_bytes: 0 for one in one file
 *
 * Returns: whether no file of it has to become too large for FAT, where the largest has a byte less than 4 GiB
 */
gboolean platter_new_image_fits_fat (const char *format, guint64 size_bytes, guint64 piece_bytes);

/** platter_new_image_check_map: Of one in its place: whether its map may be where it is said to be, and belongs to it. */
gboolean platter_new_image_check_map (PlatterNewImage *self, gpointer source, GError **error);
gboolean platter_new_image_begin_map (PlatterNewImage *self, GError **error);

G_END_DECLS
