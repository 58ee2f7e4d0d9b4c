// SPDX-License-Identifier: Apache-2.0

// listen ADDRESS: listens there, connects to itself, and prints what came over. New versions of Go try
// an MPTCP socket first.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		client, err := net.Dial("tcp", os.Args[1])
		if err != nil {
			fmt.Println(err)
			os.Exit(0)
		}
		io.WriteString(client, "hello")
		client.Close()
	}()
	server, err := listener.Accept()
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(server)
	fmt.Println(string(text), err)
}
