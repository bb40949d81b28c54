// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Digests of a file, all on the thread that reads it.

#include "file-digests.h"

#include "engine/digest-kind.h"
#include "engine/errors.h"

typedef struct
{
  PlatterDigests kind;
  EVP_MD_CTX *context;
  char *hex;
} FileDigest;

struct _PlatterFileDigests
{
  guint n_digests;
  FileDigest digests[PLATTER_N_DIGESTS];
};

PlatterFileDigests *
platter_file_digests_new (PlatterDigests digests, GError **error)
{
  PlatterFileDigests *self = g_new0 (PlatterFileDigests, 1);

  for (guint i = 0; i < PLATTER_N_DIGESTS; i++)
    {
      FileDigest *digest = &self->digests[self->n_digests];

      if ((digests & (1u << i)) == 0)
        continue;
      self->n_digests++;
      digest->kind = 1u << i;
      digest->context = platter_digest_kind_start (digest->kind, error);
      if (digest->context != NULL)
        continue;
      platter_file_digests_free (self);
      return NULL;
    }
  return self;
}

void
platter_file_digests_free (PlatterFileDigests *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_digests; i++)
    {
      EVP_MD_CTX_free (self->digests[i].context);
      g_free (self->digests[i].hex);
    }
  g_free (self);
}

void
platter_file_digests_add (PlatterFileDigests *self, const guint8 *data, gsize length)
{
  for (guint i = 0; i < self->n_digests; i++)
    EVP_DigestUpdate (self->digests[i].context, data, length);
}

void
platter_file_digests_finish (PlatterFileDigests *self)
{
  for (guint i = 0; i < self->n_digests; i++)
    self->digests[i].hex = platter_digest_kind_finish (self->digests[i].context);
}

const char *
platter_file_digests_get_hex (PlatterFileDigests *self, PlatterDigests digest)
{
  for (guint i = 0; i < self->n_digests; i++)
    if (self->digests[i].kind == digest)
      return self->digests[i].hex;
  return NULL;
}
