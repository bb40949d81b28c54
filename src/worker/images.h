// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a worker can do with image files: the one part of it that unpacks and packs. The worker for drives alone is made
// without, so that a clone has no library for foreign formats in its process, and starts without loading any.

#pragma once

#include "dbus/wire.h"
#include "report.h"
#include "spec.h"

G_BEGIN_DECLS

/** A server that is read, and those of a disk that is made. */
#define PLATTER_IMAGES_MAX_SOCKETS 3

/** The image, or images, of one session. Lives to the end of the process. */
typedef struct _PlatterImages PlatterImages;

/** PlatterImagesClass: All of it is for the session's thread. */
typedef struct
{
  /** @spec: borrowed; it outlives the result. */
  PlatterImages *(*make) (const PlatterSpec *spec);
  /** Before the sandbox closes. Returns: (transfer full): or %NULL with @error. */
  PlatterEndpoint *(*open_source) (PlatterImages *self, PlatterWireMessage *start, GError **error);
  /** The same of an image that is made. @fd: taken over, also on failure */
  PlatterEndpoint *(*open_target) (PlatterImages *self,
                                   PlatterWireMessage *start,
                                   int fd,
                                   const PlatterSpecEndpoint *target,
                                   GError **error);
  /** Limits the process's memory, if what it will unpack could ask for any amount of it. */
  gboolean (*limit_memory) (PlatterImages *self, guint n_targets, GError **error);
  /** @sockets: room for %PLATTER_IMAGES_MAX_SOCKETS. Returns: how many the sandbox has to leave open */
  guint (*get_sockets) (PlatterImages *self, int *sockets);
  /** The first look at what somebody has packed: once the sandbox is closed. Tells @transfer what it finds. */
  gboolean (*start) (PlatterImages *self, PlatterTransfer *transfer, GError **error);
  /** After the transfer has ended: what the report says of an image that was packed. */
  void (*describe) (PlatterImages *self, PlatterReportPacked *packed);
} PlatterImagesClass;

/** platter_images_get_class: Linked to the worker for images only. */
const PlatterImagesClass *platter_images_get_class (void);

G_END_DECLS
