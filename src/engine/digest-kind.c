// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One digest, from its beginning to its text.

#include "digest-kind.h"

#include "errors.h"

static const EVP_MD *
digest_kind_get_md (PlatterDigests kind)
{
  switch (kind)
    {
    case PLATTER_DIGEST_SHA256:
      return EVP_sha256 ();
    case PLATTER_DIGEST_SHA512:
      return EVP_sha512 ();
    case PLATTER_DIGEST_SHA1:
      return EVP_sha1 ();
    case PLATTER_DIGEST_MD5:
      return EVP_md5 ();
    case PLATTER_DIGEST_BLAKE2B:
      return EVP_blake2b512 ();
    default:
      return NULL;
    }
}

EVP_MD_CTX *
platter_digest_kind_start (PlatterDigests kind, GError **error)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();

  if (context != NULL && EVP_DigestInit_ex (context, digest_kind_get_md (kind), NULL) == 1)
    return context;
  EVP_MD_CTX_free (context);
  g_set_error (error, PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_UNSUPPORTED,
               "The cryptographic library does not offer a digest that was asked for");
  return NULL;
}

char *
platter_digest_kind_finish (EVP_MD_CTX *context)
{
  guint8 bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  GString *hex = g_string_new (NULL);

  EVP_DigestFinal_ex (context, bytes, &length);
  for (unsigned int i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}
