// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The formats that images are made in, for people and by the names of files.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PlatterImageFormat: static. */
typedef struct
{
  const char *name;   /* docs/interface.md has it: "raw" */
  const char *ending; /* of a file's name: ".img" */
  guint max_level;    /* 0 where there is none to choose */
  gboolean is_plain;  /* what is not zeros takes its full room */
} PlatterImageFormat;

/** Returns: (nullable): the format of that name */
const PlatterImageFormat *platter_image_format_find (const char *name);

/**
 * platter_image_format_of_path:
 *
 * By the ending of its name: plain sectors if that says nothing.
 *
 * Returns: (nullable): %NULL if the ending is that of a format which is not made here
 */
const PlatterImageFormat *platter_image_format_of_path (const char *path);

/** Returns: whether it is the disk of a virtual machine, which QEMU's programs make. */
gboolean platter_image_format_is_disk (const PlatterImageFormat *self);

/** Returns: how many there are; the plain one is the first. */
guint platter_image_format_get_n (void);
const PlatterImageFormat *platter_image_format_get_nth (guint index);

/** Returns: (transfer none): what it is called in a list to choose from; translated. */
const char *platter_image_format_get_title (const PlatterImageFormat *self);
/** Returns: (transfer none): what speaks for it; translated. */
const char *platter_image_format_get_subtitle (const PlatterImageFormat *self);

G_END_DECLS
