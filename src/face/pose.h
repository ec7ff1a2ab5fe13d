/* SPDX-License-Identifier: Apache-2.0 */
/* pose.h - where a head is turned, from five points. */
#ifndef MIEN_FACE_POSE_H
#define MIEN_FACE_POSE_H

#include "face/align.h"

/* Units: degrees. yaw + : the face turns to the right of the picture; pitch
 * + : it looks up; roll + : the head leans to the right of the picture. */
typedef struct mien_head_pose {
    double yaw, pitch, roll;
} mien_head_pose;

/* Fit a rigid head of mean shape under a distant camera.
 *
 * Errors: MIEN_EINVAL for points that are not finite or lie on one line. */
mien_status mien_head_pose_fit(mien_head_pose *out,
                               const mien_point points[MIEN_ALIGN_POINTS]);

#endif
