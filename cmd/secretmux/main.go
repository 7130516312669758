// Secretmux reads secrets from a chain of stores. It hands secrets to programs that
// are not written in Go, and checks a config string before a deployment. It uses
// the same config string as the library.
//
//	go install github.com/secretmux/secretmux/cmd/secretmux@latest
//	go install -tags nogcp github.com/secretmux/secretmux/cmd/secretmux@latest
//
// The second binary does not have gcp-sm: and is 11 MB smaller. docs/cli.md is the
// manual.
package main

import (
	"context"
	"os"

	"github.com/secretmux/secretmux/cmd/secretmux/internal/cli"
)

func main() {
	program := cli.Program{
		Backends: backends(),
		Starters: starters(),
		Linted:   linted(),
		In:       os.Stdin,
		Out:      os.Stdout,
		Err:      os.Stderr,
	}
	os.Exit(program.Run(context.Background(), os.Args[1:]))
}
