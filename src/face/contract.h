/* SPDX-License-Identifier: Apache-2.0 */
/* contract.h - one hash for all that makes an embedding what it is. */
#ifndef MIEN_FACE_CONTRACT_H
#define MIEN_FACE_CONTRACT_H

#include "base/hash.h"
#include "mien/model.h"

/* BLAKE2b-256 of the weights' hash, the alignment and the preprocessing that
 * a model file states. */
void mien_contract_hash(char hex[MIEN_HASH_HEX], const mien_model *model);

/* The model file itself, or model.safetensors in a run folder.
 *
 * Errors: MIEN_ELIMIT for a path that is too long. */
mien_status mien_model_path(char *out, size_t room, const char *model);

#endif
