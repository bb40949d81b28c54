// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The options of a request.

#include "options.h"

#include <string.h>

#include "dbus/arguments.h"
#include "dbus/errors.h"

#define OPTIONS_MAX_REPAIRS 3
#define OPTIONS_DEFAULT_STALL_TIMEOUT_S 120
#define OPTIONS_MAX_STALL_TIMEOUT_S (24 * 60 * 60)

static const PlatterArgument options_keys[] = {
  { "verify", "b", FALSE },       { "unmount", "b", FALSE }, { "digests", "as", FALSE },
  { "expected", "a{ss}", FALSE }, { "repairs", "u", FALSE }, { "stall-timeout", "u", FALSE },
  { "shorter", "b", FALSE },      { "queue", "s", FALSE },   { "resume", "u", FALSE },
};

static const struct
{
  const char *name;
  gsize hex_length;
} options_digests[] = {
  { "sha256", 64 }, { "sha512", 128 }, { "sha1", 40 }, { "md5", 32 }, { "blake2b", 128 },
};

static const char *const options_queues[] = { "auto", "io_uring", "threads", NULL };

static gboolean
options_refuse (GError **error, const char *what)
{
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, what);
  return FALSE;
}

static gsize
options_get_hex_length (const char *digest)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options_digests); i++)
    if (strcmp (options_digests[i].name, digest) == 0)
      return options_digests[i].hex_length;
  return 0;
}

static gboolean
options_check_digests (const PlatterRequest *request, GError **error)
{
  if (g_strv_length (request->digests) > G_N_ELEMENTS (options_digests))
    return options_refuse (error, "There are too many “digests”.");
  for (guint i = 0; request->digests[i] != NULL; i++)
    if (options_get_hex_length (request->digests[i]) == 0)
      return options_refuse (error, "“digests” holds an unknown name.");
  return TRUE;
}

static gboolean
options_check_expected (const PlatterRequest *request, GError **error)
{
  GVariantIter iter;
  const char *name;
  const char *hex;

  if (g_variant_n_children (request->expected) > 0 && request->kind != PLATTER_REQUEST_WRITE)
    return options_refuse (error, "“expected” is only for writing an image.");
  if (g_variant_n_children (request->expected) > G_N_ELEMENTS (options_digests))
    return options_refuse (error, "“expected” has too many entries.");
  g_variant_iter_init (&iter, request->expected);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &hex))
    {
      gsize length = options_get_hex_length (name);
      if (length == 0 || strlen (hex) != length || strspn (hex, "0123456789abcdef") != length)
        return options_refuse (error, "“expected” holds what is no digest in lower-case hex.");
    }
  return TRUE;
}

static gboolean
options_check (const PlatterRequest *request, GError **error)
{
  if (request->repairs > OPTIONS_MAX_REPAIRS)
    return options_refuse (error, "“repairs” is more than 3.");
  if (request->stall_timeout_s > OPTIONS_MAX_STALL_TIMEOUT_S)
    return options_refuse (error, "“stall-timeout” is more than a day.");
  if (!g_strv_contains (options_queues, request->queue))
    return options_refuse (error, "“queue” is none of auto, io_uring and threads.");
  if (request->shorter && request->kind != PLATTER_REQUEST_VERIFY)
    return options_refuse (error, "“shorter” is only for comparing.");
  if (request->unmount && !platter_request_overwrites (request))
    return options_refuse (error, "“unmount” is only for drives that are overwritten.");
  if (request->resume != 0 && !platter_request_overwrites (request))
    return options_refuse (error, "“resume” is only for drives that are overwritten.");
  return options_check_digests (request, error) && options_check_expected (request, error);
}

gboolean
platter_options_read (PlatterRequest *request, GVariant *options, GError **error)
{
  static const char *const sha256[] = { "sha256", NULL };
  static const char *const none[] = { NULL };
  gboolean has_image
    = platter_request_get_side (request, 0)->is_image || request->kind == PLATTER_REQUEST_IMAGE;

  if (!platter_arguments_check (options, options_keys, G_N_ELEMENTS (options_keys), error))
    return FALSE;
  request->verify = TRUE;
  request->repairs = OPTIONS_MAX_REPAIRS;
  request->stall_timeout_s = OPTIONS_DEFAULT_STALL_TIMEOUT_S;
  g_variant_lookup (options, "verify", "b", &request->verify);
  g_variant_lookup (options, "unmount", "b", &request->unmount);
  g_variant_lookup (options, "shorter", "b", &request->shorter);
  g_variant_lookup (options, "repairs", "u", &request->repairs);
  g_variant_lookup (options, "resume", "u", &request->resume);
  g_variant_lookup (options, "stall-timeout", "u", &request->stall_timeout_s);
  if (!g_variant_lookup (options, "digests", "^as", &request->digests))
    request->digests = g_strdupv ((char **)(has_image ? sha256 : none));
  if (!g_variant_lookup (options, "expected", "@a{ss}", &request->expected))
    request->expected = g_variant_ref_sink (g_variant_new ("a{ss}", NULL));
  if (!g_variant_lookup (options, "queue", "s", &request->queue))
    request->queue = g_strdup ("auto");
  return options_check (request, error);
}

GVariant *
platter_options_build (const PlatterRequest *request)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "verify", "b", request->verify);
  g_variant_dict_insert (&options, "unmount", "b", request->unmount);
  g_variant_dict_insert (&options, "digests", "^as", request->digests);
  g_variant_dict_insert (&options, "expected", "@a{ss}", request->expected);
  g_variant_dict_insert (&options, "repairs", "u", request->repairs);
  g_variant_dict_insert (&options, "stall-timeout", "u", request->stall_timeout_s);
  g_variant_dict_insert (&options, "shorter", "b", request->shorter);
  g_variant_dict_insert (&options, "queue", "s", request->queue);
  return g_variant_dict_end (&options);
}
