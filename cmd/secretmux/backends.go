package main

import (
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/cmd/secretmux/internal/cli"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/providers/exec"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/providers/vault"
)

// backends are the backends that a config string may name.
func backends() []secretmux.Backend {
	files := age.Options{Lookup: cli.AgeKey}
	all := []secretmux.Backend{local.Backend(), files.Backend(), aws.Backend(), azure.Backend(), vault.Backend()}
	return append(all, google()...)
}

// starters are the backends that start a program for each secret. They need
// --allow-exec.
func starters() []secretmux.Backend { return []secretmux.Backend{exec.Backend()} }

// linted are the starters for lint. It may run on a machine that does not have the
// program.
func linted() []secretmux.Backend {
	return []secretmux.Backend{exec.Options{Find: filepath.Abs}.Backend()}
}
