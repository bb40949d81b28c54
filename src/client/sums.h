// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Files with checksums as distributors put them beside their images.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** The most that is read of such a file, in bytes: Debian's largest has some 20 KB. */
#define PLATTER_SUMS_MAX_BYTES (1024 * 1024)

/**
 * platter_sums_find:
 * @text: what is in the file; any bytes
 * @length: how many; at most %PLATTER_SUMS_MAX_BYTES are looked at
 * @file_name: of the image, without folders
 * @algorithm: (out) (transfer none): the digest's name in docs/interface.md
 *
 * Knows "hash  name", "hash *name", "SHA256 (name) = hash" and a file of nothing but a hash. Names may have
 * folders before them. Two different digests of one kind for the same name count as none. The best kind wins.
 *
 * Returns: (transfer full) (nullable): the digest in lower-case hex.
 */
char *
platter_sums_find (const char *text, gsize length, const char *file_name, const char **algorithm);

/**
 * platter_sums_find_beside:
 * @path: of the image
 * @file_name: (nullable): the name of another image, of which what lies beside @path may tell
 * @algorithm: (out) (transfer none)
 * @sums_name: (out) (transfer full): the name of the file that has the digest
 *
 * Looks into SHA256SUMS, sha256sum.txt, IMAGE.sha256 and their like beside the image; the best kind wins, of one kind
 * what tells of this image alone. Blocks.
 *
 * Returns: (transfer full) (nullable): the digest in lower-case hex.
 */
char *platter_sums_find_beside (const char *path,
                                const char *file_name,
                                const char **algorithm,
                                char **sums_name);

/**
 * platter_sums_find_remote:
 *
 * The same, of an image that only GIO can read; each look is a question to a server, so only the usual names are tried.
 */
char *platter_sums_find_remote (GFile *image,
                                GCancellable *cancellable,
                                const char **algorithm,
                                char **sums_name);

G_END_DECLS
