// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The options of all commands, and what is left when they are read.

#pragma once

#include <glib.h>

#include "../client/request.h"

G_BEGIN_DECLS

/** PlatterOptionsUse: what a command takes. */
typedef enum
{
  PLATTER_OPTIONS_PLAIN = 0, /* --json --quiet --help --version */
  PLATTER_OPTIONS_LIST = 1 << 0,
  PLATTER_OPTIONS_JOB = 1 << 1,     /* reads and compares */
  PLATTER_OPTIONS_TARGET = 1 << 2,  /* overwrites */
  PLATTER_OPTIONS_COMPARE = 1 << 3, /* only compares */
  PLATTER_OPTIONS_REPORT = 1 << 4,  /* tells of a job */
  PLATTER_OPTIONS_HISTORY = 1 << 5, /* deletes reports */
  PLATTER_OPTIONS_RESCUE = 1 << 10, /* goes on at errors */
  PLATTER_OPTIONS_CLONE = 1 << 11,  /* may do so */
  PLATTER_OPTIONS_IMAGE = 1 << 6,   /* makes a file */
  PLATTER_OPTIONS_RESUME = 1 << 7,  /* goes on overwriting */
  PLATTER_OPTIONS_BMAP = 1 << 12,   /* reads an image that may have a bmap */
} PlatterOptionsUse;

/** PlatterOptions: what was given; the rest has the helper's defaults. */
typedef struct
{
  PlatterOptionsUse use; /* what the command takes */
  gboolean yes;
  gboolean force;
  gboolean json;
  gboolean quiet;
  gboolean all;
  gboolean no_verify;
  gboolean unmount;
  gboolean sha256;
  gboolean shorter;
  GStrv digests;       /* (nullable) */
  int repairs;         /* below 0: not given, as with the others here */
  int stall_timeout_s; /* below 0: not given */
  char *queue;         /* (nullable) */
  char *report;        /* (nullable): a file's name */
  char *on_error;      /* (nullable) */
  char *map;           /* (nullable): a file's name */
  char *domain;        /* (nullable): a file's name */
  int retries;         /* -1: without end */
  gint64 bad_limit;    /* 0: none */
  int time_limit_s;    /* 0: none */
  gboolean zero_bad;
  gboolean is_rescue;  /* set by the command */
  char *format;        /* (nullable): of an image */
  char *split;         /* (nullable): a size, as it was given */
  guint64 split_bytes; /* 0: in one file */
  int level;           /* below 0: not given */
  char *bmap;          /* (nullable): a file's name */
  gboolean no_bmap;
  gboolean only_connected;
  GStrv operands; /* never %NULL after parsing */
  guint n_operands;
} PlatterOptions;

/** PlatterOptionsCommand: one command as its help shows it. */
typedef struct
{
  const char *name;
  const char *operands;    /* "SOURCE-DRIVE TARGET-DRIVE..." */
  const char *description; /* untranslated */
  PlatterOptionsUse use;
  guint min_operands;
  guint max_operands;
} PlatterOptionsCommand;

/**
 * platter_options_parse:
 * @argv: (array length=argc): without the program's name, beginning with the command's
 * @status: (out): how to end when the result is %NULL: after --help and --version with 0, else 2
 *
 * Options may stand before and after the operands. Prints what was wrong.
 *
 * Returns: (transfer full) (nullable)
 */
PlatterOptions *
platter_options_parse (const PlatterOptionsCommand *command, int argc, char **argv, int *status);
void platter_options_free (PlatterOptions *self);

/** Returns: whether --json is on a command line that may be wrong otherwise. @argv: (array length=argc) */
gboolean platter_options_is_json (int argc, char **argv);

/** platter_options_apply: Sets what was given on the command line in @request. */
void platter_options_apply (PlatterOptions *self, PlatterRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlatterOptions, platter_options_free)

G_END_DECLS
