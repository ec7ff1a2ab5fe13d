/* SPDX-License-Identifier: Apache-2.0 */
/* finite.h - it lives in base now. */
#ifndef MIEN_TRAIN_FINITE_H
#define MIEN_TRAIN_FINITE_H

#include "base/finite.h"

#endif
