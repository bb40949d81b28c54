// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What OpenWrt puts behind the end of its images: what they are for, and a signature.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The most that it is, in bytes: fwtool puts 30 KiB of one and 1 KiB of the other. */
#define PLATTER_FWTOOL_MAX_BYTES (256 * 1024)

/**
 * platter_fwtool_is_all:
 * @data: the last bytes of the file
 * @n_zeros: how many zeros are in front of them
 *
 * As openwrt/fwtool writes it: parts, each with a trailer behind it that says how long the part is. Whether they are all that
 * there is, but for zeros in front of them. Their checksum is of the whole file, and is not looked at.
 */
gboolean platter_fwtool_is_all (const guint8 *data, gsize length, guint64 n_zeros);

G_END_DECLS
