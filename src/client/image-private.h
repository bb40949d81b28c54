// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an image is made of, for the files that open one.

#pragma once

#include "bmap.h"
#include "formats/archive-choice.h"
#include "formats/format.h"
#include "image-pieces.h"
#include "image.h"
#include "nbd-address.h"
#include "sums.h"
#include "virtual-disk.h"

G_BEGIN_DECLS

struct _PlatterImage
{
  GObject parent_instance;
  char *path;
  char *name;
  char *kind;
  char *packing;
  PlatterArchiveChoice *choice;   /* (nullable): of an archive */
  const PlatterVirtualDisk *disk; /* (nullable): of a virtual machine */
  PlatterNbdAddress *server;      /* (nullable): it is somewhere else */
  PlatterImagePieces *pieces;     /* (nullable): it is split */
  PlatterTrack track;             /* of a CD; else it has no sectors */
  char *data_path; /* (nullable): of the CD's sectors, if @path is of a sheet that names them */
  GFile *remote;   /* (nullable): it is somewhere else, and read through GIO */
  gboolean is_pipe;
  guint64 size_bytes; /* its own, whatever a bmap says; 0: that shows only when it is unpacked */
  guint64 file_bytes;
  guint64 end_bytes; /* as in PlatterLooked */
  guint end_partition;
  PlatterFormat format;
  int fd;
  GListStore *partitions;
  PlatterSums sums;
  PlatterBmap *bmap;  /* (nullable): which parts of it are content */
  GError *bmap_fault; /* (nullable): why the one beside it cannot be used */
};

/** platter_image_find_sums: In image-sums.c: looks for a file with checksums beside it. */
void platter_image_find_sums (PlatterImage *self);
/** platter_image_find_bmap: In image-bmap.c: looks for one beside it. */
void platter_image_find_bmap (PlatterImage *self);

/**
 * platter_image_find_disc:
 * @head: the first bytes of the file
 * @kind: (out): if it is one, how its tracks are told
 *
 * In image-disc.c. Told by some bytes that are compared, or by its name; nothing is parsed.
 *
 * Returns: whether it is the image of a CD, which platter_image_open_disc() then goes on with.
 */
gboolean platter_image_find_disc (PlatterImage *self,
                                  const guint8 *head,
                                  gsize length,
                                  PlatterDiscKind *kind);

/**
 * platter_image_open_disc:
 *
 * Finds out where its track of data is, and what is on that. Of a sheet, the image goes on with the file that it names.
 */
gboolean platter_image_open_disc (PlatterImage *self, PlatterDiscKind kind, GError **error);

/** platter_image_open_remote: Goes on with one that GIO reads. @self: (transfer full) */
PlatterImage *platter_image_open_remote (PlatterImage *self,
                                         GFile *file,
                                         GCancellable *cancellable,
                                         GError **error);

/** platter_image_open_pieces: Goes on with one that is in pieces. @self: (transfer full) */
PlatterImage *platter_image_open_pieces (PlatterImage *self, GError **error);

G_END_DECLS
