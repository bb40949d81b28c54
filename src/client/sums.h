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
 * @list_name: of the file with checksums: in b2sums* what has no tag is BLAKE2b, as b2sum(1) writes it
 * @text: what is in the file; any bytes
 * @length: how many; at most %PLATTER_SUMS_MAX_BYTES are looked at
 * @file_name: of the image, without folders
 * @algorithm: (out) (transfer none): the digest's name in docs/interface.md
 *
 * Knows "hash  name", "hash *name", either with GNU's backslashes, "SHA256 (name) = hash", "SHA2-256(name)= hash" and a file
 * of nothing but a hash, and comments behind "#"; UTF-16, too, if it is marked. Names may have folders before them. Two
 * different digests of one kind for the same name count as none. The best kind wins.
 *
 * Returns: (transfer full) (nullable): the digest in lower-case hex.
 */
char *platter_sums_find (const char *list_name,
                         const char *text,
                         gsize length,
                         const char *file_name,
                         const char **algorithm);

/** PlatterSums: what is promised of an image; empty if it is zeros. */
typedef struct
{
  char *digest;          /* (nullable): in lower-case hex */
  const char *algorithm; /* the digest's name in docs/interface.md */
  char *name;            /* of the file that has the digest, for people */
  char *
    silent_name; /* (nullable): of one that is called after the image and tells nothing of it, for people */
} PlatterSums;

/**
 * platter_sums_find_beside:
 * @self: (inout): what was found before stays, unless this is better
 * @path: of the image
 * @other_name: (nullable): another name without folders by which what lies there may call it
 *
 * Looks into SHA256SUMS, sha256sum.txt, IMAGE.sha256 and their like beside the image; the best kind wins, of one kind
 * what tells of this image alone. Blocks.
 */
void platter_sums_find_beside (PlatterSums *self, const char *path, const char *other_name);

/**
 * platter_sums_find_remote:
 *
 * The same, of an image that only GIO can read; each look is a question to a server, so only the usual names are tried, and
 * as servers answer for pages that are not there, none is called silent.
 */
void platter_sums_find_remote (PlatterSums *self, GFile *image, GCancellable *cancellable);
void platter_sums_clear (PlatterSums *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PlatterSums, platter_sums_clear)

G_END_DECLS
