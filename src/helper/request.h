// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a client asked for, copied out of its message once and never changed.

#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <sys/types.h>

G_BEGIN_DECLS

/** One source and 32 targets: as many as a message to the worker carries. */
#define PLATTER_REQUEST_MAX_TARGETS 32
#define PLATTER_REQUEST_MAX_BYTES (64 * 1024)

typedef enum
{
  PLATTER_REQUEST_CLONE,
  PLATTER_REQUEST_WRITE,
  PLATTER_REQUEST_VERIFY,
  PLATTER_REQUEST_IMAGE,
} PlatterRequestKind;

/** PlatterRequestSide: a source or a target, as the client saw it. */
typedef struct
{
  gboolean is_image;
  dev_t number; /* of a drive, as the next four */
  guint64 diskseq;
  guint64 size_bytes;
  char *serial;
  char *object; /* (nullable): its path in UDisks2 */
  int fd;       /* of an image, as all that follow */
  int nbd_fd;   /* the socket to a server of it, -1: none; @fd if there is no file */
  int parts_fd; /* what tells which parts of it are content, -1: all are */
  int more_fd;  /* the socket in which waits what is needed to write it, -1: the file does */
  gboolean is_packed;
  GVariant *track; /* (nullable): of a CD, which is packed so; only the worker looks into it */
  gboolean is_pipe;
  char *export_name; /* (nullable): by which the server knows it */
  char *path; /* (nullable): where the client says that it is; kept for it, and never looked at */
  char *name;
} PlatterRequestSide;

/** PlatterRequestDrive: a drive that a request is about. */
typedef struct
{
  dev_t number;
  gboolean is_written;
} PlatterRequestDrive;

/** PlatterRequest: immutable, so that any thread may read it. docs/interface.md has what the options mean. */
typedef struct
{
  PlatterRequestKind kind;
  GPtrArray *sides; /* (element-type PlatterRequestSide): the source, then the targets */
  gboolean verify;
  gboolean unmount;
  gboolean shorter;
  GStrv digests;
  GVariant *expected; /* a{ss} */
  guint32 repairs;
  guint32 stall_timeout_s;
  char *queue;
  char *on_error;
  gboolean rescue;
  guint32 retries;
  guint64 error_limit;
  guint32 time_limit_s;
  gboolean zero_bad;
  int map_fd; /* mapfiles for a rescue, of the descriptors below; -1: none */
  int domain_fd;
  guint32 resume; /* the number of the job that goes on; 0: none */
  char *format;   /* of an image that is made, as the next three */
  guint32 level;
  gboolean replace;    /* the client's own, kept for whoever resumes it, as the next one */
  guint64 split_bytes; /* 0: not split */
  GArray *fds;         /* (element-type int): all that came with the message */
} PlatterRequest;

/**
 * platter_request_new:
 * @parameters: of Clone, Write, Verify or Image
 * @fds: (nullable): what came with the message; all of it is taken over, also on failure
 *
 * Reads strictly: nothing unknown, nothing missing, every index of a descriptor in range, and exactly as many
 * descriptors as images. It only reads the message; whether the descriptors and drives are good is to be found out
 * in a thread (plan.h), because even fstat() may wait for somebody's FUSE file.
 *
 * Returns: (transfer full): or %NULL with %PLATTER_HELPER_ERROR_INVALID_ARGUMENTS.
 */
PlatterRequest *platter_request_new (PlatterRequestKind kind,
                                     GVariant *parameters,
                                     GUnixFDList *fds,
                                     GError **error);
/** platter_request_close: Lets go of all files that came with it: from now on it only says what was asked for. */
void platter_request_close (PlatterRequest *self);
PlatterRequest *platter_request_ref (PlatterRequest *self);
/** platter_request_unref: The last one closes the descriptors, in a thread of its own. */
void platter_request_unref (PlatterRequest *self);

/** Returns: whether drives are overwritten. */
gboolean platter_request_overwrites (const PlatterRequest *self);
/** Returns: whether it is done from the start to the end, be it until it meets an error and asks; of any other the map is kept. */
gboolean platter_request_is_plain (const PlatterRequest *self);
/**
 * Returns: whether it could be resumed: what comes out of a pipe cannot, nor can the disk of a virtual machine, which its
 * server has not finished. A rescue into an image has a map of its own beside it.
 */
gboolean platter_request_can_go_on (const PlatterRequest *self);
const PlatterRequestSide *platter_request_get_side (const PlatterRequest *self, guint index);
/** Returns: "clone", "write", "verify", "image". */
const char *platter_request_get_kind_name (const PlatterRequest *self);
/** Returns: (transfer full) (element-type PlatterRequestDrive): all its drives. */
GArray *platter_request_dup_drives (const PlatterRequest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterRequest, platter_request_unref)

G_END_DECLS
