// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The kinds of digests in terms of the cryptographic library.

#pragma once

#include "transfer.h"

#include <openssl/evp.h>

G_BEGIN_DECLS

#define PLATTER_N_DIGESTS 5

/** Returns: (transfer full): or %NULL with %PLATTER_ENGINE_ERROR_UNSUPPORTED. */
EVP_MD_CTX *platter_digest_kind_start (PlatterDigests kind, GError **error);
/** Returns: (transfer full): in lower-case hexadecimal. */
char *platter_digest_kind_finish (EVP_MD_CTX *context);

G_END_DECLS
