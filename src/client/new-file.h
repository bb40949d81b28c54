// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A file that gets its name only when it is whole.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PlatterNewFile PlatterNewFile;

/**
 * platter_new_file_new:
 *
 * Opens the folder of @path, and no more; later the same folder is meant, whatever becomes of its name. All that can
 * fail here says why in errno.
 *
 * Returns: (transfer full) (nullable)
 */
PlatterNewFile *platter_new_file_new (const char *path);
/** platter_new_file_free: What was begun and has no name yet is removed. */
void platter_new_file_free (PlatterNewFile *self);

/** Returns: (transfer none): the whole path. */
const char *platter_new_file_get_path (const PlatterNewFile *self);
/** Returns: (transfer none): the name in its folder. */
const char *platter_new_file_get_name (const PlatterNewFile *self);
/** Returns: the folder's descriptor, which stays the file's. */
int platter_new_file_get_folder (const PlatterNewFile *self);
/** Returns: the descriptor, open for reading and writing, which stays the file's; -1 before it was begun. */
int platter_new_file_get_fd (const PlatterNewFile *self);
/** Returns: whether something has the name already. */
gboolean platter_new_file_exists (const PlatterNewFile *self);
/** Returns: whether @path is the same name in the same folder, or the same file */
gboolean platter_new_file_is_at (const PlatterNewFile *self, const char *path);
/** Returns: whether its file system is FAT, which holds no file of 4 GiB or more */
gboolean platter_new_file_is_on_fat (const PlatterNewFile *self);
/** platter_new_file_rename: Before it gets its name: as of now that of @path, in the folder that was opened. */
void platter_new_file_rename (PlatterNewFile *self, const char *path);
/** platter_new_file_check: Whether something may be made in the folder: with errno if not. */
gboolean platter_new_file_check (const PlatterNewFile *self);

/** platter_new_file_try_name: Whether its file system takes its name: with errno if not, EEXIST if something has it. */
gboolean platter_new_file_try_name (const PlatterNewFile *self);

/**
 * platter_new_file_begin:
 * @temporary: the name that it has until it is whole
 * @mode: of the file, but for the umask
 *
 * Makes it and locks it (flock), for as long as anybody has this descriptor. A file of that name that nobody has
 * locked was left behind by somebody who died, and is replaced; with a lock it is EWOULDBLOCK. Of several who begin at
 * the same time at most one is told that it is his.
 */
gboolean platter_new_file_begin (PlatterNewFile *self, const char *temporary, unsigned int mode);

/**
 * platter_new_file_begin_beside:
 *
 * The same, but what was left under that name stays, locked, until platter_new_file_take_over(): as long as nobody knows
 * whether this one comes to anything. Until then it has the name @waiting.
 */
gboolean platter_new_file_begin_beside (PlatterNewFile *self,
                                        const char *temporary,
                                        const char *waiting,
                                        unsigned int mode);
/** Returns: whether it is to take the place of something that was left. */
gboolean platter_new_file_has_left (const PlatterNewFile *self);
/** platter_new_file_take_over: It takes the place of what was left. Returns: %FALSE with errno: that is still there */
gboolean platter_new_file_take_over (PlatterNewFile *self);

/**
 * platter_new_file_begin_nameless:
 *
 * The same without any name until it is whole, so that nothing is left by whoever dies before that. It cannot replace
 * anything.
 *
 * Returns: %FALSE with errno also where the file system has no such files.
 */
gboolean platter_new_file_begin_nameless (PlatterNewFile *self, unsigned int mode);

/**
 * platter_new_file_begin_again:
 *
 * Opens and locks what somebody who died, or who left it, has begun under that name. With ENOENT there is nothing.
 */
gboolean platter_new_file_begin_again (PlatterNewFile *self, const char *temporary);
/** platter_new_file_leave: Lets go of what was begun, which stays under its temporary name. */
void platter_new_file_leave (PlatterNewFile *self);
/** platter_new_file_remove_left: Removes what was left under that name. Returns: %FALSE if somebody has it */
gboolean platter_new_file_remove_left (PlatterNewFile *self, const char *temporary);

/**
 * platter_new_file_begin_in_place:
 * @mode: of a file that is made
 *
 * Opens the one that has the name, or makes it, and locks it as platter_new_file_begin() does. One that was there before is
 * never removed.
 */
gboolean platter_new_file_begin_in_place (PlatterNewFile *self, unsigned int mode);

/** platter_new_file_dup_hidden: Returns: (transfer full): the temporary name of an image, ".NAME.platter-part". */
char *platter_new_file_dup_hidden (const PlatterNewFile *self);
/** platter_new_file_dup_waiting: Returns: (transfer full): as long as that is somebody's, ".NAME.platter-next". */
char *platter_new_file_dup_waiting (const PlatterNewFile *self);
/** platter_new_file_add_left: Adds how much room a file of that name in its folder takes. Returns: %FALSE without one */
gboolean
platter_new_file_add_left (const PlatterNewFile *self, const char *temporary, guint64 *bytes);

/** platter_new_file_write: Writes all of @text and flushes it. */
gboolean platter_new_file_write (PlatterNewFile *self, const char *text);

/**
 * platter_new_file_commit:
 * @replace: whether a file that has the name already is replaced; if not, that is EEXIST
 *
 * Flushes it, gives it its name, and flushes the folder.
 */
gboolean platter_new_file_commit (PlatterNewFile *self, gboolean replace);
/** platter_new_file_flush_folder: What was renamed in it is so for good. Returns: %FALSE with errno */
gboolean platter_new_file_flush_folder (const PlatterNewFile *self);
/** Returns: whether it has got its name, also if it was not flushed for sure after that. */
gboolean platter_new_file_is_named (const PlatterNewFile *self);

/** platter_new_file_withdraw: Takes the name away again from one that has got it, and removes it. */
void platter_new_file_withdraw (PlatterNewFile *self);

/** platter_new_file_discard: Removes what was begun; nothing stays that looks like the file. */
void platter_new_file_discard (PlatterNewFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterNewFile, platter_new_file_free)

G_END_DECLS
