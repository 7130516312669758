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

// backends are those that a config string may name.
func backends() []secretmux.Backend {
	files := age.Options{Lookup: cli.AgeKey}
	all := []secretmux.Backend{local.Backend(), files.Backend(), aws.Backend(), azure.Backend(), vault.Backend()}
	return append(all, google()...)
}

// starters are those that start a program for a secret. They need --allow-exec.
func starters() []secretmux.Backend { return []secretmux.Backend{exec.Backend()} }

// linted are the starters for lint, which may run where the program is not installed.
func linted() []secretmux.Backend {
	return []secretmux.Backend{exec.Options{Find: filepath.Abs}.Backend()}
}
