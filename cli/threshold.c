/* SPDX-License-Identifier: Apache-2.0 */
/* threshold.c - from which similarity on two faces are one person. */
#include "threshold.h"

#include <math.h>
#include <stdio.h>

#include "json.h"

/* What is meant when nothing is said. */
static const double usual_fmr = 1e-4;

mien_status cli_threshold_choose(cli_threshold *out, const cli_wanted *wanted,
                                 const mien_embedder *embedder) {
    const bool given = wanted->threshold > -2;
    double fmr = wanted->fmr;
    *out = (cli_threshold){.known = mien_embedder_calibration(embedder)};
    if (fmr > 0 && given)
        return cli_complain("--fmr and --threshold: one of them");
    if (!out->known && !given)
        return cli_complain(
            "this model was never calibrated, so that no FMR is known: `mien "
            "calibrate MODEL` makes one, or say --threshold");
    out->similarity = wanted->threshold;
    if (!given) {
        if (!(fmr > 0))
            fmr =
                fmax(usual_fmr, mien_calibration_about(out->known)->least_fmr);
        if (mien_calibration_threshold(&out->similarity, out->known, fmr,
                                       wanted->extrapolate) != MIEN_OK)
            return cli_complain("%s", mien_error());
    }
    if (out->known) out->at = mien_calibration_fmr(out->known, out->similarity);
    return MIEN_OK;
}

json_t *cli_fmr_json(const cli_threshold *t, float similarity) {
    return t->known
               ? cli_json_number(
                     mien_calibration_fmr(t->known, (double)similarity).fmr)
               : json_null();
}

void cli_fmr_text(char *out, size_t room, const cli_threshold *t,
                  float similarity) {
    if (!t->known) {
        snprintf(out, room, "FMR unknown");
        return;
    }
    const mien_fmr f = mien_calibration_fmr(t->known, (double)similarity);
    snprintf(out, room, "FMR %.2g%s", f.fmr,
             f.extrapolated ? ", extrapolated" : "");
}
