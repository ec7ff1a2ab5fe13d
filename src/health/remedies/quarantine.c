/* SPDX-License-Identifier: Apache-2.0 */
/* quarantine.c - drop a batch whose input is unlike all others.
 *
 * A batch whose rms is more than ten times the running median's is not learned
 * from: its gradient may be finite and yet fill Adam's second moment for the
 * next thousand steps. It is named in the journal. */
#include "health/remedy.h"

const mien_remedy_ops mien_remedy_quarantine = {
    .name = "quarantine",
    .summary = "drop a batch whose input is unlike all others",
};
