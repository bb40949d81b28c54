// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The message "start": what is understood, and that nothing else is.

#include "dbus/errors.h"
#include "worker/spec.h"
#include "worker/words.h"

#include <string.h>

#define HEX32 "0123456789abcdef0123456789abcdef"

static GVariant *
new_endpoint (guint32 fd)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "fd", "u", fd);
  g_variant_dict_insert (&dict, "name", "s", "/dev/sdx");
  g_variant_dict_insert (&dict, "queue-depth", "u", 64u);
  g_variant_dict_insert (&dict, "write-zeroes-max", "t", G_GUINT64_CONSTANT (4096));
  g_variant_dict_insert (&dict, "rotational", "b", TRUE);
  return g_variant_dict_end (&dict);
}

static GVariant *
new_targets (guint n_targets)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < n_targets; i++)
    g_variant_builder_add_value (&builder, new_endpoint (i + 1));
  return g_variant_builder_end (&builder);
}

static void
fill (GVariantDict *dict)
{
  const char *const digests[] = { "sha256", "blake2b", NULL };

  g_variant_dict_init (dict, NULL);
  g_variant_dict_insert (dict, "kind", "s", "clone");
  g_variant_dict_insert_value (dict, "source", new_endpoint (0));
  g_variant_dict_insert_value (dict, "targets", new_targets (2));
  g_variant_dict_insert (dict, "size", "t", G_GUINT64_CONSTANT (1048576));
  g_variant_dict_insert (dict, "verify", "b", TRUE);
  g_variant_dict_insert (dict, "digests", "^as", digests);
  g_variant_dict_insert_value (dict, "expected", g_variant_new_parsed ("{'md5': '" HEX32 "'}"));
  g_variant_dict_insert (dict, "repairs", "u", 2u);
  g_variant_dict_insert (dict, "stall-timeout", "u", 30u);
  g_variant_dict_insert (dict, "queue", "s", "threads");
  g_variant_dict_insert (dict, "move-gpt", "b", TRUE);
}

static PlatterSpec *
parse (GVariantDict *dict, guint n_fds, GError **error)
{
  g_autoptr (GVariant) content = g_variant_ref_sink (g_variant_dict_end (dict));

  return platter_spec_parse (content, n_fds, error);
}

static void
assert_refused (GVariantDict *dict, guint n_fds, const char *key)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (dict, n_fds, &error));
  g_assert_error (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS);
  if (strstr (error->message, key) == NULL)
    g_error ("\"%s\" does not name %s", error->message, key);
}

static void
test_good (void)
{
  GVariantDict dict;
  g_autoptr (GError) error = NULL;

  fill (&dict);
  g_autoptr (PlatterSpec) spec = parse (&dict, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spec->kind, ==, "clone");
  g_assert_cmpuint (spec->source.fd_index, ==, 0);
  g_assert_cmpstr (spec->source.hints.name, ==, "/dev/sdx");
  g_assert_cmpuint (spec->source.hints.queue_depth, ==, 64);
  g_assert_cmpuint (spec->source.hints.write_zeroes_max_bytes, ==, 4096);
  g_assert_true (spec->source.hints.is_rotational);
  g_assert_cmpuint (spec->targets->len, ==, 2);
  g_assert_cmpuint (g_array_index (spec->targets, PlatterSpecEndpoint, 1).fd_index, ==, 2);
  g_assert_cmpint (spec->options.kind, ==, PLATTER_TRANSFER_COPY);
  g_assert_cmpuint (spec->options.size_bytes, ==, 1048576);
  g_assert_true (spec->options.verify);
  g_assert_cmpuint (spec->options.max_repairs, ==, 2);
  g_assert_cmpuint (spec->options.digests, ==, PLATTER_DIGEST_SHA256 | PLATTER_DIGEST_BLAKE2B);
  g_assert_cmpuint (spec->options.n_expected, ==, 1);
  g_assert_cmpuint (spec->options.expected[0].digest, ==, PLATTER_DIGEST_MD5);
  g_assert_cmpstr (spec->options.expected[0].hex, ==, HEX32);
  g_assert_cmpint (spec->options.queue, ==, PLATTER_QUEUE_THREADS);
  g_assert_cmpuint (spec->options.stall_timeout_s, ==, 30);
  g_assert_true (spec->move_gpt);
}

static void
fill_rescue (GVariantDict *dict, const char *on_error)
{
  const char *const none[] = { NULL };

  fill (dict);
  g_variant_dict_insert_value (dict, "targets", new_targets (1));
  g_variant_dict_insert (dict, "digests", "^as", none);
  g_variant_dict_insert_value (dict, "expected", g_variant_new ("a{ss}", NULL));
  g_variant_dict_insert (dict, "on-error", "s", on_error);
  g_variant_dict_insert (dict, "rescue", "b", TRUE);
  g_variant_dict_insert (dict, "map", "u", 2u);
  g_variant_dict_insert (dict, "map-page", "u", 3u);
}

static void
test_rescue (void)
{
  GVariantDict dict;
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterSpec) spec = NULL;

  fill_rescue (&dict, "rescue");
  g_variant_dict_insert (&dict, "retries", "u", 7u);
  g_variant_dict_insert (&dict, "error-limit", "t", G_GUINT64_CONSTANT (9));
  spec = parse (&dict, 4, &error);
  g_assert_no_error (error);
  g_assert_true (spec->options.is_rescue);
  g_assert_cmpint (spec->options.on_error, ==, PLATTER_ON_ERROR_RESCUE);
  g_assert_cmpuint (spec->options.retries, ==, 7);
  g_assert_cmpuint (spec->options.error_limit, ==, 9);
  g_assert_cmpint (spec->map_index, ==, 2);
  g_assert_cmpint (spec->domain_index, ==, -1);
  g_assert_cmpint (spec->map_page_index, ==, 3);
  fill_rescue (&dict, "rescue");
  g_variant_dict_insert (&dict, "resumed", "b", TRUE);
  g_clear_pointer (&spec, platter_spec_free);
  spec = parse (&dict, 4, &error);
  g_assert_no_error (error);
  g_assert_true (spec->options.is_resumed);
  fill_rescue (&dict, "rescue");
  g_variant_dict_insert_value (&dict, "targets", new_targets (2));
  g_variant_dict_insert (&dict, "map", "u", 3u);
  g_variant_dict_insert (&dict, "map-page", "u", 4u);
  assert_refused (&dict, 5, "map");
  fill_rescue (&dict, "rescue");
  g_variant_dict_insert_value (&dict, "targets", new_targets (2));
  g_variant_dict_insert (&dict, "map", "u", 3u);
  g_variant_dict_insert (&dict, "map-page", "u", 4u);
  g_variant_dict_insert (&dict, "resumed", "b", TRUE);
  g_clear_pointer (&spec, platter_spec_free);
  spec = parse (&dict, 5, &error);
  g_assert_no_error (error);
  fill_rescue (&dict, "rescue");
  g_variant_dict_insert (&dict, "resumed", "b", TRUE);
  g_variant_dict_remove (&dict, "map");
  g_variant_dict_insert (&dict, "map-page", "u", 2u);
  assert_refused (&dict, 3, "resumed");
  fill_rescue (&dict, "rescue");
  g_variant_dict_insert_value (&dict, "resume", g_variant_new_parsed ("[@t 4194304]"));
  assert_refused (&dict, 4, "resume");
  fill_rescue (&dict, "stop");
  assert_refused (&dict, 4, "on-error");
  fill_rescue (&dict, "ask");
  assert_refused (&dict, 4, "on-error");
  fill_rescue (&dict, "pray");
  assert_refused (&dict, 4, "on-error");
  fill_rescue (&dict, "rescue");
  assert_refused (&dict, 3, "descriptors");
  fill_rescue (&dict, "rescue");
  g_variant_dict_insert (&dict, "domain", "u", 2u);
  assert_refused (&dict, 5, "fd");
  fill_rescue (&dict, "skip");
  g_variant_dict_insert (&dict, "rescue", "b", FALSE);
  assert_refused (&dict, 4, "map");
}

/* Until it has asked it is a plain copy, that can go on as one. */
static void
test_ask (void)
{
  GVariantDict dict;
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterSpec) spec = NULL;

  fill_rescue (&dict, "ask");
  g_variant_dict_insert (&dict, "rescue", "b", FALSE);
  g_variant_dict_remove (&dict, "map");
  g_variant_dict_insert (&dict, "map-page", "u", 2u);
  g_variant_dict_insert_value (&dict, "resume", g_variant_new_parsed ("[@t 4194304]"));
  spec = parse (&dict, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpint (spec->options.on_error, ==, PLATTER_ON_ERROR_ASK);
  g_assert_cmpuint (spec->options.resume_bytes[0], ==, 4194304);
}

/* Each key missing, and each with another type. */
static void
test_keys (void)
{
  const char *const keys[]
    = { "kind",     "source",  "targets",       "size",  "verify",  "digests",
        "expected", "repairs", "stall-timeout", "queue", "move-gpt" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GVariantDict dict;
      fill (&dict);
      g_assert_true (g_variant_dict_remove (&dict, keys[i]));
      assert_refused (&dict, 3, keys[i]);
      fill (&dict);
      g_variant_dict_insert (&dict, keys[i], "(dd)", 1.0, 2.0);
      assert_refused (&dict, 3, keys[i]);
    }
}

static void
test_endpoint_keys (void)
{
  const char *const keys[] = { "fd", "name", "queue-depth", "write-zeroes-max", "rotational" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) good = g_variant_ref_sink (new_endpoint (0));
      GVariantDict endpoint;
      GVariantDict dict;
      fill (&dict);
      g_variant_dict_init (&endpoint, good);
      g_variant_dict_insert (&endpoint, keys[i], "(dd)", 1.0, 2.0);
      g_variant_dict_insert_value (&dict, "source", g_variant_dict_end (&endpoint));
      assert_refused (&dict, 3, keys[i]);
    }
}

static void
test_unknown (void)
{
  g_autoptr (GVariant) good = g_variant_ref_sink (new_endpoint (0));
  GVariantDict dict;
  GVariantDict endpoint;

  fill (&dict);
  g_variant_dict_insert (&dict, "surprise", "b", TRUE);
  assert_refused (&dict, 3, "surprise");
  fill (&dict);
  g_variant_dict_init (&endpoint, good);
  g_variant_dict_insert (&endpoint, "surprise", "b", TRUE);
  g_variant_dict_insert_value (&dict, "source", g_variant_dict_end (&endpoint));
  assert_refused (&dict, 3, "surprise");
}

static void
test_fds (void)
{
  const guint32 wrong[] = { 1, 3, G_MAXUINT32, G_MAXINT32 };
  GVariantDict dict;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      fill (&dict);
      g_variant_dict_insert_value (&dict, "source", new_endpoint (wrong[i]));
      assert_refused (&dict, 3, "fd");
    }
  fill (&dict);
  assert_refused (&dict, 2, "descriptors");
  fill (&dict);
  assert_refused (&dict, 4, "descriptors");
}

static void
test_values (void)
{
  const struct
  {
    const char *key;
    const char *value;
  } wrong[] = {
    { "kind", "'erase'" },
    { "digests", "['sha257']" },
    { "expected", "{'sha257': '" HEX32 "'}" },
    { "expected", "{'md5': 'short'}" },
    { "expected", "{'md5': '0123456789ABCDEF0123456789ABCDEF'}" },
    { "repairs", "uint32 4" },
    { "queue", "'sync'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GVariant) value = g_variant_parse (NULL, wrong[i].value, NULL, NULL, NULL);
      GVariantDict dict;
      fill (&dict);
      g_variant_dict_insert_value (&dict, wrong[i].key, value);
      assert_refused (&dict, 3, wrong[i].key);
    }
}

static void
test_number_of_targets (void)
{
  GVariantDict dict;
  g_autoptr (GError) error = NULL;

  fill (&dict);
  g_variant_dict_insert_value (&dict, "targets", new_targets (32));
  g_autoptr (PlatterSpec) most = parse (&dict, 33, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (most->targets->len, ==, 32);
  fill (&dict);
  g_variant_dict_insert_value (&dict, "targets", new_targets (33));
  assert_refused (&dict, 34, "targets");
  fill (&dict);
  g_variant_dict_insert_value (&dict, "targets", new_targets (0));
  assert_refused (&dict, 1, "targets");
}

static void
test_verify (void)
{
  GVariantDict dict;
  g_autoptr (GError) error = NULL;

  fill (&dict);
  g_variant_dict_insert (&dict, "kind", "s", "verify");
  assert_refused (&dict, 3, "targets");
  fill (&dict);
  g_variant_dict_insert (&dict, "kind", "s", "verify");
  g_variant_dict_insert_value (&dict, "targets", new_targets (1));
  assert_refused (&dict, 2, "move-gpt");
  fill (&dict);
  g_variant_dict_insert (&dict, "kind", "s", "verify");
  g_variant_dict_insert_value (&dict, "targets", new_targets (1));
  g_variant_dict_insert (&dict, "move-gpt", "b", FALSE);
  g_variant_dict_insert_value (&dict, "expected",
                               g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0));
  g_autoptr (PlatterSpec) spec = parse (&dict, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (spec->options.kind, ==, PLATTER_TRANSFER_COMPARE);
}

static void
test_resume (void)
{
  GVariantDict dict;
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterSpec) spec = NULL;

  fill (&dict);
  g_variant_dict_insert_value (&dict, "resume", g_variant_new_parsed ("[@t 4194304, 0]"));
  spec = parse (&dict, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (spec->options.resume_bytes[0], ==, 4194304);
  g_assert_cmpuint (spec->options.resume_bytes[1], ==, 0);
  fill (&dict);
  g_variant_dict_insert_value (&dict, "resume", g_variant_new_parsed ("[@t 4194304]"));
  assert_refused (&dict, 3, "resume");
}

static void
fill_image (GVariantDict *dict)
{
  fill (dict);
  g_variant_dict_insert (dict, "kind", "s", "image");
  g_variant_dict_insert (dict, "size", "t", G_GUINT64_CONSTANT (4096));
  g_variant_dict_insert_value (dict, "targets", new_targets (1));
  g_variant_dict_insert (dict, "move-gpt", "b", FALSE);
  g_variant_dict_insert_value (dict, "expected",
                               g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0));
}

static void
test_image (void)
{
  GVariantDict dict;
  g_autoptr (GError) error = NULL;

  fill_image (&dict);
  g_variant_dict_insert_value (&dict, "targets", new_targets (2));
  assert_refused (&dict, 3, "targets");
  fill_image (&dict);
  g_variant_dict_insert (&dict, "move-gpt", "b", TRUE);
  assert_refused (&dict, 2, "move-gpt");
  fill_image (&dict);
  g_variant_dict_insert (&dict, "size", "t", G_GUINT64_CONSTANT (0));
  assert_refused (&dict, 2, "size");
  fill_image (&dict);
  g_autoptr (PlatterSpec) spec = parse (&dict, 2, &error);
  g_assert_no_error (error);
  g_assert_true (spec->is_image);
  g_assert_true (spec->options.digests_content);
  g_assert_false (spec->is_read_through);
  g_assert_cmpint (spec->options.kind, ==, PLATTER_TRANSFER_COPY);
}

static void
test_words (void)
{
  const GError engine = { PLATTER_ENGINE_ERROR, PLATTER_ENGINE_ERROR_SHORT_READ, (char *)"" };
  const GError other = { G_FILE_ERROR, G_FILE_ERROR_IO, (char *)"" };

  g_assert_cmpstr (platter_words_of_phase (PLATTER_PHASE_ENDED), ==, "ended");
  g_assert_cmpstr (platter_words_of_verdict (PLATTER_VERDICT_CANCELLED), ==, "cancelled");
  g_assert_cmpstr (platter_words_of_limit (PLATTER_LIMIT_HASHING), ==, "hashing");
  g_assert_cmpstr (platter_words_of_limit (PLATTER_LIMIT_VERIFYING), ==, "verifying");
  g_assert_cmpstr (platter_words_of_mismatch (PLATTER_MISMATCH_UNREADABLE), ==, "unreadable");
  g_assert_cmpstr (platter_words_of_error (&engine), ==, "short-read");
  g_assert_cmpstr (platter_words_of_error (&other), ==, "failed");
  g_assert_cmpstr (platter_words_of_digest (platter_words_to_digest ("sha512")), ==, "sha512");
}

/* Only the source may be unpacked. */
static void
test_packed (void)
{
  GVariantDict dict;
  GVariantDict source;
  g_autoptr (GVariant) plain = g_variant_ref_sink (new_endpoint (0));
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PlatterSpec) spec = NULL;

  g_variant_dict_init (&source, plain);
  g_variant_dict_insert (&source, "packed", "b", TRUE);
  packed = g_variant_ref_sink (g_variant_dict_end (&source));
  fill (&dict);
  g_variant_dict_insert_value (&dict, "source", packed);
  g_variant_dict_insert (&dict, "shorter", "b", TRUE);
  spec = parse (&dict, 3, &error);
  g_assert_no_error (error);
  g_assert_true (spec->source.is_packed);
  g_assert_true (spec->options.shorter);

  fill (&dict);
  g_variant_dict_insert_value (&dict, "targets", g_variant_new_array (NULL, &packed, 1));
  g_variant_dict_insert_value (&dict, "source", new_endpoint (1));
  assert_refused (&dict, 2, "packed");
}

/* It has a descriptor of its own, or is the only one there is. */
static void
test_nbd (void)
{
  GVariantDict dict;
  const struct
  {
    guint32 nbd;
    guint n_fds;
    gboolean is_good;
  } cases[] = { { 3, 4, TRUE },  { 0, 3, TRUE },  { 3, 3, FALSE },          { 0, 4, FALSE },
                { 1, 4, FALSE }, { 4, 4, FALSE }, { G_MAXUINT32, 4, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) plain = g_variant_ref_sink (new_endpoint (0));
      g_autoptr (PlatterSpec) spec = NULL;
      GVariantDict source;

      g_variant_dict_init (&source, plain);
      g_variant_dict_insert (&source, "nbd", "u", cases[i].nbd);
      g_variant_dict_insert (&source, "export", "s", "disk");
      fill (&dict);
      g_variant_dict_insert_value (&dict, "source", g_variant_dict_end (&source));
      spec = parse (&dict, cases[i].n_fds, NULL);
      g_assert_true ((spec != NULL) == cases[i].is_good);
      if (spec == NULL)
        continue;
      g_assert_cmpint (spec->source.nbd_index, ==, cases[i].nbd);
      g_assert_cmpstr (spec->source.export_name, ==, "disk");
      g_assert_cmpint (g_array_index (spec->targets, PlatterSpecEndpoint, 0).nbd_index, ==, -1);
    }
}

/* Only of a file that is written or compared, and in a file of its own. */
static void
test_parts (void)
{
  GVariantDict dict;
  const struct
  {
    const char *kind;
    guint32 parts;
    gboolean is_pipe;
    gboolean is_good;
  } cases[]
    = { { "write", 3, FALSE, TRUE },  { "write", 3, TRUE, FALSE },  { "clone", 3, FALSE, FALSE },
        { "write", 0, FALSE, FALSE }, { "write", 1, FALSE, FALSE }, { "write", 4, FALSE, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) plain = g_variant_ref_sink (new_endpoint (0));
      g_autoptr (PlatterSpec) spec = NULL;
      GVariantDict source;

      g_variant_dict_init (&source, plain);
      g_variant_dict_insert (&source, "parts", "u", cases[i].parts);
      g_variant_dict_insert (&source, "pipe", "b", cases[i].is_pipe);
      fill (&dict);
      g_variant_dict_insert (&dict, "kind", "s", cases[i].kind);
      g_variant_dict_insert (&dict, "move-gpt", "b", FALSE);
      g_variant_dict_insert_value (&dict, "source", g_variant_dict_end (&source));
      spec = parse (&dict, 4, NULL);
      g_assert_true ((spec != NULL) == cases[i].is_good);
      if (spec != NULL)
        g_assert_cmpint (spec->source.parts_index, ==, 3);
    }
}

/* Of an image that is made, and always of the disk of a virtual machine. */
static void
test_more (void)
{
  GVariantDict dict;
  const struct
  {
    const char *kind;
    const char *format; /* NULL: the usual */
    guint level;
    guint32 more; /* 0: none */
    gboolean is_good;
  } cases[] = {
    { "image", NULL, 0, 2, TRUE },     { "image", "qcow2", 0, 2, TRUE },
    { "image", "vhdx", 0, 2, TRUE },   { "image", "qcow2", 0, 0, FALSE },
    { "image", "qcow2", 3, 2, FALSE }, { "image", "qed", 0, 2, FALSE },
    { "image", NULL, 0, 3, FALSE },    { "image", NULL, 0, 1, FALSE },
    { "write", NULL, 0, 2, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) plain = g_variant_ref_sink (new_endpoint (1));
      g_autoptr (PlatterSpec) spec = NULL;
      GVariantDict target;
      GVariant *targets = NULL;

      g_variant_dict_init (&target, plain);
      if (cases[i].more > 0)
        g_variant_dict_insert (&target, "more", "u", cases[i].more);
      targets = g_variant_dict_end (&target);
      fill_image (&dict);
      g_variant_dict_insert (&dict, "kind", "s", cases[i].kind);
      g_variant_dict_insert_value (&dict, "targets", g_variant_new_array (NULL, &targets, 1));
      if (cases[i].format != NULL)
        g_variant_dict_insert (&dict, "format", "s", cases[i].format);
      if (cases[i].level > 0)
        g_variant_dict_insert (&dict, "level", "u", cases[i].level);
      spec = parse (&dict, cases[i].more > 0 ? 3 : 2, NULL);
      g_assert_true ((spec != NULL) == cases[i].is_good);
      if (spec != NULL)
        g_assert_cmpint (g_array_index (spec->targets, PlatterSpecEndpoint, 0).more_index, ==, 2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spec/rescue", test_rescue);
  g_test_add_func ("/spec/ask", test_ask);
  g_test_add_func ("/spec/good", test_good);
  g_test_add_func ("/spec/keys", test_keys);
  g_test_add_func ("/spec/endpoint-keys", test_endpoint_keys);
  g_test_add_func ("/spec/unknown", test_unknown);
  g_test_add_func ("/spec/fds", test_fds);
  g_test_add_func ("/spec/values", test_values);
  g_test_add_func ("/spec/number-of-targets", test_number_of_targets);
  g_test_add_func ("/spec/verify", test_verify);
  g_test_add_func ("/spec/resume", test_resume);
  g_test_add_func ("/spec/image", test_image);
  g_test_add_func ("/words/words", test_words);
  g_test_add_func ("/spec/packed", test_packed);
  g_test_add_func ("/spec/nbd", test_nbd);
  g_test_add_func ("/spec/parts", test_parts);
  g_test_add_func ("/spec/more", test_more);
  return g_test_run ();
}
