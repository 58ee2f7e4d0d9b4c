// SPDX-License-Identifier: Apache-2.0

// Importing C links fix_go.go with libc, so that the dynamic loader starts it.
package main

import "C"
