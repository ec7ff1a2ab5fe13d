#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_reference.sh MIEN PAGE - the page is what the program prints.
set -u
"$1" reference --markdown | diff -u "$2" - && exit 0
echo "$2 is out of date: run make docs" >&2
exit 1
