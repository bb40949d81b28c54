// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The options of a request.

#include "options.h"

#include <string.h>

#include "dbus/arguments.h"
#include "dbus/errors.h"

#define OPTIONS_MAX_REPAIRS 3
#define OPTIONS_MAX_LEVEL 19
#define OPTIONS_DEFAULT_STALL_TIMEOUT_S 120
#define OPTIONS_MAX_STALL_TIMEOUT_S (24 * 60 * 60)

static const PlatterArgument options_keys[] = {
  { "verify", "b", FALSE },       { "unmount", "b", FALSE },  { "digests", "as", FALSE },
  { "expected", "a{ss}", FALSE }, { "repairs", "u", FALSE },  { "stall-timeout", "u", FALSE },
  { "shorter", "b", FALSE },      { "queue", "s", FALSE },    { "on-error", "s", FALSE },
  { "rescue", "b", FALSE },       { "retries", "u", FALSE },  { "error-limit", "t", FALSE },
  { "time-limit", "u", FALSE },   { "zero-bad", "b", FALSE }, { "map", "h", FALSE },
  { "domain", "h", FALSE },       { "resume", "u", FALSE },   { "format", "s", FALSE },
  { "level", "u", FALSE },        { "replace", "b", FALSE },  { "split", "t", FALSE },
};

static const struct
{
  const char *name;
  gsize hex_length;
} options_digests[] = {
  { "sha256", 64 }, { "sha512", 128 }, { "sha1", 40 }, { "md5", 32 }, { "blake2b", 128 },
};

static const char *const options_on_errors[] = { "stop", "skip", "rescue", "ask", NULL };
static const char *const options_formats[]
  = { "raw", "zst", "xz", "gz", "qcow2", "vmdk", "vdi", "vhdx", NULL };
static const char *const options_queues[] = { "auto", "io_uring", "threads", NULL };

static gboolean
options_refuse (GError **error, const char *what)
{
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS, what);
  return FALSE;
}

gsize
platter_options_get_hex_length (const char *digest)
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
    if (platter_options_get_hex_length (request->digests[i]) == 0)
      return options_refuse (error, "“digests” holds an unknown name.");
  return TRUE;
}

static gboolean
options_check_expected (const PlatterRequest *request, GError **error)
{
  GVariantIter iter;
  const char *name;
  const char *hex;

  gboolean has_image = request->kind == PLATTER_REQUEST_WRITE
                       || (request->kind == PLATTER_REQUEST_IMAGE
                           && platter_request_get_side (request, 0)->is_image);

  if (g_variant_n_children (request->expected) > 0 && !has_image)
    return options_refuse (error, "“expected” is only for writing or converting an image.");
  if (g_variant_n_children (request->expected) > G_N_ELEMENTS (options_digests))
    return options_refuse (error, "“expected” has too many entries.");
  g_variant_iter_init (&iter, request->expected);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &hex))
    {
      gsize length = platter_options_get_hex_length (name);
      if (length == 0 || strlen (hex) != length || strspn (hex, "0123456789abcdef") != length)
        return options_refuse (error, "“expected” holds what is no digest in lower-case hex.");
    }
  return TRUE;
}

static gboolean
options_check_rescue (const PlatterRequest *request, GError **error)
{
  gboolean may_lose = strcmp (request->on_error, "stop") != 0;
  gboolean asks = strcmp (request->on_error, "ask") == 0;
  gboolean has_map = request->map_fd >= 0 || request->domain_fd >= 0;
  gboolean is_drive = !platter_request_get_side (request, 0)->is_image;
  /* Of an image that is made only a plain one can have places that nobody has written. */
  gboolean is_plain
    = request->kind == PLATTER_REQUEST_CLONE
      || (request->kind == PLATTER_REQUEST_IMAGE && is_drive && strcmp (request->format, "raw") == 0
          && platter_request_get_side (request, 1)->more_fd < 0);

  if (!g_strv_contains (options_on_errors, request->on_error))
    return options_refuse (error, "“on-error” is none of stop, skip, rescue and ask.");
  if (may_lose && !is_plain)
    return options_refuse (error, "Only a clone, or a plain image of a drive, can go on where its "
                                  "source cannot be read.");
  if (may_lose && request->digests[0] != NULL)
    return options_refuse (error, "“digests” are of all data, and “on-error” may leave some out.");
  if (request->rescue && (!may_lose || asks))
    return options_refuse (error, "A rescue neither stops at errors nor asks: “on-error”.");
  if (has_map && (!request->rescue || request->sides->len != 2))
    return options_refuse (error, "“map” and “domain” are for a rescue to one target.");
  return TRUE;
}

static gboolean
options_check_format (const PlatterRequest *request, GError **error)
{
  gboolean is_raw = strcmp (request->format, "raw") == 0;

  gboolean has_any = !is_raw || request->level > 0 || request->replace || request->split_bytes > 0;

  if (request->kind != PLATTER_REQUEST_IMAGE && has_any)
    return options_refuse (
      error, "“format”, “level”, “replace” and “split” are only for making an image.");
  if (!g_strv_contains (options_formats, request->format))
    return options_refuse (error, "“format” is none that is known.");
  if (request->level > OPTIONS_MAX_LEVEL || (is_raw && request->level > 0))
    return options_refuse (error, "“level” is more than the format has.");
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
  /* A few samples agree also where most of what is kept is another's. */
  if (request->resume != 0 && !request->verify)
    return options_refuse (error, "What is resumed is verified: “verify”.");
  if (request->resume != 0 && !platter_request_can_go_on (request))
    return options_refuse (error, "What comes out of a pipe cannot be resumed, nor can the disk of "
                                  "a virtual machine, or a rescue into an image: “resume”.");
  if (request->resume != 0 && (request->map_fd >= 0 || request->domain_fd >= 0))
    return options_refuse (error,
                           "A job that is resumed has its maps already: “map” and “domain”.");
  return options_check_format (request, error) && options_check_digests (request, error)
         && options_check_expected (request, error) && options_check_rescue (request, error);
}

gboolean
platter_options_read (PlatterRequest *request, GVariant *options, GError **error)
{
  static const char *const sha256[] = { "sha256", NULL };
  static const char *const none[] = { NULL };
  const PlatterRequestSide *source = platter_request_get_side (request, 0);
  /* That of a file of which only parts are read would be no check, and a second reading. */
  gboolean has_image = request->kind == PLATTER_REQUEST_IMAGE
                       || (source->is_image && (source->parts_fd < 0 || source->is_packed));
  const char *on_error = "stop";

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
  g_variant_lookup (options, "on-error", "&s", &on_error);
  if (!g_variant_lookup (options, "digests", "^as", &request->digests))
    request->digests
      = g_strdupv ((char **)(has_image && strcmp (on_error, "stop") == 0 ? sha256 : none));
  if (!g_variant_lookup (options, "expected", "@a{ss}", &request->expected))
    request->expected = g_variant_ref_sink (g_variant_new ("a{ss}", NULL));
  if (!g_variant_lookup (options, "queue", "s", &request->queue))
    request->queue = g_strdup ("auto");
  if (!g_variant_lookup (options, "on-error", "s", &request->on_error))
    request->on_error = g_strdup ("stop");
  g_variant_lookup (options, "rescue", "b", &request->rescue);
  g_variant_lookup (options, "retries", "u", &request->retries);
  g_variant_lookup (options, "error-limit", "t", &request->error_limit);
  g_variant_lookup (options, "time-limit", "u", &request->time_limit_s);
  g_variant_lookup (options, "zero-bad", "b", &request->zero_bad);
  g_variant_lookup (options, "level", "u", &request->level);
  g_variant_lookup (options, "replace", "b", &request->replace);
  g_variant_lookup (options, "split", "t", &request->split_bytes);
  if (!g_variant_lookup (options, "format", "s", &request->format))
    request->format = g_strdup ("raw");
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
  g_variant_dict_insert (&options, "on-error", "s", request->on_error);
  g_variant_dict_insert (&options, "rescue", "b", request->rescue);
  g_variant_dict_insert (&options, "retries", "u", request->retries);
  g_variant_dict_insert (&options, "error-limit", "t", request->error_limit);
  g_variant_dict_insert (&options, "time-limit", "u", request->time_limit_s);
  g_variant_dict_insert (&options, "zero-bad", "b", request->zero_bad);
  if (request->kind == PLATTER_REQUEST_IMAGE)
    {
      g_variant_dict_insert (&options, "format", "s", request->format);
      g_variant_dict_insert (&options, "level", "u", request->level);
      g_variant_dict_insert (&options, "replace", "b", request->replace);
      g_variant_dict_insert (&options, "split", "t", request->split_bytes);
    }
  return g_variant_dict_end (&options);
}
