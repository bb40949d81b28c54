// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What an operand of the command line is: a drive or an image.

#pragma once

#include "../client/drives.h"
#include "../client/image.h"
#include "options.h"

G_BEGIN_DECLS

/** platter_operand_load_drives: UDisks2's list; without UDisks2 it stays empty and drives are the kernel's. */
PlatterDrives *platter_operand_load_drives (void);

/** Returns: whether @name is a node below /dev or an object path of UDisks2. */
gboolean platter_operand_is_drive (const char *name);

/** Returns: (transfer full): the image file, or, of "-", what comes through standard input; or %NULL; an URL is refused with %G_OPTION_ERROR. */
PlatterImage *platter_operand_open_image (const char *name, GError **error);

/** Returns: (transfer full): a #PlatterDrive or a #PlatterImage, or %NULL. */
gpointer platter_operand_open (PlatterDrives *drives, const char *name, GError **error);

/**
 * platter_operand_choose_bmap:
 * @operand: a drive or an image
 *
 * The one that the options name, none, or the one beside the image, which must be good then.
 */
gboolean
platter_operand_choose_bmap (gpointer operand, const PlatterOptions *options, GError **error);
/** Returns: whether it is an image of which only parts are content. */
gboolean platter_operand_has_bmap (gpointer operand);
/** platter_operand_tell_bmap: On stderr, unless nothing is to be told. */
void platter_operand_tell_bmap (gpointer operand, const PlatterOptions *options);

G_END_DECLS
