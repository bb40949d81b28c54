// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What the worker is told to do: the content of the message "start", parsed strictly.

#pragma once

#include <glib.h>

#include "engine/transfer.h"
#include "formats/disc.h"

G_BEGIN_DECLS

/** PlatterSpecEndpoint: @hints.name is borrowed from @name. */
typedef struct
{
  guint fd_index;
  char *name;
  PlatterEndpointHints hints;
  gboolean is_packed; /* of the source: it is unpacked as it is read */
  PlatterTrack track; /* of what is packed so: a CD; without sectors it is not */
  gboolean is_pipe;
  guint64 pipe_bytes; /* what is to come through it; 0: nobody knows */
  int
    nbd_index; /* of the source: the socket that it is read through; -1: none; @fd_index: there is no file */
  char *export_name; /* (nullable): of what is read through it */
  int parts_index;   /* of the source: which parts of it are content; -1: all are */
  int more_index;    /* of the target: the socket in which waits what writes it; -1: none */
} PlatterSpecEndpoint;

typedef struct
{
  char *kind; /* "clone", "write", "verify" or "image" */
  PlatterSpecEndpoint source;
  GArray *targets;                /* (element-type PlatterSpecEndpoint): 1 to 32 */
  GArray *expected;               /* (element-type PlatterExpectedDigest) */
  GArray *resume_bytes;           /* (element-type guint64): one a target, or empty */
  PlatterTransferOptions options; /* borrows @expected and @resume_bytes */
  gboolean move_gpt;
  /* Indexes of descriptors, -1 for none: mapfiles to begin with, and where to leave the map. */
  int map_index;
  int domain_index;
  int map_page_index;
  gboolean is_read_through; /* the source is packed, served or a pipe, and its size is found out */
  gboolean is_image;        /* the target is an empty file that is to become one */
  char *format;             /* of the image: "raw", "zst" */
  guint level;              /* how hard to pack it; 0 for the usual */
} PlatterSpec;

/**
 * platter_spec_parse:
 * @content: a{sv}
 * @n_fds: how many descriptors came with it; each has to be used exactly once
 *
 * Returns: (transfer full): or %NULL with %PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, naming the key.
 */
PlatterSpec *platter_spec_parse (GVariant *content, guint n_fds, GError **error);

/** platter_spec_needs_images: Returns: whether more than the plain sectors of drives and files is read or written. */
gboolean platter_spec_needs_images (const PlatterSpec *self);
void platter_spec_free (PlatterSpec *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterSpec, platter_spec_free)

G_END_DECLS
