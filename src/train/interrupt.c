/* SPDX-License-Identifier: Apache-2.0 */
/* interrupt.c - a flag that a signal handler may raise. */
#include <stdatomic.h>

#include "train/trainer.h"

static atomic_int raised;

void mien_train_interrupt(void) { atomic_store(&raised, 1); }

bool mien_train_interrupted(void) { return atomic_load(&raised) != 0; }

void mien_train_interrupt_clear(void) { atomic_store(&raised, 0); }
