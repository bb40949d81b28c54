// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What a request comes to on this machine at this moment: its drives looked up, and every rule asked.

#pragma once

#include <gio/gio.h>

#include "device/file-state.h"
#include "request.h"

G_BEGIN_DECLS

/** PlatterPlanSide: facts about a source or target, for people, polkit and the worker. */
typedef struct
{
  gboolean is_image;
  gboolean is_packed; /* what it holds is not known here */
  char *name;         /* vendor and model, or the file's */
  char *device;       /* "/dev/sda"; empty for an image */
  char *serial;       /* as the client was told it */
  char
    *kernel_serial; /* (nullable): what sysfs must say; %NULL if UDisks2's is the one that counts */
  guint64 size_bytes;
  PlatterFileState state; /* of a file that is read, and not made */
  gboolean is_mounted;
  guint64 written_bytes; /* to the drive, by anybody, so far */
  guint queue_depth;
  guint64 write_zeroes_max_bytes;
  gboolean is_rotational;
  gboolean is_removable;
} PlatterPlanSide;

/** PlatterPlan: immutable. */
typedef struct
{
  guint64 size_bytes; /* to copy or to compare; 0: all that a packed image holds */
  GPtrArray *sides;   /* (element-type PlatterPlanSide): in the order of the request */
  /* (nullable) (element-type guint64): up to where each target was durable, in a job that goes on */
  GArray *resume_bytes;
  GBytes *
    resume_map; /* (nullable): of a rescue that goes on: those of its targets, with a zero byte between them */
  GBytes *domain; /* (nullable): of a rescue: what is wanted, as far as it could be read */
} PlatterPlan;

/**
 * platter_plan_new:
 * @bus: (nullable): the system bus
 * @can_unmount: whether what is mounted of a target is still to be unmounted
 *
 * Looks at everything that the request names and asks all rules of device/guard.h. It may block: call it in a thread.
 * Its answer is true for one moment only, so it is asked before polkit and again with the drives open.
 *
 * Returns: (transfer full): or %NULL with #PlatterDeviceError or #PlatterHelperError.
 */
PlatterPlan *platter_plan_new (const PlatterRequest *request,
                               GDBusConnection *bus,
                               gboolean can_unmount,
                               GError **error);
void platter_plan_free (PlatterPlan *self);
const PlatterPlanSide *platter_plan_get_side (const PlatterPlan *self, guint index);

/** Returns: of one file that is read: when it was last written to, in ns since 1970; 0: it is none, or not known of all of it. */
gint64 platter_plan_side_get_modified_ns (const PlatterPlanSide *self,
                                          const PlatterRequestSide *asked);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterPlan, platter_plan_free)

G_END_DECLS
