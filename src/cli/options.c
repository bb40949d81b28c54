// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The options of all commands, and what is left when they are read.

#include "config.h"

#include "options.h"

#include <glib/gi18n.h>
#include <string.h>

#include "../client/image-format.h"
#include "../client/new-pieces.h"
#include "../client/report-file.h"
#include "status.h"

/* No number that somebody would give. */
#define NOT_GIVEN G_MININT
/* As the helper has it: a day. */
#define MAX_STALL_TIMEOUT_S 86400

typedef struct
{
  PlatterOptions *options;
  gboolean help;
  gboolean version;
} OptionsParsing;

static void
options_add_plain (GOptionContext *context, OptionsParsing *parsing)
{
  PlatterOptions *self = parsing->options;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("Print one JSON object a line"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet,
      N_ ("Print only errors and what was asked for"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &parsing->help, N_ ("Print this help"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &parsing->version, N_ ("Print the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->operands, NULL, NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_list (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &self->all,
      N_ ("Also the drive of the running system, and loop devices"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

/* A rescue has none: whoever gives one is told why, but nobody is offered it. */
static void
options_add_digests (GOptionContext *context, PlatterOptions *self, gboolean is_rescue)
{
  const int flags = is_rescue ? G_OPTION_FLAG_HIDDEN : G_OPTION_FLAG_NONE;
  const GOptionEntry entries[] = {
    { "sha256", 0, flags, G_OPTION_ARG_NONE, &self->sha256,
      N_ ("Compute the SHA-256 of all that is read from the source"), NULL },
    { "digest", 0, flags, G_OPTION_ARG_STRING_ARRAY, &self->digests,
      N_ ("Compute sha256, sha512, sha1, md5 or blake2b; may be given more than once"),
      N_ ("NAME") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_job (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "queue", 0, 0, G_OPTION_ARG_STRING, &self->queue,
      N_ ("How drives are read and written: auto, io_uring or threads"), N_ ("KIND") },
    { "stall-timeout", 0, 0, G_OPTION_ARG_INT, &self->stall_timeout_s,
      N_ ("Give up a drive that does not answer for so long; 0 for never"), N_ ("SECONDS") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_report (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &self->report,
      N_ ("Write a report to a new file; its name ends in .html or .json"), N_ ("FILE") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_history (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &self->all, N_ ("Delete all reports"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_write (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "no-verify", 0, 0, G_OPTION_ARG_NONE, &self->no_verify,
      N_ ("Do not read back what was written"), NULL },
    { "repairs", 0, 0, G_OPTION_ARG_INT, &self->repairs,
      N_ ("How often a wrong block is written again, 0 to 3"), N_ ("NUMBER") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_target (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self->yes, N_ ("Overwrite without asking"), NULL },
    { "unmount", 0, 0, G_OPTION_ARG_NONE, &self->unmount,
      N_ ("Unmount what is mounted of the targets"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_resume (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "only-connected", 0, 0, G_OPTION_ARG_NONE, &self->only_connected,
      N_ ("Go on without the targets that are not connected, which then have to be written anew"),
      NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_image (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self->yes,
      N_ ("Do not ask where there may be too little room"), NULL },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &self->force,
      N_ ("Replace the image and the files beside it if they exist"), NULL },
    { "format", 0, 0, G_OPTION_ARG_STRING, &self->format,
      N_ ("raw, zst, xz, gz, qcow2, vmdk, vdi or vhdx; else the ending of the image's name tells"),
      N_ ("FORMAT") },
    { "split", 0, 0, G_OPTION_ARG_STRING, &self->split,
      N_ ("Make it in pieces of this size, IMAGE.001 and so on: 700M, 4095M for FAT"),
      N_ ("SIZE") },
    { "level", 0, 0, G_OPTION_ARG_INT, &self->level,
      N_ ("How hard to compress, 1 to 19; more is slower and smaller"), N_ ("NUMBER") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_rescue (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &self->map,
      N_ ("Keep the map of what is read and what is not in a file, as GNU ddrescue does"),
      N_ ("FILE") },
    { "retries", 0, 0, G_OPTION_ARG_INT, &self->retries,
      N_ ("How often bad sectors are read once more; -1 for without end"), N_ ("NUMBER") },
    { "time-limit", 0, 0, G_OPTION_ARG_INT, &self->time_limit_s, N_ ("Read no more after so long"),
      N_ ("SECONDS") },
    { "bad-limit", 0, 0, G_OPTION_ARG_INT64, &self->bad_limit,
      N_ ("Read no more after so many reads have failed"), N_ ("NUMBER") },
    { "zero-bad", 0, 0, G_OPTION_ARG_NONE, &self->zero_bad,
      N_ ("Write zeros where nothing could be read"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_on_error (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "on-error", 0, 0, G_OPTION_ARG_STRING, &self->on_error,
      N_ ("What to do when the source cannot be read: stop, skip, rescue or ask"), N_ ("WHAT") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_domain (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "domain", 0, 0, G_OPTION_ARG_FILENAME, &self->domain,
      N_ ("Read only what is marked as finished in this mapfile"), N_ ("FILE") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_bmap (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "bmap", 0, 0, G_OPTION_ARG_FILENAME, &self->bmap,
      N_ ("Which parts of the image are its content; else IMAGE.bmap beside it"), N_ ("FILE") },
    { "no-bmap", 0, 0, G_OPTION_ARG_NONE, &self->no_bmap,
      N_ ("Take all of the image, also if there is a bmap beside it"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
options_add_compare (GOptionContext *context, PlatterOptions *self)
{
  const GOptionEntry entries[] = {
    { "shorter", 0, 0, G_OPTION_ARG_NONE, &self->shorter,
      N_ ("Compare up to the end of the shorter one"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static GOptionContext *
options_new_context (const PlatterOptionsCommand *command, OptionsParsing *parsing)
{
  g_autofree char *usage = g_strdup_printf ("%s %s", command->name, command->operands);
  GOptionContext *context = g_option_context_new (usage);

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ (command->description));
  /* GOption's own --help would end the process from inside the library. */
  g_option_context_set_help_enabled (context, FALSE);
  options_add_plain (context, parsing);
  if (command->use & PLATTER_OPTIONS_LIST)
    options_add_list (context, parsing->options);
  if (command->use & PLATTER_OPTIONS_JOB)
    {
      options_add_digests (context, parsing->options, command->use & PLATTER_OPTIONS_RESCUE);
      options_add_job (context, parsing->options);
    }
  if (command->use & (PLATTER_OPTIONS_JOB | PLATTER_OPTIONS_REPORT))
    options_add_report (context, parsing->options);
  if (command->use & PLATTER_OPTIONS_HISTORY)
    options_add_history (context, parsing->options);
  if (command->use & (PLATTER_OPTIONS_TARGET | PLATTER_OPTIONS_IMAGE))
    options_add_write (context, parsing->options);
  if (command->use & (PLATTER_OPTIONS_TARGET | PLATTER_OPTIONS_RESUME))
    options_add_target (context, parsing->options);
  if (command->use & PLATTER_OPTIONS_RESUME)
    options_add_resume (context, parsing->options);
  if (command->use & PLATTER_OPTIONS_IMAGE)
    options_add_image (context, parsing->options);
  if (command->use & (PLATTER_OPTIONS_RESCUE | PLATTER_OPTIONS_CLONE))
    options_add_rescue (context, parsing->options);
  if (command->use & PLATTER_OPTIONS_CLONE)
    options_add_on_error (context, parsing->options);
  if (command->use & PLATTER_OPTIONS_RESCUE)
    options_add_domain (context, parsing->options);
  if (command->use & PLATTER_OPTIONS_COMPARE)
    options_add_compare (context, parsing->options);
  if (command->use & PLATTER_OPTIONS_BMAP)
    options_add_bmap (context, parsing->options);
  return context;
}

static const char *
options_find_rescue_fault (const PlatterOptionsCommand *command, PlatterOptions *self)
{
  static const char *const on_errors[] = { "stop", "skip", "rescue", "ask", NULL };
  gboolean may_lose = (command->use & PLATTER_OPTIONS_RESCUE) != 0
                      || (self->on_error != NULL && !g_str_equal (self->on_error, "stop"));

  if (self->on_error != NULL && !g_strv_contains (on_errors, self->on_error))
    return _ ("--on-error takes stop, skip, rescue or ask.");
  if (self->retries < -1)
    return _ ("--retries takes a number, -1 for without end.");
  if (self->time_limit_s < 0 || self->bad_limit < 0)
    return _ ("--time-limit and --bad-limit take a number, 0 for none.");
  if (!may_lose
      && (self->map != NULL || self->retries != 0 || self->time_limit_s != 0 || self->bad_limit != 0
          || self->zero_bad))
    return _ ("--map, --retries, --time-limit, --bad-limit and --zero-bad go with --on-error "
              "skip, rescue or ask.");
  if (may_lose && (self->sha256 || self->digests != NULL))
    return _ ("A digest is one of all data, so a copy that may leave some out has none.");
  return NULL;
}

/* As dd(1) has it: of 1024 each. */
static gboolean
options_read_size (const char *text, guint64 *bytes)
{
  static const char units[] = "KMGT";
  char *end = NULL;
  guint64 number = g_ascii_strtoull (text, &end, 10);
  const char *unit = *end != '\0' ? strchr (units, g_ascii_toupper (*end)) : NULL;
  guint64 factor = unit != NULL ? G_GUINT64_CONSTANT (1) << 10 * (unit - units + 1) : 1;

  if (!g_ascii_isdigit (text[0]) || (*end != '\0' && (unit == NULL || end[1] != '\0'))
      || !g_uint64_checked_mul (bytes, number, factor))
    return FALSE;
  return *bytes >= PLATTER_NEW_PIECES_MIN_BYTES && *bytes <= G_MAXINT64;
}

static const char *
options_find_fault (const PlatterOptionsCommand *command, PlatterOptions *self)
{
  static const char *const digests[] = { "sha256", "sha512", "sha1", "md5", "blake2b", NULL };
  static const char *const queues[] = { "auto", "io_uring", "threads", NULL };

  if (self->n_operands < command->min_operands)
    return _ ("Something is missing on the command line.");
  if (self->n_operands > command->max_operands && command->use & PLATTER_OPTIONS_TARGET)
    return _ ("A job has 1 to 32 targets. Choose fewer, or start several jobs.");
  if (self->n_operands > command->max_operands)
    return _ ("There is too much on the command line.");
  for (guint i = 0; i < self->n_operands; i++)
    if (self->operands[i][0] == '\0' && !(command->use & PLATTER_OPTIONS_HISTORY))
      return _ ("A name on the command line is empty.");
  for (guint i = 0; self->digests != NULL && self->digests[i] != NULL; i++)
    if (!g_strv_contains (digests, self->digests[i]))
      return _ ("--digest takes sha256, sha512, sha1, md5 or blake2b.");
  if (self->queue != NULL && !g_strv_contains (queues, self->queue))
    return _ ("--queue takes auto, io_uring or threads.");
  if (self->repairs != NOT_GIVEN && (self->repairs < 0 || self->repairs > 3))
    return _ ("--repairs takes a number from 0 to 3.");
  if (self->format != NULL && platter_image_format_find (self->format) == NULL)
    return _ ("--format takes raw, zst, xz, gz, qcow2, vmdk, vdi or vhdx.");
  if (self->split != NULL && !options_read_size (self->split, &self->split_bytes))
    return _ ("--split takes a size of at least a MiB: 700M, 4095M, 2G (of 1024 each).");
  if (self->level != NOT_GIVEN && (self->level < 1 || self->level > 19))
    return _ ("--level takes a number from 1 to 19.");
  if (self->stall_timeout_s != NOT_GIVEN
      && (self->stall_timeout_s < 0 || self->stall_timeout_s > MAX_STALL_TIMEOUT_S))
    return _ ("--stall-timeout takes a number of seconds up to 86400, a day; 0 for never.");
  if (self->bmap != NULL && self->no_bmap)
    return _ ("--bmap and --no-bmap exclude each other.");
  if (self->report != NULL && !platter_report_file_is_named (self->report))
    return _ ("--report takes a file whose name ends in .html or .json.");
  return options_find_rescue_fault (command, self);
}

static gboolean
options_check (const PlatterOptionsCommand *command, PlatterOptions *self, int *status)
{
  const char *fault = NULL;

  if (self->operands == NULL)
    self->operands = g_new0 (char *, 1);
  self->n_operands = g_strv_length (self->operands);
  fault = options_find_fault (command, self);
  if (fault != NULL)
    *status = platter_status_tell_usage (fault, command->name, self->json);
  return fault == NULL;
}

gboolean
platter_options_is_json (int argc, char **argv)
{
  for (int i = 0; i < argc && !g_str_equal (argv[i], "--"); i++)
    if (g_str_equal (argv[i], "--json"))
      return TRUE;
  return FALSE;
}

PlatterOptions *
platter_options_parse (const PlatterOptionsCommand *command, int argc, char **argv, int *status)
{
  g_autoptr (PlatterOptions) self = g_new0 (PlatterOptions, 1);
  OptionsParsing parsing = { .options = self };
  g_autoptr (GOptionContext) context = options_new_context (command, &parsing);
  g_autoptr (GError) error = NULL;
  gboolean is_json = platter_options_is_json (argc, argv);

  self->use = command->use;
  self->repairs = NOT_GIVEN;
  self->level = NOT_GIVEN;
  self->stall_timeout_s = NOT_GIVEN;
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      *status = platter_status_tell_usage (error->message, command->name, is_json);
      return NULL;
    }
  if (parsing.help)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      g_print ("%s", help);
      *status = platter_status_end (PLATTER_STATUS_DONE);
      return NULL;
    }
  if (parsing.version)
    {
      g_print ("platterctl %s\n", PLATTER_VERSION);
      *status = platter_status_end (PLATTER_STATUS_DONE);
      return NULL;
    }
  return options_check (command, self, status) ? g_steal_pointer (&self) : NULL;
}

void
platter_options_free (PlatterOptions *self)
{
  g_strfreev (self->digests);
  g_strfreev (self->operands);
  g_free (self->queue);
  g_free (self->format);
  g_free (self->split);
  g_free (self->report);
  g_free (self->on_error);
  g_free (self->map);
  g_free (self->domain);
  g_free (self->bmap);
  g_free (self);
}

void
platter_options_apply (PlatterOptions *self, PlatterRequest *request)
{
  if (self->on_error != NULL)
    platter_request_set_on_error (request, self->on_error);
  if (self->retries != 0 || self->bad_limit > 0 || self->time_limit_s > 0)
    platter_request_set_rescue_limits (request, (guint)self->retries, (guint64)self->bad_limit,
                                       (guint)self->time_limit_s);
  if (self->zero_bad)
    platter_request_set_zero_bad (request, TRUE);
  if (self->no_verify)
    platter_request_set_verify (request, FALSE);
  if (self->unmount)
    platter_request_set_unmount (request, TRUE);
  if (self->shorter)
    platter_request_set_shorter (request, TRUE);
  if (self->sha256)
    platter_request_add_digest (request, "sha256");
  for (guint i = 0; self->digests != NULL && self->digests[i] != NULL; i++)
    platter_request_add_digest (request, self->digests[i]);
  if (self->repairs >= 0)
    platter_request_set_repairs (request, (guint)self->repairs);
  if (self->stall_timeout_s >= 0)
    platter_request_set_stall_timeout (request, (guint)self->stall_timeout_s);
  if (self->queue != NULL)
    platter_request_set_queue (request, self->queue);
}
