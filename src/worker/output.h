// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The file that an image is written to: sectors as they are, packed, or the disk of a virtual machine.

#pragma once

#include "formats/encoder.h"
#include "formats/nbd-writer.h"
#include "spec.h"

G_BEGIN_DECLS

/** How many sockets there can be. */
#define PLATTER_OUTPUT_MAX_SOCKETS 2

/** PlatterOutput: what the endpoint owns; zeroed before it is opened. */
typedef struct
{
  PlatterEncoder *encoder; /* (nullable): what packs it */
  PlatterNbdWriter *disk;  /* (nullable): what has it written by somebody else */
  int sockets[PLATTER_OUTPUT_MAX_SOCKETS];
} PlatterOutput;

/**
 * platter_output_open:
 * @fd: a regular file: empty, or as a job that was cut off has left it, or one that is only read; taken over, also on failure
 * @more: where the descriptors wait that are needed besides; taken over; -1: none are
 *
 * Before the sandbox is closed.
 *
 * Returns: (transfer full): or %NULL with a #PlatterEngineError or %PLATTER_HELPER_ERROR_INVALID_ARGUMENTS.
 */
PlatterEndpoint *platter_output_open (PlatterOutput *self,
                                      int fd,
                                      int more,
                                      const PlatterSpec *spec,
                                      const PlatterEndpointHints *hints,
                                      GError **error);
/** platter_output_get_sockets: @sockets: room for all. Returns: how many it talks on */
guint platter_output_get_sockets (const PlatterOutput *self, int *sockets);
/**
 * platter_output_describe:
 * @file_bytes: (out): how large the file has become
 * @digest: (out) (nullable): its SHA-256, if it was finished
 *
 * Returns: %FALSE of an image that is as long as what is in it, and has the same digest
 */
gboolean
platter_output_describe (const PlatterOutput *self, guint64 *file_bytes, const char **digest);

G_END_DECLS
