/* SPDX-License-Identifier: Apache-2.0 */
/* finding.h - what a detector says, and what may have caused it. */
#ifndef MIEN_HEALTH_FINDING_H
#define MIEN_HEALTH_FINDING_H

#include <stdint.h>

/* What is wrong at bottom. The doctor treats causes, not symptoms. */
typedef enum mien_cause {
    MIEN_CAUSE_UNKNOWN,
    MIEN_CAUSE_INIT_LARGE,    /* weights start too large */
    MIEN_CAUSE_INIT_SMALL,    /* or too small */
    MIEN_CAUSE_BIAS,          /* biases switch units off or saturate them */
    MIEN_CAUSE_RATE,          /* the learning rate is too high */
    MIEN_CAUSE_MOMENTUM,      /* averages over more steps than there are */
    MIEN_CAUSE_DECAY,         /* weight decay beats the gradient */
    MIEN_CAUSE_EPSILON,       /* the optimiser's divisor has no floor */
    MIEN_CAUSE_INPUT_RANGE,   /* input is not scaled */
    MIEN_CAUSE_INPUT_BAD,     /* input is not finite */
    MIEN_CAUSE_OUTLIER,       /* one batch is unlike all others */
    MIEN_CAUSE_FLAT_CHANNEL,  /* an input channel never changes */
    MIEN_CAUSE_DUPLICATES,    /* the same picture many times */
    MIEN_CAUSE_LABEL_NOISE,   /* labels contradict the pictures */
    MIEN_CAUSE_ONE_CLASS,     /* there is nothing to tell apart */
    MIEN_CAUSE_CLASS_ORDER,   /* batches of one class */
    MIEN_CAUSE_SMALL_BATCH,   /* batch norm over too few samples */
    MIEN_CAUSE_LARGE_BATCH,   /* too few steps are left */
    MIEN_CAUSE_DEPTH,         /* too deep without skips */
    MIEN_CAUSE_DEAD,          /* units that are never on */
    MIEN_CAUSE_SATURATED,     /* activations at their ends */
    MIEN_CAUSE_MARGIN,        /* the full margin from the start */
    MIEN_CAUSE_MARGIN_SLOPE,  /* the margin's unbounded derivative */
    MIEN_CAUSE_OVERFLOW,      /* values above what 16 bits hold */
    MIEN_CAUSE_UNDERFLOW,     /* gradients below it */
    MIEN_CAUSE_STALL,         /* updates below the weights' precision */
    MIEN_CAUSES
} mien_cause;

/* Short ("learning rate too high"), and as an identifier ("rate"). */
const char *mien_cause_text(mien_cause cause);
const char *mien_cause_name(mien_cause cause);
mien_cause mien_cause_named(const char *name); /* MIEN_CAUSES: none */

typedef enum mien_severity {
    MIEN_NOTE, /* worth a line in the report */
    MIEN_WARN, /* worth a line on the terminal */
    MIEN_FAIL  /* training suffers: the doctor acts */
} mien_severity;

enum { MIEN_WHERE_ROOM = 128, MIEN_SAY_ROOM = 320 };

typedef struct mien_finding {
    const char *detector; /* its name */
    mien_severity severity;
    mien_cause cause;      /* the likeliest */
    int64_t step, since;   /* seen at, first seen at */
    double value, limit;   /* measured, and what it should not pass */
    char where[MIEN_WHERE_ROOM]; /* "conv3 and conv1"; "" for the whole */
    char text[MIEN_SAY_ROOM];    /* one sentence for a person */
} mien_finding;

#endif
