// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A job that has ended: the verdict, the facts, and what to do now.

#include "config.h"

#include "result-page.h"

#include <glib/gi18n.h>

#include "client/messages.h"
#include "client/resume-request.h"
#include "eject.h"
#include "job-resume.h"
#include "job-words.h"
#include "map-panel.h"
#include "mismatch-list.h"
#include "missing-list.h"
#include "report-print.h"
#include "report-save.h"
#include "result-facts.h"
#include "show-in-folder.h"
#include "target-list.h"
#include "tone.h"

struct _PlatterResultPage
{
  PlatterPage parent_instance;

  GtkImage *icon;
  GtkLabel *verdict;
  GtkLabel *sentence;
  GtkBox *trouble_card;
  GtkLabel *trouble;
  GtkLabel *advice;
  PlatterMapPanel *panel;
  PlatterTargetList *many;
  PlatterFactsTable *facts;
  PlatterMissingList *missing;
  PlatterMismatchList *mismatches;
  GtkFlowBox *buttons;
  GtkButton *eject_button;
  GtkButton *resume_button;
  GtkButton *discard_button;
  GtkButton *retry_button;
  GtkWidget *repair_button;
  GtkButton *again_button;
  GtkButton *verify_button;
  GtkButton *show_button;
  GtkButton *home_button;

  PlatterJob *job;
  PlatterNewImage *image; /* (nullable): that the job has made */
  PlatterDrives *drives;
  char *drive_path; /* of UDisks2, if the target of the job can be ejected */
};

G_DEFINE_FINAL_TYPE (PlatterResultPage, platter_result_page, PLATTER_TYPE_PAGE)

static char *
result_page_dup_target_names (PlatterJob *job)
{
  GListModel *targets = platter_job_get_targets (job);
  guint n_targets = g_list_model_get_n_items (targets);
  g_autoptr (PlatterJobTarget) first = g_list_model_get_item (targets, 0);

  if (n_targets == 1)
    return g_strdup (platter_job_target_get_name (first));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u target", "all %u targets", n_targets),
                          n_targets);
}

/* Returns: (nullable): that a comparison was one of a part. */
static char *
result_page_dup_part (PlatterResultPage *self)
{
  g_autoptr (PlatterJobTarget) target
    = g_list_model_get_item (platter_job_get_targets (self->job), 0);

  if (!platter_job_words_is_comparison (self->job) || target == NULL)
    return NULL;
  return platter_message_dup_part (
    platter_job_words_get_outcome (self->job), platter_job_get_size_bytes (self->job),
    platter_job_get_source_bytes (self->job), platter_job_target_get_size_bytes (target));
}

static void
result_page_show_verdict (PlatterResultPage *self)
{
  const char *outcome = platter_job_words_get_outcome (self->job);
  gboolean is_comparison = platter_job_words_is_comparison (self->job);
  guint n_targets = g_list_model_get_n_items (platter_job_get_targets (self->job));
  gboolean is_good = g_strcmp0 (outcome, "verified") == 0;
  g_autofree char *names = result_page_dup_target_names (self->job);
  g_autofree char *part = result_page_dup_part (self);
  g_autofree char *verdict = platter_job_words_dup_verdict (self->job, outcome, NULL, names);
  g_autofree char *sentence = g_strjoin (" ", verdict, part, NULL);

  gtk_image_set_from_icon_name (self->icon, platter_tone_get_icon_name (outcome));
  platter_tone_apply (GTK_WIDGET (self->icon), outcome);
  gtk_label_set_label (self->verdict, platter_message_get_verdict (outcome, is_comparison));
  /* Of several targets the worst counts; what became of each stands in its row. */
  gtk_label_set_label (
    self->sentence, n_targets > 1 && !is_good ? platter_message_get_several (outcome) : sentence);
}

/* It failed, but that is not the end of it. */
static void
result_page_show_cut_off (PlatterResultPage *self)
{
  gtk_image_set_from_icon_name (self->icon, platter_tone_get_icon_name ("cut-off"));
  platter_tone_apply (GTK_WIDGET (self->icon), "cut-off");
  gtk_label_set_label (self->verdict, _ ("Cut off"));
  gtk_label_set_label (self->sentence,
                       platter_job_is_unkept (self->job) ? platter_message_get_unkept_end ()
                       : platter_job_words_is_comparison (self->job)
                         ? _ ("What was compared need not be again, and the job can go on.")
                         : _ ("What was written is kept, and the job can go on."));
  gtk_label_set_label (self->advice, _ ("Connect the same drives, and resume the job."));
  gtk_widget_set_visible (GTK_WIDGET (self->advice), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble_card), TRUE);
}

/* What is wrong with what lies beside an image is no reason to leave out what is wrong with it. */
static char *
result_page_join (const char *message, const char *trouble)
{
  if (trouble == NULL || g_str_equal (message, trouble))
    return g_strdup (message);
  return message[0] != '\0' ? g_strdup_printf ("%s\n%s", message, trouble) : g_strdup (trouble);
}

/* Nobody tells any more what became of it, but its report, if it has one. */
static const char *
result_page_get_lost (PlatterResultPage *self)
{
  g_autoptr (GVariant) written = platter_job_dup_written (self->job);

  if (platter_job_is_bus_lost (self->job) || written != NULL)
    return platter_job_get_error_message (self->job);
  return _ ("Platter's helper ended unexpectedly. Do not trust the targets as they are.");
}

static const char *
result_page_get_lost_advice (PlatterResultPage *self)
{
  if (platter_job_is_bus_lost (self->job))
    return _ ("Close Platter and open it again.");
  return _ ("Go to the start page. If the job can be resumed, it stands there as cut off; if not, "
            "start again.");
}

static void
result_page_show_trouble (PlatterResultPage *self)
{
  GListModel *targets = platter_job_get_targets (self->job);
  g_autoptr (PlatterJobTarget) first = g_list_model_get_item (targets, 0);
  gboolean is_single = g_list_model_get_n_items (targets) == 1;
  gboolean is_lost = platter_job_is_lost (self->job);
  const char *message
    = is_lost ? result_page_get_lost (self) : platter_job_get_error_message (self->job);
  const char *code = platter_job_get_error_code (self->job);

  if (!is_lost && is_single && platter_job_target_get_error_message (first)[0] != '\0')
    {
      message = platter_job_target_get_error_message (first);
      code = platter_job_target_get_error_code (first);
    }

  const char *advice
    = is_lost ? result_page_get_lost_advice (self) : platter_job_words_get_advice (self->job, code);
  g_autofree char *text = result_page_join (message, platter_job_get_trouble (self->job));
  gtk_label_set_label (self->trouble, text);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), text[0] != '\0');
  gtk_label_set_label (self->advice, advice != NULL ? advice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->advice), advice != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble_card), text[0] != '\0' || advice != NULL);
}

static void
result_page_show_map (PlatterResultPage *self, GPtrArray *layout)
{
  GListModel *targets = platter_job_get_targets (self->job);
  g_autoptr (PlatterJobTarget) first = g_list_model_get_item (targets, 0);
  gboolean is_shown
    = g_list_model_get_n_items (targets) == 1 && platter_job_target_get_cells (first) != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->panel), is_shown);
  platter_target_list_set_job (self->many, self->job);
  if (!is_shown)
    return;

  platter_map_panel_set_layout (self->panel, layout);
  platter_map_panel_set_target (self->panel, self->job, first);
}

static guint
result_page_count_retryable (PlatterResultPage *self)
{
  GListModel *targets = platter_job_get_targets (self->job);
  guint n_retryable = 0;

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (PlatterJobTarget) target = g_list_model_get_item (targets, i);

      n_retryable += platter_job_words_is_retryable (target) ? 1 : 0;
    }
  return n_retryable;
}

/* A clone whose partition table was made to fit a larger drive differs from its source there, and rightly so. */
static gboolean
result_page_can_verify (PlatterResultPage *self)
{
  GListModel *targets = platter_job_get_targets (self->job);
  g_autoptr (PlatterJobTarget) first = g_list_model_get_item (targets, 0);
  g_autoptr (GVariant) report = platter_job_target_dup_report (first);
  const char *gpt = "";

  if (report != NULL)
    g_variant_lookup (report, "gpt", "&s", &gpt);
  return g_list_model_get_n_items (targets) == 1 && g_strcmp0 (gpt, "moved") != 0;
}

/* What was found to be different can be made the same. */
static gboolean
result_page_can_repair (PlatterResultPage *self)
{
  g_autoptr (PlatterJobTarget) first
    = g_list_model_get_item (platter_job_get_targets (self->job), 0);

  return platter_job_words_is_comparison (self->job)
         && platter_job_target_get_device (first)[0] != '\0'
         && g_strcmp0 (platter_job_get_outcome (self->job), "mismatched") == 0;
}

/* A rescue that misses something, or was cut off; not one that has brought all. */
static gboolean
result_page_can_go_on (PlatterResultPage *self)
{
  const char *outcome = platter_job_get_outcome (self->job);

  return self->image != NULL && platter_new_image_goes_on (self->image)
         && g_strcmp0 (outcome, "verified") != 0 && g_strcmp0 (outcome, "written") != 0;
}

static void
result_page_show_buttons (PlatterResultPage *self, gboolean is_known)
{
  const char *kind = platter_job_get_kind (self->job);
  gboolean is_comparison = platter_job_words_is_comparison (self->job);
  guint n_targets = g_list_model_get_n_items (platter_job_get_targets (self->job));

  gtk_button_set_label (self->again_button,
                        g_strcmp0 (kind, "write") == 0 ? _ ("Write Another") : _ ("Clone Again"));
  /* An image is made once; what is wanted anew begins with its name. */
  gboolean is_image = g_strcmp0 (kind, "image") == 0;
  gtk_widget_set_visible (GTK_WIDGET (self->again_button), !is_comparison && !is_image);
  gboolean can_go_on = result_page_can_go_on (self);
  gtk_button_set_label (self->retry_button, can_go_on       ? _ ("Go On with the Rescue")
                                            : n_targets > 1 ? _ ("Retry Failed")
                                                            : _ ("Try Again"));
  gtk_widget_set_visible (
    GTK_WIDGET (self->retry_button),
    is_known
      && (can_go_on || (!is_comparison && !is_image && result_page_count_retryable (self) > 0)));
  gtk_widget_set_visible (self->repair_button, is_known && result_page_can_repair (self));
  gtk_widget_set_visible (GTK_WIDGET (self->verify_button),
                          is_known && !is_image && result_page_can_verify (self));
  gtk_widget_set_visible (GTK_WIDGET (self->show_button),
                          self->image != NULL && platter_new_image_is_kept (self->image));

  gtk_widget_set_visible (GTK_WIDGET (self->home_button),
                          platter_job_is_lost (self->job) && !platter_job_is_bus_lost (self->job));
  gtk_widget_set_visible (GTK_WIDGET (self->resume_button), platter_resume_is_possible (self->job));
  gtk_widget_set_visible (GTK_WIDGET (self->discard_button),
                          platter_resume_is_possible (self->job));

  guint n_buttons = 0;
  for (GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->buttons, 0); child != NULL;
       child
       = gtk_flow_box_get_child_at_index (self->buttons, gtk_flow_box_child_get_index (child) + 1))
    n_buttons += gtk_widget_get_visible (GTK_WIDGET (child)) ? 1 : 0;
  /* Room for more than there are would push them aside. */
  gtk_flow_box_set_max_children_per_line (self->buttons, n_buttons);
}

/* What is asked of UDisks2 may be answered when another job is shown. */
typedef struct
{
  PlatterResultPage *page;
  PlatterJob *job;
} ResultEject;

static ResultEject *
result_eject_new (PlatterResultPage *page)
{
  ResultEject *self = g_new0 (ResultEject, 1);

  self->page = g_object_ref (page);
  self->job = g_object_ref (page->job);
  return self;
}

static void
result_eject_free (ResultEject *self)
{
  g_object_unref (self->page);
  g_object_unref (self->job);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ResultEject, result_eject_free)

static void
result_page_set_drive_path (PlatterResultPage *self, char *drive_path)
{
  g_free (self->drive_path);
  self->drive_path = drive_path;
  gtk_widget_set_visible (GTK_WIDGET (self->eject_button), drive_path != NULL);
}

static void
result_page_ejectable_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ResultEject) eject = user_data;
  g_autofree char *drive_path = platter_eject_check_finish (result);

  if (eject->page->job == eject->job)
    result_page_set_drive_path (eject->page, g_steal_pointer (&drive_path));
}

/* Returns: (transfer full) (nullable): the only target, if it is still the drive that was written. */
static PlatterDrive *
result_page_dup_target (PlatterResultPage *self)
{
  if (g_list_model_get_n_items (platter_job_get_targets (self->job)) != 1)
    return NULL;
  return platter_drives_find_target (self->drives, self->job, 0);
}

static void
result_page_check_ejectable (PlatterResultPage *self)
{
  g_autoptr (PlatterDrive) target = result_page_dup_target (self);
  const char *object_path = target != NULL ? platter_drive_get_object_path (target) : NULL;

  result_page_set_drive_path (self, NULL);
  if (object_path != NULL)
    platter_eject_check_async (object_path, result_page_ejectable_cb, result_eject_new (self));
}

static void
result_page_ejected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ResultEject) eject = user_data;
  g_autoptr (PlatterJobTarget) target = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (eject->page), "page.eject", TRUE);
  if (platter_eject_finish (result, &error))
    {
      if (eject->page->job == eject->job)
        result_page_set_drive_path (eject->page, NULL);
      target = g_list_model_get_item (platter_job_get_targets (eject->job), 0);
      /* Translators: %s is the name of a drive. */
      text = g_strdup_printf (_ ("%s can be unplugged now."), platter_job_target_get_name (target));
    }
  else
    text = platter_message_dup_refusal (error);
  gtk_widget_activate_action (GTK_WIDGET (eject->page), "win.toast", "s", text);
}

static void
result_page_eject_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterResultPage *self = PLATTER_RESULT_PAGE (widget);
  g_autoptr (PlatterDrive) target = self->drive_path != NULL ? result_page_dup_target (self) : NULL;

  if (target != NULL)
    {
      /* What is still to be written may take minutes. */
      gtk_widget_action_set_enabled (widget, "page.eject", FALSE);
      platter_eject_async (self->drive_path, result_page_ejected_cb, result_eject_new (self));
      return;
    }
  result_page_set_drive_path (self, NULL);
  gtk_widget_activate_action (widget, "win.toast", "s",
                              _ ("What was written is not in there any more."));
}

static void
result_page_show_in_folder_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterResultPage *self = PLATTER_RESULT_PAGE (widget);

  if (self->image != NULL)
    platter_show_in_folder (GTK_WINDOW (gtk_widget_get_root (widget)),
                            platter_new_image_get_path (self->image));
}

static void
result_page_save_report_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterResultPage *self = PLATTER_RESULT_PAGE (widget);

  if (self->job != NULL)
    platter_report_save (widget, self->job);
}

static void
result_page_resume_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  platter_job_resume (widget, PLATTER_RESULT_PAGE (widget)->job);
}

static void
result_page_give_up_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  platter_job_give_up (PLATTER_RESULT_PAGE (widget));
}

static void
result_page_print_report_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PlatterResultPage *self = PLATTER_RESULT_PAGE (widget);

  if (self->job != NULL)
    platter_report_print (widget, self->job);
}

static void
result_page_dispose (GObject *object)
{
  g_clear_object (&PLATTER_RESULT_PAGE (object)->job);
  g_clear_object (&PLATTER_RESULT_PAGE (object)->image);
  g_clear_object (&PLATTER_RESULT_PAGE (object)->drives);
  G_OBJECT_CLASS (platter_result_page_parent_class)->dispose (object);
}

static void
result_page_finalize (GObject *object)
{
  g_free (PLATTER_RESULT_PAGE (object)->drive_path);
  G_OBJECT_CLASS (platter_result_page_parent_class)->finalize (object);
}

static void
platter_result_page_class_init (PlatterResultPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = result_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = result_page_finalize;
  g_type_ensure (PLATTER_TYPE_MAP_PANEL);
  g_type_ensure (PLATTER_TYPE_TARGET_LIST);
  g_type_ensure (PLATTER_TYPE_FACTS_TABLE);
  g_type_ensure (PLATTER_TYPE_MISMATCH_LIST);
  g_type_ensure (PLATTER_TYPE_MISSING_LIST);
  gtk_widget_class_install_action (widget_class, "page.eject", NULL, result_page_eject_action);
  gtk_widget_class_install_action (widget_class, "page.resume", NULL, result_page_resume_action);
  gtk_widget_class_install_action (widget_class, "page.give-up", NULL, result_page_give_up_action);
  gtk_widget_class_install_action (widget_class, "page.show-in-folder", NULL,
                                   result_page_show_in_folder_action);
  gtk_widget_class_install_action (widget_class, "page.save-report", NULL,
                                   result_page_save_report_action);
  gtk_widget_class_install_action (widget_class, "page.print-report", NULL,
                                   result_page_print_report_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK,
                                       "page.print-report", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/platter/Platter/result-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, icon);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, trouble_card);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, advice);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, panel);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, many);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, facts);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, missing);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, mismatches);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, buttons);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, eject_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, resume_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, discard_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, retry_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, repair_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, verify_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, show_button);
  gtk_widget_class_bind_template_child (widget_class, PlatterResultPage, home_button);
}

static void
platter_result_page_init (PlatterResultPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
platter_result_page_set_drives (PlatterResultPage *self, PlatterDrives *drives)
{
  g_return_if_fail (PLATTER_IS_RESULT_PAGE (self));
  g_set_object (&self->drives, drives);
}

void
platter_result_page_set_image (PlatterResultPage *self, PlatterNewImage *image)
{
  g_return_if_fail (PLATTER_IS_RESULT_PAGE (self));
  g_set_object (&self->image, image);
}

PlatterJob *
platter_result_page_get_job (PlatterResultPage *self)
{
  g_return_val_if_fail (PLATTER_IS_RESULT_PAGE (self), NULL);
  return self->job;
}

void
platter_result_page_load (PlatterResultPage *self,
                          PlatterJob *job,
                          GPtrArray *layout,
                          gboolean is_known)
{
  g_return_if_fail (PLATTER_IS_RESULT_PAGE (self));

  g_set_object (&self->job, job);
  result_page_show_verdict (self);
  result_page_show_trouble (self);
  if (platter_resume_is_possible (job))
    result_page_show_cut_off (self);
  result_page_show_map (self, layout);
  result_page_show_buttons (self, is_known);
  platter_result_facts_fill (self->facts, job, self->image);
  platter_missing_list_set_job (self->missing, job, layout);
  platter_mismatch_list_set_job (self->mismatches, job, layout);
  result_page_check_ejectable (self);
}
