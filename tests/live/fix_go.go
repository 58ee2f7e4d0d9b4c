// SPDX-License-Identifier: Apache-2.0

// Prints its environment, what Go takes from the auxiliary vector, and whether it can open the file
// that it is given. Go gets at all of it by walking from argv, and not by way of libc.
package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

func main() {
	for _, variable := range os.Environ() {
		fmt.Println(variable)
	}
	fmt.Println("page size:", os.Getpagesize())
	_, err := os.Open(os.Args[1])
	var errno syscall.Errno
	errors.As(err, &errno)
	fmt.Println("open:", uint(errno))
}
